"""The same problem filed twice: shown to residents before they file, merged by officers afterwards.

Merging never costs anybody what they were promised: the parent takes over the earliest filing time and with it the
earliest promise, so a late complaint cannot be made young by joining it to a new one. It keeps them when the two part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from gateway import categories, clock
from gateway.complaints import (
    escalation,
    estates,
    followers,
    landmarks,
    priority,
    promise,
    queries,
    record,
    reference,
    states,
)
from gateway.complaints.record import Deed
from gateway.config import Settings
from gateway.models import Complaint, Event, Follower, Person
from gateway.sms import outbox, texts
from menus import gsm7

#: What the parent's history calls it when another one joins it, or leaves it again.
MERGE, PART = "MERGE", "PART"

#: How long ago the other one may have been filed: garbage is new garbage after some days.
_AGE = timedelta(days=7)
_AGE_OF_GROUP: Mapping[str, timedelta] = {"taka": timedelta(days=3)}

# Made once: it is asked in the middle of a call.
_NEAR = select(Complaint).where(
    Complaint.ward == bindparam("ward"),
    Complaint.category == bindparam("category"),
    Complaint.state.in_(states.OPEN),
    Complaint.filed_at >= bindparam("since"),
)
_caller = select(Person.id).where(Person.phone_hash == bindparam("phone_hash")).scalar_subquery()
_followed = select(Follower.complaint_id).where(Follower.person_id == _caller)
_NEAR_OF_OTHERS = _NEAR.where(Complaint.owner_id.is_distinct_from(_caller), Complaint.id.not_in(_followed))


@dataclass(frozen=True, slots=True)
class Likely:
    """An open complaint that may be the same problem."""

    complaint: Complaint
    age: timedelta
    #: Who reported it: its owner and the followers.
    people: int


def likely(
    session: Session,
    *,
    ward: str,
    category: str,
    landmark: str,
    now: datetime,
    phone_hash: str | None = None,
    limit: int = 3,
) -> list[Likely]:
    """Best first; without what the person with that number has filed or follows. Only to be shown: a new filing is
    never refused."""
    since = now - _AGE_OF_GROUP.get(categories.category(category).group, _AGE)
    near = session.scalars(
        _NEAR if phone_hash is None else _NEAR_OF_OTHERS,
        {"ward": ward, "category": category, "since": since, "phone_hash": phone_hash},
    )
    estate = estates.named_in(landmark, ward)
    ranked = [(landmarks.similarity(landmark, complaint.landmark), complaint) for complaint in near]
    alike = [
        (similarity, complaint)
        for similarity, complaint in ranked
        if similarity >= landmarks.ALIKE or estate & estates.named_in(complaint.landmark, ward)
    ]
    alike.sort(key=lambda found: (-found[0], found[1].filed_at, found[1].id))
    return [
        Likely(complaint, max(timedelta(0), now - complaint.filed_at), followers.count(session, complaint))
        for _similarity, complaint in alike[:limit]
    ]


def described(likely: Likely, language: str, width: int) -> str:
    """As others may know it, by its place, its age and how many reported it: `Stage Mosque Rd 2d (7)`."""
    days, hours = likely.age.days, likely.age // timedelta(hours=1)
    age = texts.render("label.age.days" if days else "label.age.hours", language, {"count": days or hours})
    rest = f" {age} ({likely.people})"
    return gsm7.cut(" ".join(gsm7.plain(likely.complaint.landmark).split()), width - len(rest)) + rest


def parent_for(session: Session, complaint: Complaint, words: str) -> Complaint | None:
    """The complaint that `DUP` names, or what that was merged into; None where this one cannot be merged into it.

    Both are locked until the end of the transaction, and read again: to be called before the transition is looked up.
    """
    number = "".join(character for character in words if character.isdigit())
    named = queries.by_reference(session, number) if reference.is_valid(number) else None
    parent = followers.root(session, named) if named else None
    if parent is None or parent.id == complaint.id:
        return None
    # In one order for everybody: two officers may be merging the same two, each into the other.
    for one in sorted((complaint, parent), key=lambda one: one.id):
        session.refresh(one, with_for_update=True)
    return parent if parent.state in states.OPEN else None


def merge(
    session: Session, settings: Settings, complaint: Complaint, parent: Complaint, deed: Deed, event: Event
) -> None:
    """What merging does beside the complaint's own change, which is `event` (state merged, `parent_id`).

    Its people follow the parent and are told so (C13); the parent gets the earliest filing time, and an event.
    """
    people = followers.move(session, complaint, parent, deed.at)
    count = followers.count(session, parent)
    due = min(promise.target(session, settings, one) for one in (complaint, parent))
    filed_at = min(parent.filed_at, complaint.filed_at)
    changes = {
        "filed_at": filed_at,
        "promise_due_at": min(parent.promise_due_at, complaint.promise_due_at),
        "priority": priority.higher(priority.with_people(parent.priority, count), complaint.priority),
        "late": parent.late or complaint.late,
    }
    facts = {"complaint": complaint.reference, "people": count, "filed_at": filed_at.isoformat()}
    _note_on_parent(session, parent, deed, MERGE, changes, facts)
    escalation.schedule(session, settings, parent, deed.at)
    for person in people:
        outbox.owe(
            session,
            settings,
            person=person,
            phrase="sms.merged",
            values={
                "ref": complaint.reference,
                "parent": parent.reference,
                "count": count,
                "due": clock.due_words(due, settings.timezone, person.language or "en"),
            },
            dedupe_key=f"event:{event.id}:sms.merged:{person.id}",
            now=deed.at,
            event=event,
        )


def part(session: Session, complaint: Complaint, parent: Complaint, deed: Deed) -> None:
    """What it does to the parent when the owner says that theirs is different; called after the complaint's change."""
    followers.part(session, complaint, parent, deed.at)
    session.refresh(parent, with_for_update=True)
    _note_on_parent(session, parent, deed, PART, {}, {"complaint": complaint.reference})


def _note_on_parent(
    session: Session, parent: Complaint, deed: Deed, verb: str, changes: dict[str, Any], facts: dict[str, Any]
) -> None:
    if record.change(session, parent, replace(deed, verb=verb, words=None), changes, facts) is None:
        raise RuntimeError("a complaint was changed while its row was locked")
