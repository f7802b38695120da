"""What somebody has to look at, each with a name that stays and words for a person. In metrics, in the log, on the
desk: one list for all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway import readings
from gateway.sms import balance, gate, standing
from gateway.sms.standing import Waiting

log = logging.getLogger(__name__)

OUTBOX_HELD = "outbox_held"
MESSAGE_OVERDUE = "message_overdue"
DOUBT_OVERDUE = "doubt_overdue"
INCOMING_OVERDUE = "incoming_overdue"
CLOCK_SILENT = "clock_silent"
BALANCE_LOW = "balance_low"
BALANCE_UNKNOWN = "balance_unknown"
NAMES = (
    OUTBOX_HELD,
    MESSAGE_OVERDUE,
    DOUBT_OVERDUE,
    INCOMING_OVERDUE,
    CLOCK_SILENT,
    BALANCE_LOW,
    BALANCE_UNKNOWN,
)

MOST_WAIT = timedelta(minutes=2)
MOST_DOUBT = timedelta(minutes=10)
MOST_SILENCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Alarm:
    name: str
    words: str


def ringing(session: Session, now: datetime, waiting: Waiting | None = None) -> list[Alarm]:
    """All that is wrong now; `waiting` where it has just been looked up."""
    return list(_ringing(session, now, waiting or standing.waiting(session, now)))


def _ringing(session: Session, now: datetime, waiting: Waiting) -> Iterator[Alarm]:
    state = gate.state(session)
    if state and state.held_since:
        yield Alarm(OUTBOX_HELD, f"The outbox is held: {state.held_reason}")
    if waiting.oldest_due > MOST_WAIT:
        yield Alarm(MESSAGE_OVERDUE, f"A message could have been sent {_minutes(waiting.oldest_due)} ago")
    if waiting.oldest_doubt > MOST_DOUBT:
        yield Alarm(DOUBT_OVERDUE, f"A message is in doubt since {_minutes(waiting.oldest_doubt)}")
    if waiting.oldest_incoming > MOST_WAIT:
        yield Alarm(INCOMING_OVERDUE, f"An SMS that came in waits since {_minutes(waiting.oldest_incoming)}")
    clock = readings.read(session, readings.CLOCK)
    if clock is None or clock.at < now - MOST_SILENCE:
        yield Alarm(CLOCK_SILENT, "No clock process has been at work for a minute")
    money = balance.read(session)
    if money and money.is_low:
        yield Alarm(BALANCE_LOW, f"{money.currency} {money.amount:.2f} are left; a day costs up to {money.least:.0f}")
    if balance.is_unknown(session):
        yield Alarm(BALANCE_UNKNOWN, "The carrier has not said how much money is left")


class Watch:
    """Says in the log when an alarm begins and when it ends; one for a process."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()

    def see(self, alarms: list[Alarm]) -> None:
        names = frozenset(alarm.name for alarm in alarms)
        for alarm in alarms:
            if alarm.name not in self._known:
                log.error("alarm name=%s %s", alarm.name, alarm.words)
        for name in sorted(self._known - names):
            log.info("alarm over name=%s", name)
        self._known = names


def _minutes(length: timedelta) -> str:
    return f"{length // timedelta(minutes=1)} min"
