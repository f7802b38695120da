"""Who of those concerned was not reached: what the desk must know before it says that somebody was told.

Whoever calls them instead is shown their number, and writes down that they were told; both stay in the complaint's
history.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from gateway.complaints import record
from gateway.complaints.record import Deed
from gateway.models import Complaint, Event, Message, Person
from gateway.models.messages import UNFINISHED

#: Verbs of the history: somebody's number was shown; somebody was told by phone.
SHOWN, TOLD = "NUMBER", "TOLD"

#: Ended, and nothing arrived. `unconfirmed` may have.
NOT_REACHED = ("failed", "refused", "suppressed", "expired")
#: Says nothing of the phone: still to come, or made needless by an update.
_SAYS_NOTHING = (*UNFINISHED, "superseded")
_ended_at = func.coalesce(Message.finished_at, Message.created_at, type_=Message.created_at.type)


@dataclass(frozen=True, slots=True)
class NotReached:
    complaint_id: int
    person: Person
    #: The last message that they should have had, and why they did not: the carrier's word, or our state.
    phrase: str
    why: str
    since: datetime


def not_reached(session: Session, complaint_ids: Collection[int]) -> list[NotReached]:
    """Everybody whose latest message about one of these did not arrive, in the order of those messages."""
    missed = (
        select(Event.complaint_id, Message, Person)
        .join(Event, Event.id == Message.event_id)
        .join(Person, Person.id == Message.person_id)
        .join(Complaint, Complaint.id == Event.complaint_id)
        .where(Event.complaint_id.in_(complaint_ids), *_was_missed())
        .order_by(Message.id)
    )
    return [
        NotReached(
            complaint_id,
            person,
            message.phrase,
            message.reason or person.sms_stopped_by or message.state,
            message.finished_at or message.created_at,
        )
        for complaint_id, message, person in session.execute(missed)
    ]


def misses_owner(session: Session, complaint: Complaint) -> bool:
    """Whether it did not reach whoever reported it."""
    return any(one.person.id == complaint.owner_id for one in not_reached(session, [complaint.id]))


def has_not_reached_somebody() -> ColumnElement[bool]:
    """Of a complaint: the same as `not_reached`, for a query."""
    missed = select(Message.id).join(Event, Event.id == Message.event_id).join(Person, Person.id == Message.person_id)
    return exists(missed.where(Event.complaint_id == Complaint.id, *_was_missed()).correlate(Complaint))


def write_down(session: Session, complaint: Complaint, deed: Deed, person_id: int) -> Person | None:
    """In the history: that the number of somebody who was not reached was shown (SHOWN), that they were told by phone
    (TOLD). None, and nothing is written, where they have been reached or told meanwhile."""
    session.refresh(complaint, with_for_update=True)
    missed = {one.person.id: one.person for one in not_reached(session, [complaint.id])}
    if person_id not in missed:
        return None
    if record.change(session, complaint, deed, {}, {"person": person_id}) is None:
        raise RuntimeError("a complaint was changed while its row was locked")
    return missed[person_id]


def _was_missed() -> tuple[ColumnElement[bool], ...]:
    """Of a message, its receiver, its event and the complaint."""
    later, of_later = aliased(Message), aliased(Event)
    reached_later = (
        select(later.id)
        .join(of_later, of_later.id == later.event_id)
        .where(
            later.person_id == Message.person_id,
            later.id > Message.id,
            of_later.complaint_id == Event.complaint_id,
            later.state.not_in(_SAYS_NOTHING),
        )
    )
    told = aliased(Event)
    was_told = select(told.id).where(
        told.complaint_id == Event.complaint_id,
        told.verb == TOLD,
        told.facts["person"].as_integer() == Message.person_id,
        told.at >= _ended_at,
    )
    return (
        Message.state.in_(NOT_REACHED),
        Person.erasure_requested_at.is_(None),
        # Of those who worked on it, only who still does.
        or_(Message.phrase.not_like("officer.%"), Message.person_id == Complaint.officer_id),
        ~exists(reached_later.correlate(Message, Event)),
        ~exists(was_told.correlate(Message, Event)),
    )
