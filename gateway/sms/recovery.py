"""What is stuck goes on: leases over, doubts resolved or handed over once more, messages too old to send.

Safe to run twice and at once; each step names the state it starts from.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Update, and_, case, exists, literal, or_, select, true, update
from sqlalchemy.orm import Session, aliased

from gateway import db
from gateway.models import DeliveryReport, Message, Person
from gateway.sms import outbox
from gateway.sms.outcomes import CARRIER_FAILED
from gateway.sms.timing import MAX_RESENDS, Timing
from gateway.sms.unfinished import unfinished

#: A report that nobody could use is not looked at again after this.
REPORT_LIFE = timedelta(days=3)
#: Ended without the carrier having it for certain.
RETRYABLE = ("refused", "unconfirmed", "expired")
#: The longest pause of a message that the carrier fails with again and again, in times of a doubt.
_LONGEST_PAUSE = 6


def end_leases(session: Session, now: datetime, timing: Timing) -> int:
    """Who claimed them has died, perhaps after the carrier took them."""
    return _apply(
        session,
        update(Message)
        .where(*_in("sending"), Message.claimed_at < now - timing.lease)
        .values(state="unknown", unknown_at=now, reason="lease over"),
    )


def end_doubts(session: Session, now: datetime, timing: Timing) -> int:
    """After a pause without a report a message is handed over again, marked, or shown as unconfirmed.

    One whose answer was lost is handed over again so often and no more. One of which the carrier itself said that it
    failed is hardly out: as long as it lives, less and less often.
    """
    silent = (*_in("unknown"), Message.unknown_at <= now - timing.doubt, ~_witness(now))
    failed = and_(Message.reason.is_not(None), Message.reason.startswith(CARRIER_FAILED))
    spent = or_(and_(~failed, Message.resends >= MAX_RESENDS), Message.expires_at <= now)
    ended = _apply(session, update(Message).where(*silent, spent).values(state="unconfirmed", finished_at=now))
    queued = update(Message).where(*silent, ~spent).values(state="queued", may_be_double=True, claimed_at=None)
    pauses = [
        (Message.attempt == attempt, literal(now + (attempt - 1) * timing.doubt, Message.not_before.type))
        for attempt in range(1, _LONGEST_PAUSE + 1)
    ]
    longest = literal(now + _LONGEST_PAUSE * timing.doubt, Message.not_before.type)
    again = _apply(session, queued.where(~failed).values(resends=Message.resends + 1, not_before=now))
    again += _apply(session, queued.where(failed).values(not_before=case(*pauses, else_=longest)))
    if again:
        db.signal(session, "outbox")
    return ended + again


def expire(session: Session, now: datetime) -> int:
    """Too old to be sent. One that has been handed over before may have arrived, and is not called expired."""
    too_old = (*_in("queued"), Message.expires_at <= now)
    never_sent = update(Message).where(*too_old, ~Message.may_be_double)
    perhaps_sent = update(Message).where(*too_old, Message.may_be_double)
    return _apply(session, never_sent.values(state="expired", finished_at=now)) + _apply(
        session, perhaps_sent.values(state="unconfirmed", finished_at=now)
    )


def retry(session: Session, ids: Collection[int], now: datetime) -> list[int]:
    """By hand: what ended without being sent is owed again, with a life as if it were new. Returns which are."""
    perhaps_sent = Message.state == "unconfirmed"
    owed_again = session.scalars(
        update(Message)
        .where(Message.id.in_(ids), Message.state.in_(RETRYABLE))
        .values(
            state="queued",
            attempt=0,
            resends=Message.resends + case((perhaps_sent, 1), else_=0),
            may_be_double=or_(Message.may_be_double, perhaps_sent),
            claimed_at=None,
            not_before=now,
            expires_at=case(
                *(
                    (Message.urgency == urgency, literal(now + life, Message.expires_at.type))
                    for urgency, life in outbox.LIFE.items()
                ),
                else_=Message.expires_at,
            ),
            finished_at=None,
            reason=None,
        )
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).all()
    if owed_again:
        db.signal(session, "outbox")
    return sorted(owed_again)


def speaks_of_message(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Joins a message, its receiver and a report that may be the answer which the message never got: the report fits
    no message, and its id was not heard of before the message was claimed."""
    before, known = aliased(DeliveryReport), aliased(Message)
    return (
        Person.id == Message.person_id,
        DeliveryReport.phone_hash == Person.phone_hash,
        DeliveryReport.applied_at.is_(None),
        DeliveryReport.received_at > Message.claimed_at,
        DeliveryReport.received_at > now - REPORT_LIFE,
        ~exists().where(known.provider_id == DeliveryReport.provider_id),
        ~exists().where(before.provider_id == DeliveryReport.provider_id, before.received_at <= Message.claimed_at),
    )


def _witness(now: datetime) -> ColumnElement[bool]:
    return select(DeliveryReport.id).join(Person, true()).where(*speaks_of_message(now)).correlate(Message).exists()


def _in(state: str) -> tuple[ColumnElement[bool], ...]:
    return unfinished(Message.state), Message.state == state


def _apply(session: Session, statement: Update) -> int:
    result: Any = session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount
