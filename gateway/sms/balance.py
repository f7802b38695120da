"""The money at the carrier: looked up now and then, so that it is topped up before the outbox stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from gateway import readings
from gateway.sms import money, standing

LOOK_EVERY = timedelta(minutes=10)
#: So long without an answer is no longer bad luck.
KNOWN_FOR = timedelta(hours=1)
CURRENCY = "KES"
#: 500 messages at 0.80: an afternoon, while there is no day's cost to go by.
_LEAST = Decimal(400)


@dataclass(frozen=True, slots=True)
class Balance:
    currency: str
    amount: Decimal
    #: What the last day cost, so that there is a day left to top up.
    least: Decimal

    @property
    def is_low(self) -> bool:
        """Never of the sandbox, which counts in another currency."""
        return self.currency == CURRENCY and self.amount < self.least


def is_stale(session: Session, now: datetime) -> bool:
    asked = readings.read(session, readings.BALANCE_ASKED)
    return asked is None or asked.at <= now - LOOK_EVERY


def note(session: Session, said: str | None, now: datetime) -> None:
    """`said` is `KES 1785.5000`; None where the carrier did not say."""
    readings.write(session, readings.BALANCE_ASKED, "", now)
    if said and money.amount(said):
        readings.write(session, readings.BALANCE, said, now)
        least = max(_LEAST, standing.last_day(session, now).cost.get(CURRENCY, Decimal(0)))
        readings.write(session, readings.LEAST_BALANCE, str(least), now)


def read(session: Session) -> Balance | None:
    """The last that was heard of it."""
    said, least = (readings.read(session, name) for name in (readings.BALANCE, readings.LEAST_BALANCE))
    found = money.amount(said.value) if said else None
    return Balance(*found, least=Decimal(least.value)) if found and least else None


def is_unknown(session: Session) -> bool:
    """Asked again and again, and no answer for long."""
    said, asked = (readings.read(session, name) for name in (readings.BALANCE, readings.BALANCE_ASKED))
    return asked is not None and (said is None or said.at < asked.at - KNOWN_FOR)
