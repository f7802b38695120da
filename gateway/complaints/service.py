"""Files and moves complaints: the change, its event and the messages that it owes, in the caller's transaction.

What may not be is an answer (`Refused`), never an exception. Doing a thing twice is doing it once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway import categories, places
from gateway.complaints import notices, promise, queries, record, reference, rights, routing, states
from gateway.complaints.record import Deed
from gateway.complaints.states import Already, Reason, Transition
from gateway.config import Settings
from gateway.models import Complaint, Event, Person

log = logging.getLogger(__name__)

#: How often a change is tried again against others who change the same.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Actor:
    person: Person
    #: ussd, sms, desk ...
    channel: str


@dataclass(frozen=True, slots=True)
class Filed:
    complaint: Complaint
    #: False if it had been filed before by the same `filed_by`.
    is_new: bool


@dataclass(frozen=True, slots=True)
class Moved:
    complaint: Complaint
    #: None if the verb had had its effect before: nothing was changed, nobody was told.
    event: Event | None


@dataclass(frozen=True, slots=True)
class Refused:
    complaint: Complaint
    reason: Reason


def file(
    session: Session,
    settings: Settings,
    *,
    now: datetime,
    owner: Person,
    category: str,
    ward: str,
    landmark: str,
    channel: str,
    filed_by: str,
) -> Filed:
    """Exactly one complaint, one event and one set of messages for each `filed_by`, however many file it at once.

    Raises KeyError for a category or ward that does not exist.
    """
    kind, place = categories.category(category), places.ward(ward)
    for _attempt in range(_ATTEMPTS):
        if found := session.scalar(select(Complaint).where(Complaint.filed_by == filed_by)):
            return Filed(found, is_new=False)
        route = routing.route(session, settings, place.code, kind.code, now)
        complaint = Complaint(
            reference=reference.new(session),
            filed_by=filed_by,
            category=kind.code,
            ward=place.code,
            landmark=_storable(landmark),
            owner_id=owner.id,
            officer_id=route.person_id,
            state=states.RECEIVED,
            outcome=None,
            cycle=1,
            version=1,
            priority=queries.URGENT if kind.urgent else queries.NORMAL,
            filed_at=now,
            promise_due_at=now + settings.promise,
            state_since=now,
        )
        try:
            with session.begin_nested():
                session.add(complaint)
        except IntegrityError:
            continue  # the same was filed meanwhile, or another complaint got this reference
        if route.person_id is None:
            log.warning("nobody on the roster to work on a complaint reference=%s", complaint.reference)
        deed = Deed(owner, states.OWNER, channel, states.FILE, now)
        event = record.note_down(session, complaint, deed, None, {"routing": route.steps})
        notices.owe(session, settings, complaint, event, states.first_row(states.FILE), now)
        return Filed(complaint, is_new=True)
    raise RuntimeError("no complaint could be filed: every reference tried was taken meanwhile")


def move(
    session: Session,
    settings: Settings,
    *,
    now: datetime,
    complaint: Complaint,
    verb: str,
    actor: Actor,
    words: str | None = None,
) -> Moved | Refused:
    """Applies a verb of `states.TRANSITIONS`, if the actor may and the complaint is where it applies.

    Whoever was overtaken by another writer is answered by what the complaint has become.
    """
    deed = Deed(actor.person, "", actor.channel, verb, now, _storable(words or "") or None)
    for _attempt in range(_ATTEMPTS):
        roles = rights.roles_on(session, actor.person, complaint)
        where = states.situations(complaint.state, complaint.outcome, complaint.cycle)
        found = states.find(verb, where, roles)
        if isinstance(found, Already):
            if found.transition.already_mine and complaint.officer_id != actor.person.id:
                return _refuse(session, complaint, deed, roles, Reason.NOT_NOW)
            return Moved(complaint, event=None)
        if isinstance(found, Reason):
            return _refuse(session, complaint, deed, roles, found)
        row, role = found
        if row.within_reopen and not promise.may_still_reopen(settings, complaint, now):
            return _refuse(session, complaint, deed, roles, Reason.TOO_LATE)
        if row.needs_note and not _says_what_was_done(deed.words or ""):
            return Refused(complaint, Reason.NEED_NOTE)
        if event := _apply(session, settings, complaint, row, replace(deed, role=role)):
            notices.owe(session, settings, complaint, event, row, now)
            return Moved(complaint, event)
        session.refresh(complaint)
    return Refused(complaint, Reason.OVERTAKEN)


def _apply(session: Session, settings: Settings, complaint: Complaint, row: Transition, deed: Deed) -> Event | None:
    """None if another writer was first."""
    if row.implies_ack and complaint.state == states.RECEIVED:
        ack = states.first_row(states.ACK)
        seen = {"state": ack.target, "officer_id": deed.actor.id, "state_since": deed.at}
        implied = replace(deed, verb=ack.verb, words=None)
        if not record.change(session, complaint, implied, seen, {"implied_by": row.verb}):
            return None
    changes: dict[str, Any] = {"state": row.target, "outcome": row.outcome, "state_since": deed.at}
    facts: dict[str, Any] | None = None
    if row.takes:
        changes["officer_id"] = deed.actor.id
    if row.reopens:
        route = routing.reroute(session, settings, complaint, deed.at)
        facts = {"routing": route.steps}
        changes |= {"officer_id": route.person_id, "cycle": complaint.cycle + 1}
        if complaint.priority != queries.URGENT:
            changes["priority"] = queries.HIGH
    return record.change(session, complaint, deed, changes, facts)


def _refuse(session: Session, complaint: Complaint, deed: Deed, roles: tuple[str, ...], reason: Reason) -> Refused:
    """Keeps the attempt of whoever has to do with the complaint; a stranger's leaves no trace on it."""
    if roles:
        record.change(session, complaint, replace(deed, role=roles[0]), {}, {"refused": reason.value})
    return Refused(complaint, reason)


def _says_what_was_done(note: str) -> bool:
    """Three words, or fewer with a number that can be looked up: `truck 12`."""
    words = [word for word in note.split() if any(character.isalnum() for character in word)]
    has_number = any(character.isdigit() for character in note)
    return len(words) + has_number >= states.LEAST_NOTE_WORDS


def _storable(text: str) -> str:
    """PostgreSQL keeps neither NUL nor half a surrogate pair."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8").strip()
