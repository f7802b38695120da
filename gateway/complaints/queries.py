"""Questions about complaints: whose, which, how many. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, false, or_, select, true
from sqlalchemy.orm import Session

from gateway import categories, places, roster
from gateway.complaints import priority, states
from gateway.models import Complaint, Event, Follower, Person, RosterEntry

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


def open_jobs(session: Session, officer: Person, late_at: datetime | None = None) -> list[Complaint]:
    """What the officer has to do, or of that what is late: danger first, then what was reopened, then the oldest."""
    jobs = select(Complaint).where(Complaint.officer_id == officer.id, Complaint.state.in_(states.OPEN))
    if late_at is not None:
        jobs = jobs.where(or_(Complaint.late, Complaint.promise_due_at <= late_at))
    return list(session.scalars(jobs.order_by(_RANK, Complaint.filed_at, Complaint.id)))


def late_under(session: Session, entries: Collection[RosterEntry], now: datetime) -> list[Complaint]:
    """What is late wherever these rows of the roster are for, whoever has the job: the oldest first."""
    is_late = or_(Complaint.late, Complaint.promise_due_at <= now)
    late = select(Complaint).where(Complaint.state.in_(states.OPEN), is_late, within(entries))
    return list(session.scalars(late.order_by(Complaint.filed_at, Complaint.id)))


def within(entries: Collection[RosterEntry]) -> ColumnElement[bool]:
    """Of a complaint: whether any of these rows of the roster is for its place and kind."""
    return or_(false(), *(and_(true(), *_within(entry)) for entry in entries))


def _within(entry: RosterEntry) -> Iterator[ColumnElement[bool]]:
    if entry.area != places.EVERYWHERE:
        yield Complaint.ward.in_([ward.code for ward in places.WARDS if roster.covers(entry, ward.code)])
    if entry.department != roster.ANY:
        owned = [kind.code for kind in categories.CATEGORIES if kind.owner == entry.department]
        yield Complaint.category.in_(owned)


def asked(session: Session, person: Person) -> list[Complaint]:
    """What we have asked the person about and not heard of: is it fixed? Their own and what they follow."""
    late = and_(Complaint.state.in_(states.OPEN), Complaint.late, Complaint.owner_id == person.id)
    followed = select(Follower.complaint_id).where(Follower.person_id == person.id)
    theirs = or_(Complaint.owner_id == person.id, Complaint.id.in_(followed))
    questions = select(Complaint).where(theirs, or_(Complaint.state == states.RESOLVED, late))
    return list(session.scalars(questions.order_by(Complaint.state_since.desc(), Complaint.id.desc())))


def questioned(session: Session, person: Person) -> list[Complaint]:
    """Whose officer has asked the person something."""
    followed = select(Follower.complaint_id).where(Follower.person_id == person.id)
    theirs = or_(Complaint.owner_id == person.id, Complaint.id.in_(followed))
    questions = select(Complaint).where(theirs, Complaint.state == states.NEEDS_INFO)
    return list(session.scalars(questions.order_by(Complaint.state_since.desc(), Complaint.id.desc())))


def rateable(session: Session, person: Person, since: datetime) -> list[Complaint]:
    """What the person confirmed since then and has not rated."""
    return list(session.scalars(_confirmed(person, since).where(Complaint.rating.is_(None))))


def rated(session: Session, person: Person, since: datetime) -> list[Complaint]:
    """What the person confirmed since then and has rated: they may think better of it."""
    return list(session.scalars(_confirmed(person, since).where(Complaint.rating.is_not(None))))


def _confirmed(person: Person, since: datetime) -> Select[Complaint]:
    own = select(Complaint).where(
        Complaint.owner_id == person.id,
        Complaint.state == states.CLOSED,
        Complaint.outcome == states.CONFIRMED,
        Complaint.state_since >= since,
    )
    return own.order_by(Complaint.state_since.desc(), Complaint.id.desc())


def to_verify(session: Session, wards: Collection[str]) -> list[Complaint]:
    """What an association of these wards may visit: the county says it is done."""
    done = select(Complaint).where(Complaint.ward.in_(wards), Complaint.state == states.RESOLVED)
    return list(session.scalars(done.order_by(Complaint.state_since.desc(), Complaint.id.desc())))


def votes(session: Session, complaint: Complaint) -> dict[int, str]:
    """What each follower last said of the present "done", by the person's id."""
    said = select(Event).where(
        Event.complaint_id == complaint.id,
        Event.role == states.FOLLOWER,
        Event.verb.in_((states.YES, states.NO)),
        Event.cycle == complaint.cycle,
        Event.at >= complaint.state_since,
    )
    events = session.scalars(said.order_by(Event.number))
    return {event.actor_id: event.verb for event in events if event.actor_id and "refused" not in (event.facts or {})}


def last_event(session: Session, complaint: Complaint, *verbs: str, by_people: bool = False) -> Event | None:
    """The latest of these that was not refused; `by_people` leaves out what the clock did."""
    of_verbs = select(Event).where(Event.complaint_id == complaint.id, Event.verb.in_(verbs))
    if by_people:
        of_verbs = of_verbs.where(Event.actor_id.is_not(None))
    events = session.scalars(of_verbs.order_by(Event.number.desc()))
    return next((event for event in events if "refused" not in (event.facts or {})), None)


def history(session: Session, complaint: Complaint) -> list[Event]:
    """What has happened to it, in order."""
    return list(session.scalars(select(Event).where(Event.complaint_id == complaint.id).order_by(Event.number)))


def last_words(session: Session, complaint: Complaint, verb: str) -> str | None:
    """What was written with the latest of these verbs."""
    written = select(Event.words).where(Event.complaint_id == complaint.id, Event.verb == verb)
    return session.scalar(written.where(Event.to_state != Event.from_state).order_by(Event.number.desc()).limit(1))
