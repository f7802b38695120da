"""How the messages stand, in numbers: for metrics, alarms and whoever looks. Nobody's number and nobody's words.

Each question is answered from an index, so that it may be asked every few seconds of millions of messages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.models import DeliveryReport, IncomingSms, Message
from gateway.models.messages import UNFINISHED
from gateway.sms import money, outbox
from gateway.sms.unfinished import unfinished

DAY = timedelta(days=1)
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be done, and for how long the oldest of it has been."""

    #: Messages by unfinished state, and for how long the first one could have been sent.
    messages: Mapping[str, int]
    oldest_due: timedelta
    oldest_doubt: timedelta
    incoming: int
    oldest_incoming: timedelta
    #: Delivery reports that fit no message yet.
    reports: int


@dataclass(frozen=True, slots=True)
class Day:
    """The messages that came about in the last 24 hours."""

    messages: Mapping[str, int]
    #: Handed over again after a doubt, so perhaps received twice.
    doubles: int
    parts: int
    cost: Mapping[str, Decimal]


def waiting(session: Session, now: datetime) -> Waiting:
    by_state = select(Message.state, func.count()).where(unfinished(Message.state)).group_by(Message.state)
    in_doubt = select(func.min(Message.unknown_at)).where(unfinished(Message.state), Message.state == "unknown")
    unhandled = select(func.count(), func.min(IncomingSms.received_at)).where(IncomingSms.handled_at.is_(None))
    incoming, first_incoming = session.execute(unhandled).one()
    return Waiting(
        messages=dict.fromkeys(UNFINISHED, 0) | dict(session.execute(by_state).all()),
        oldest_due=_age(outbox.due_since(session, now), now),
        oldest_doubt=_age(session.scalar(in_doubt), now),
        incoming=incoming,
        oldest_incoming=_age(first_incoming, now),
        reports=session.scalars(select(func.count()).where(DeliveryReport.applied_at.is_(None))).one(),
    )


def last_day(session: Session, now: datetime) -> Day:
    groups = (
        select(Message.state, Message.may_be_double, Message.cost, func.count(), func.sum(Message.parts))
        .where(Message.created_at > now - DAY)
        .group_by(Message.state, Message.may_be_double, Message.cost)
    )
    messages: Counter[str] = Counter()
    cost: dict[str, Decimal] = {}
    doubles = parts = 0
    for state, may_be_double, price, count, of_parts in session.execute(groups):
        messages[state] += count
        doubles += count if may_be_double else 0
        parts += of_parts or 0
        if paid := money.amount(price or ""):
            cost[paid[0]] = cost.get(paid[0], Decimal(0)) + paid[1] * count
    return Day(messages, doubles, parts, cost)


def _age(since: datetime | None, now: datetime) -> timedelta:
    return max(_NO_TIME, now - since) if since else _NO_TIME
