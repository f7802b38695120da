"""What came of a claim is written down: the state after each outcome, and what it says of the carrier as a whole."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from gateway.models import Message
from gateway.models.messages import IN_FLIGHT
from gateway.sms import gate, stops
from gateway.sms.outbox import Claimed
from gateway.sms.outcomes import Accepted, Held, NotSent, NotTried, Outcome, Refused, Unknown
from gateway.sms.timing import Timing

Result = tuple[Claimed, Outcome]

_BACK_OFF_SECONDS = (5, 30, 120, 480, 1800, 7200)
_chance = random.SystemRandom()


def settle(session: Session, now: datetime, timing: Timing, results: Sequence[Result]) -> None:
    """Writes down what came of each attempt, also when its lease is over; of another claim it says nothing."""
    if not results:
        return
    free_ids = _free_provider_ids(session, results)
    rows = [
        {"message": claimed.id, "of": claimed.claimed_at, **_after(claimed, outcome, now, free_ids)}
        for claimed, outcome in results
    ]
    table = Message.__table__
    session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(
            table.c.id == bindparam("message"),
            table.c.claimed_at == bindparam("of"),
            or_(*(table.c.state == state for state in IN_FLIGHT)),
        )
        .values({name: bindparam(name) for name in _SETTLED}),
        rows,
    )
    stopping = {claimed.id: o.reason for claimed, o in results if isinstance(o, Refused) and o.stops_number}
    for message_id, reason in stopping.items():
        stops.stop_receiver(session, message_id, reason, now)
    gate.note(session, now, timing, [outcome for _, outcome in results])


_SETTLED = ("state", "attempt", "not_before", "unknown_at", "finished_at", "reason", "provider_id", "parts", "cost")


def _after(claimed: Claimed, outcome: Outcome, now: datetime, free_ids: set[str]) -> dict[str, object]:
    """The values of `_SETTLED` after this outcome."""
    row: dict[str, object] = dict.fromkeys(_SETTLED)
    row |= {"attempt": claimed.attempt, "not_before": claimed.not_before, "reason": getattr(outcome, "reason", None)}
    match outcome:
        case Accepted():
            row |= {"state": "submitted", "parts": outcome.parts, "cost": outcome.cost}
            row["provider_id"] = outcome.provider_id if outcome.provider_id in free_ids else None
        case NotSent(tries=int(tries)) if claimed.attempt >= tries:
            row |= {"state": "refused", "finished_at": now}
        case NotSent():
            row |= {"state": "queued", "not_before": now + _back_off(claimed.attempt, outcome.retry_after)}
        case Refused():
            row |= {"state": "refused", "finished_at": now}
        case Unknown():
            row |= {"state": "unknown", "unknown_at": now}
        case Held():
            # Behind all others that are due, so that the next probe is another message.
            row |= {"state": "queued", "attempt": claimed.attempt - 1, "not_before": now}
        case NotTried():
            row |= {"state": "queued", "attempt": claimed.attempt - 1}
    return row


def _back_off(attempt: int, retry_after: float | None) -> timedelta:
    planned = _BACK_OFF_SECONDS[min(attempt, len(_BACK_OFF_SECONDS)) - 1]
    # Spread, so that what failed together does not come back together; never before the carrier wants it.
    return timedelta(seconds=max(planned * _chance.uniform(0.8, 1.2), (retry_after or 0) * _chance.uniform(1.0, 1.2)))


def _free_provider_ids(session: Session, results: Sequence[Result]) -> set[str]:
    """The carrier's ids that no other message has: one id twice must not undo the whole batch."""
    given = [o.provider_id for _, o in results if isinstance(o, Accepted) and o.provider_id]
    taken = set(session.scalars(select(Message.provider_id).where(Message.provider_id.in_(given))))
    return {provider_id for provider_id in given if given.count(provider_id) == 1} - taken
