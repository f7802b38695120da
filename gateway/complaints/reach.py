"""Who of those concerned was not reached: what the desk must know before it says that somebody was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.models import Complaint, Event, Message, Person

#: Ended, and nothing arrived. `unconfirmed` may have.
_NOT_REACHED = ("failed", "refused", "suppressed", "expired")


@dataclass(frozen=True, slots=True)
class NotReached:
    person: Person
    #: The last message that they should have had, and why they did not: the carrier's word, or our state.
    phrase: str
    why: str
    since: datetime


def not_reached(session: Session, complaint: Complaint) -> Sequence[NotReached]:
    """Everybody whose latest message about this complaint did not arrive; nobody whom a later one has reached."""
    latest = (
        select(func.max(Message.id))
        .join(Event, Event.id == Message.event_id)
        .where(Event.complaint_id == complaint.id)
        # A message that an update made needless says nothing of the phone.
        .where(Message.state != "superseded")
        .group_by(Message.person_id)
    )
    missed = (
        select(Message, Person)
        .join(Person, Person.id == Message.person_id)
        .where(Message.id.in_(latest), Message.state.in_(_NOT_REACHED))
        .order_by(Message.id)
    )
    return [
        NotReached(
            person,
            message.phrase,
            message.reason or person.sms_stopped_by or message.state,
            message.finished_at or message.created_at,
        )
        for message, person in session.execute(missed)
    ]
