"""Questions about complaints: whose, which, how many. Changes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from gateway.complaints import priority, states
from gateway.models import Complaint, Event, Person

URGENT, HIGH, NORMAL = priority.URGENT, priority.HIGH, priority.NORMAL

#: Danger first.
_RANK = case({URGENT: 0, HIGH: 1}, value=Complaint.priority, else_=2)


def by_reference(session: Session, reference: str) -> Complaint | None:
    return session.scalar(select(Complaint).where(Complaint.reference == reference))


def own_complaint(session: Session, person: Person, reference: str) -> Complaint | None:
    """None also if there is one, but it is somebody else's."""
    own = select(Complaint).where(Complaint.reference == reference, Complaint.owner_id == person.id)
    return session.scalar(own)


def own_complaints(
    session: Session,
    person: Person,
    limit: int = 20,
    *,
    among: tuple[str, ...] | None = None,
    filed_before: datetime | None = None,
) -> list[Complaint]:
    """The newest first; closed ones too, unless `among` names the states that are wanted."""
    own = select(Complaint).where(Complaint.owner_id == person.id)
    if among is not None:
        own = own.where(Complaint.state.in_(among))
    if filed_before is not None:
        own = own.where(Complaint.filed_at <= filed_before)
    return list(session.scalars(own.order_by(Complaint.filed_at.desc(), Complaint.id.desc()).limit(limit)))


def open_jobs(session: Session, officer: Person) -> list[Complaint]:
    """What the officer has to do: danger first, then what was reopened, then the oldest."""
    jobs = select(Complaint).where(Complaint.officer_id == officer.id, Complaint.state.in_(states.OPEN))
    return list(session.scalars(jobs.order_by(_RANK, Complaint.filed_at, Complaint.id)))


def history(session: Session, complaint: Complaint) -> list[Event]:
    """What has happened to it, in order."""
    return list(session.scalars(select(Event).where(Event.complaint_id == complaint.id).order_by(Event.number)))


def last_words(session: Session, complaint: Complaint, verb: str) -> str | None:
    """What was written with the latest of these verbs."""
    written = select(Event.words).where(Event.complaint_id == complaint.id, Event.verb == verb)
    return session.scalar(written.where(Event.to_state != Event.from_state).order_by(Event.number.desc()).limit(1))
