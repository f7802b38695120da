"""Me too: people who follow a complaint that somebody else filed. A person is there once, however often they join.

`join` is what a resident does; `follow` only writes the row. The same texts as the owner's, the same right to verify.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gateway import categories, clock, places
from gateway.complaints import priority, promise, record, states
from gateway.complaints.record import Deed
from gateway.config import Settings
from gateway.models import Complaint, Follower, Person
from gateway.sms import outbox

FOLLOW, FOLLOWER = "FOLLOW", "follower"

#: What can still be joined: once it is closed, the problem is to be filed again.
JOINABLE = (*states.OPEN, states.RESOLVED)


@dataclass(frozen=True, slots=True)
class Joined:
    """`complaint` is the one that the person follows now: what was merged is followed where it went."""

    complaint: Complaint
    #: False if they owned or followed it before: nothing was changed, nobody was told.
    is_new: bool
    people: int


def join(
    session: Session, settings: Settings, complaint: Complaint, person: Person, now: datetime, channel: str
) -> Joined | None:
    """Me too: the row, its event, the thanks, and the priority that the number of people makes.

    None if it was closed meanwhile: then the person should file the problem as their own. Where whoever filed it was
    erased, and nobody else is there, it is theirs now.
    """
    complaint = _locked(session, complaint)
    if complaint.state not in JOINABLE:
        return None
    left = complaint.owner if _is_orphan(session, complaint) else None
    is_new = follow(session, complaint, person, now)
    people = count(session, complaint)
    if not is_new:
        return Joined(complaint, is_new, people)
    raised = priority.with_people(complaint.priority, people)
    facts = {"people": people} | ({"priority": raised} if raised != complaint.priority else {})
    changes: dict[str, Any] = {"priority": raised} | ({"owner_id": person.id} if left else {})
    event = record.change(session, complaint, Deed(person, FOLLOWER, channel, FOLLOW, now), changes, facts)
    if event is None:
        raise RuntimeError("a complaint was changed while its row was locked")
    if left:
        follow(session, complaint, left, complaint.filed_at)
    language = person.language or "en"
    outbox.owe(
        session,
        settings,
        person=person,
        phrase="sms.joined",
        values={
            "ref": complaint.reference,
            "category": categories.category(complaint.category).label(language),
            "landmark": complaint.landmark,
            "ward": places.ward(complaint.ward).label,
            "count": people,
            "due": clock.due_words(promise.target(session, settings, complaint), settings.timezone, language),
        },
        dedupe_key=f"event:{event.id}:sms.joined:{person.id}",
        now=now,
        # They asked for it.
        urgency=outbox.ANSWER,
        event=event,
    )
    return Joined(complaint, is_new, people)


def root(session: Session, complaint: Complaint) -> Complaint:
    """What it was merged into in the end; itself if it was not."""
    while complaint.state == states.MERGED and complaint.parent_id is not None:
        complaint = session.get_one(Complaint, complaint.parent_id, populate_existing=True)
    return complaint


def follow(session: Session, complaint: Complaint, person: Person, now: datetime, via: Complaint | None = None) -> bool:
    """False for the owner and for whoever follows already, also when two say so at once."""
    if person.id == complaint.owner_id:
        return False
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    row = (postgresql if on_postgresql else sqlite).insert(Follower)
    row = row.values(complaint_id=complaint.id, person_id=person.id, since=now, via_id=via.id if via else None)
    return session.scalar(row.on_conflict_do_nothing().returning(Follower.id)) is not None


def of(session: Session, complaint: Complaint) -> list[Person]:
    """Without the owner, in the order in which they joined."""
    rows = select(Person).join(Follower, Follower.person_id == Person.id)
    return list(session.scalars(rows.where(*_of(complaint)).order_by(Follower.id)))


def count(session: Session, complaint: Complaint) -> int:
    """How many people reported it: the owner and the followers."""
    return 1 + (session.scalar(select(func.count()).select_from(Follower).where(*_of(complaint))) or 0)


def is_following(session: Session, complaint: Complaint, person: Person) -> bool:
    """The owner does not follow: it is theirs."""
    row = select(Follower.id).where(*_of(complaint), Follower.person_id == person.id)
    return session.scalar(row) is not None


def followed_by(
    session: Session, person: Person, among: tuple[str, ...] | None = None, limit: int = 20
) -> list[Complaint]:
    """What the person follows, the latest joined first; `among` names the states that are wanted.

    What was merged is left out, because they follow what it was merged into; unless it is among the wanted.
    """
    rows = select(Complaint).join(Follower, Follower.complaint_id == Complaint.id)
    rows = rows.where(Follower.person_id == person.id, Complaint.owner_id != person.id)
    rows = rows.where(Complaint.state != states.MERGED if among is None else Complaint.state.in_(among))
    return list(session.scalars(rows.order_by(Follower.id.desc()).limit(limit)))


def inherit(session: Session, complaint: Complaint, now: datetime) -> Person | None:
    """Who gets the complaint when its owner withdraws: the first who joined, or None.

    The caller writes `owner_id`, with the event of the withdrawal; the owner who leaves is not kept as a follower.
    """
    left = delete(Follower).where(Follower.complaint_id == complaint.id, Follower.person_id == complaint.owner_id)
    session.execute(left)
    return heir(session, complaint)


def heir(session: Session, complaint: Complaint) -> Person | None:
    """The first who joined, of those who have not been erased."""
    first = select(Person).join(Follower, Follower.person_id == Person.id).where(*_of(complaint))
    return session.scalar(first.where(Person.erasure_requested_at.is_(None)).order_by(Follower.id).limit(1))


def _is_orphan(session: Session, complaint: Complaint) -> bool:
    return complaint.owner.erasure_requested_at is not None and heir(session, complaint) is None


def move(session: Session, from_complaint: Complaint, to_complaint: Complaint, now: datetime) -> list[Person]:
    """Merging: the people of one complaint follow the other as well. Returns them, the owner first.

    They stay with their own complaint: if it turns out to be another problem, it still has its people.
    """
    people = [from_complaint.owner, *of(session, from_complaint)]
    for person in people:
        follow(session, to_complaint, person, now, via=from_complaint)
    return people


def part(session: Session, from_complaint: Complaint, parent: Complaint, now: datetime) -> None:
    """The opposite of `move`: who came to the parent by this complaint alone follows it no longer."""
    moved = from_complaint
    while True:
        session.execute(delete(Follower).where(Follower.complaint_id == parent.id, Follower.via_id == moved.id))
        # Some of them may have come by another one as well.
        merged = select(Complaint).where(Complaint.parent_id == parent.id, Complaint.state == states.MERGED)
        for other in session.scalars(merged.where(Complaint.id != from_complaint.id).order_by(Complaint.id)):
            move(session, other, parent, now)
        if parent.state != states.MERGED or parent.parent_id is None:
            return
        moved, parent = parent, session.get_one(Complaint, parent.parent_id)


def _locked(session: Session, complaint: Complaint) -> Complaint:
    """As it is now, or what it was merged into; nobody else changes it until the end of the transaction."""
    session.refresh(complaint, with_for_update=True)
    while complaint.state == states.MERGED and complaint.parent_id is not None:
        complaint = session.get_one(Complaint, complaint.parent_id, populate_existing=True, with_for_update=True)
    return complaint


def _of(complaint: Complaint) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Follower.complaint_id == complaint.id, Follower.person_id != complaint.owner_id
