"""Delivery reports: stored as they come, before they are understood; early, late, twice, reversed, or not ours.

A report only ever moves a message up in rank. One whose id we never got ends the doubt about the one message to its
phone that may be out.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select, true, update
from sqlalchemy.orm import Session, aliased

from gateway import db, phones
from gateway.models import DeliveryReport, Message, Person
from gateway.sms import stops
from gateway.sms.fields import storable
from gateway.sms.once import insert_once
from gateway.sms.recovery import speaks_of_message
from gateway.sms.unfinished import unfinished

log = logging.getLogger(__name__)

#: The carrier's words. Others, which it may add at any time, have rank 0 and move nothing.
RANKS: Mapping[str, int] = {
    "Sent": 1,
    "Submitted": 2,
    "Buffered": 3,
    "AbsentSubscriber": 8,
    "Expired": 8,
    "Success": 9,
    "Failed": 9,
    "Rejected": 9,
}
_FINAL: Mapping[str, str] = {
    "Success": "delivered",
    "AbsentSubscriber": "failed",
    "Expired": "failed",
    "Failed": "failed",
    "Rejected": "failed",
}
_REPORTABLE = ("submitted", "unconfirmed", "delivered", "failed")
_AT_ONCE = 500


def store(session: Session, book: phones.PhoneBook, form: Mapping[str, str], now: datetime) -> None:
    """Whatever it says; the same again is nothing. One without an id can never be used."""
    provider_id = storable(form.get("id", ""), 100)
    if not provider_id:
        log.warning("delivery report without an id")
        return
    phone = phones.normalise(form.get("phoneNumber", ""))
    reason = storable(form.get("failureReason", ""), 80)
    is_new = insert_once(
        session,
        DeliveryReport,
        provider_id=provider_id,
        status=storable(form.get("status", ""), 40),
        phone_hash=book.hash(phone) if phone else None,
        failure_reason=reason or None,
        received_at=now,
    )
    if is_new:
        db.signal(session, "outbox")


def apply_waiting(session: Session, now: datetime) -> None:
    """Joins the reports that are waiting with their messages; what fits none goes on waiting."""
    _apply_known(session, now)
    if _adopt(session, now, unfinished(Message.state), Message.state == "unknown") + _adopt(
        session, now, Message.state == "unconfirmed", _is_the_only_doubt()
    ):
        _apply_known(session, now)


def _apply_known(session: Session, now: datetime) -> None:
    waiting = (
        select(DeliveryReport, Message.id)
        .join(Message, Message.provider_id == DeliveryReport.provider_id)
        .where(DeliveryReport.applied_at.is_(None))
        .order_by(DeliveryReport.id)
        .limit(_AT_ONCE)
    )
    for report, message_id in session.execute(waiting).all():
        _apply(session, report, message_id, now)


def _apply(session: Session, report: DeliveryReport, message_id: int, now: datetime) -> None:
    rank = RANKS.get(report.status, 0)
    as_high = [word for word, other in RANKS.items() if other >= rank]
    upward = or_(Message.provider_status.is_(None), Message.provider_status.not_in(as_high))
    values: dict[str, object] = {"provider_status": report.status}
    if state := _FINAL.get(report.status):
        values |= {"state": state, "finished_at": now, "reason": report.failure_reason}
    session.execute(
        update(Message)
        .where(Message.id == message_id, Message.state.in_(_REPORTABLE), upward)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if (report.failure_reason or "").lower() in stops.LASTING_REASONS:
        stops.stop_receiver(session, message_id, report.failure_reason or "", now)
    # Whose phone it was is in the message.
    session.execute(
        update(DeliveryReport).where(DeliveryReport.id == report.id).values(applied_at=now, phone_hash=None)
    )


def _adopt(session: Session, now: datetime, *of_messages: ColumnElement[bool]) -> int:
    """The first report of an id that we do not know gives the message that is in doubt its id."""
    found = (
        select(Message.id, DeliveryReport.provider_id)
        .select_from(Message)
        .join(Person, true())
        .join(DeliveryReport, true())
        .where(*of_messages, Message.provider_id.is_(None), *speaks_of_message(now))
        .order_by(DeliveryReport.id)
    )
    adopted: dict[int, str] = {}
    for message_id, provider_id in session.execute(found):
        if provider_id not in adopted.values():
            adopted.setdefault(message_id, provider_id)
    for message_id, provider_id in adopted.items():
        session.execute(
            update(Message)
            .where(Message.id == message_id, Message.state.in_(("unknown", "unconfirmed")))
            .values(state="submitted", provider_id=provider_id, finished_at=None, reason=None)
            .execution_options(synchronize_session=False)
        )
    return len(adopted)


def _is_the_only_doubt() -> ColumnElement[bool]:
    """The receiver has no other message that the report could mean."""
    other = aliased(Message)
    return ~exists().where(
        other.person_id == Message.person_id,
        other.id != Message.id,
        other.provider_id.is_(None),
        other.state.in_(("sending", "unknown", "unconfirmed")),
    )
