"""What an erasure leaves of SMS in both directions: that there were so many, when, and how they ended. No words, and
no number."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from gateway import phones
from gateway.models import DeliveryReport, Event, IncomingSms, Message, Person
from gateway.models.messages import IN_FLIGHT
from gateway.sms.unfinished import unfinished

#: The last answer may take so long: then the number goes, sent or not.
PATIENCE = timedelta(hours=24)

#: How far an SMS and what came of it may be apart, attempts counted.
_HANDLED_WITHIN = timedelta(days=1)


def end_messages(session: Session, person: Person, now: datetime) -> bool:
    """What is queued for them is not sent any more, but the last answer. True once nothing is on its way."""
    asked_at = person.erasure_requested_at or now
    is_over = now >= asked_at + PATIENCE
    theirs = (unfinished(Message.state), Message.person_id == person.id)
    queued = [*theirs, Message.state == "queued"]
    if not is_over:
        queued.append(or_(Message.urgency > 0, Message.created_at < asked_at))
    _end(session, "suppressed", now, *queued, Message.resends == 0)
    # What was handed over before may have arrived.
    _end(session, "unconfirmed", now, *queued, Message.resends > 0)
    if is_over:
        _end(session, "unconfirmed", now, *theirs, Message.state.in_(IN_FLIGHT))
    return session.scalar(select(Message.id).where(*theirs).limit(1)) is None


def forget_words(session: Session, person: Person) -> bool:
    """Of all messages to them, and of those to others that pass on what they said. False where one is on its way."""
    said = Message.event_id.in_(select(Event.id).where(Event.actor_id == person.id))
    return _blank(session, or_(Message.person_id == person.id, said))


def forget_complaints(session: Session, complaint_ids: Collection[int]) -> None:
    """Of all messages about these complaints, whoever got them: they say the place as it was written."""
    of_them = select(Event.id).where(Event.complaint_id.in_(complaint_ids))
    _blank(session, Message.event_id.in_(of_them))


def forget_hotspots(session: Session, hotspot_ids: Collection[int]) -> None:
    for hotspot_id in hotspot_ids:
        _blank(session, Message.dedupe_key.like(f"hotspot:{hotspot_id}:%"))


def mask(session: Session, complaint_ids: Collection[int], phone: str) -> None:
    """The number where others wrote it down and we passed it on."""
    of_them = select(Event.id).where(Event.complaint_id.in_(complaint_ids))
    for message in session.scalars(select(Message).where(Message.event_id.in_(of_them), Message.body != "")):
        message.body = phones.without(phone, message.body)


def mask_incoming(session: Session, event: Event, phone: str) -> None:
    """The number in the SMS by which somebody else wrote it down."""
    writer = session.get(Person, event.actor_id)
    if writer is None:
        return
    around = IncomingSms.received_at.between(event.at - _HANDLED_WITHIN, event.at)
    for incoming in session.scalars(select(IncomingSms).where(IncomingSms.phone_hash == writer.phone_hash, around)):
        incoming.body = phones.without(phone, incoming.body)


def forget_number(session: Session, phone_hash: str, until: datetime) -> None:
    """What came from this number until then, and what the carrier reported of it. The same SMS again is still known
    by its id."""
    session.execute(
        update(IncomingSms)
        .where(
            IncomingSms.phone_hash == phone_hash,
            IncomingSms.received_at <= until,
            IncomingSms.handled_at.is_not(None),
        )
        .values(body="", phone_sealed=None, phone_hash=None)
        .execution_options(synchronize_session=False)
    )
    reports = [DeliveryReport.applied_at.is_(None), DeliveryReport.phone_hash == phone_hash]
    if session.scalar(select(Person.id).where(Person.phone_hash == phone_hash)):
        # Whoever has the number now may be reported of as well.
        reports.append(DeliveryReport.received_at <= until)
    session.execute(
        update(DeliveryReport).where(*reports).values(phone_hash=None).execution_options(synchronize_session=False)
    )


def _end(session: Session, state: str, now: datetime, *which: ColumnElement[bool]) -> None:
    ended = update(Message).where(*which).values(state=state, finished_at=now, claimed_at=None)
    session.execute(ended.execution_options(synchronize_session=False))


def _blank(session: Session, which: ColumnElement[bool]) -> bool:
    wanted = (which, Message.body != "")
    session.execute(
        update(Message)
        .where(*wanted, ~unfinished(Message.state))
        .values(body="")
        .execution_options(synchronize_session=False)
    )
    return session.scalar(select(Message.id).where(*wanted).limit(1)) is None
