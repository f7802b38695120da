"""Files and moves complaints: the change, its event and the messages that it owes, in the caller's transaction.

What may not be is an answer (`Refused`), never an exception. Doing a thing twice is doing it once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway import categories, places
from gateway.complaints import (
    associations,
    conditions,
    duplicates,
    effects,
    escalation,
    notices,
    priority,
    record,
    reference,
    rights,
    routing,
    states,
)
from gateway.complaints.conditions import Case
from gateway.complaints.effects import Change, Outcome
from gateway.complaints.record import Deed
from gateway.complaints.states import Already, Effect, Reason
from gateway.config import Settings
from gateway.models import Complaint, Event, Person

log = logging.getLogger(__name__)

#: How often a change is tried again against others who change the same.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Actor:
    #: None for the clock and the county's system.
    person: Person | None
    #: ussd, sms, desk ...
    channel: str
    #: Only of those who are not a person on this complaint: the clock, the county's system, an administrator.
    role: str | None = None


CLOCK = Actor(None, "clock", states.TIMER)


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


class _Overtaken(Exception):
    """Another writer was first: what was prepared is undone, and looked at again."""


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
    role: str | None = None,
    words: str | None = None,
    urgent: bool = False,
) -> Filed:
    """Exactly one complaint, one event and one set of messages for each `filed_by`, however many file it at once.

    `words` is the whole of what was written, where that is more than the landmark; `urgent` says that somebody is in
    danger, whatever the category. Raises KeyError for a category or ward that does not exist.
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
            priority=priority.URGENT if urgent or kind.urgent else priority.NORMAL,
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
        filing_role = role or associations.filing_role(session, owner, place.code)
        deed = Deed(owner, filing_role, channel, states.FILE, now, _storable(words or "") or None)
        event = record.note_down(session, complaint, deed, None, {"routing": route.steps})
        notices.owe(session, settings, complaint, event, states.first_row(states.FILE), now)
        if route.agency:
            _refer_at_once(session, settings, complaint, route.agency, now)
        escalation.schedule(session, settings, complaint, now)
        return Filed(complaint, is_new=True)
    raise RuntimeError("no complaint could be filed: every reference tried was taken meanwhile")


def _refer_at_once(session: Session, settings: Settings, complaint: Complaint, agency: str, now: datetime) -> None:
    """What is no part of the county has it from the start; somebody here still follows it."""
    deed = Deed(None, states.SYNC, "routing", states.REFER, now, agency)
    changes = {"state": states.REFERRED, "state_since": now, "agency": agency}
    event = record.change(session, complaint, deed, changes)
    if event is None:
        raise RuntimeError("a complaint was changed before anybody could know of it")
    notices.owe(session, settings, complaint, event, states.first_row(states.REFER), now)


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
    deed = Deed(actor.person, actor.role or "", actor.channel, verb, now, _storable(words or "") or None)
    for _attempt in range(_ATTEMPTS):
        try:
            with session.begin_nested():
                return _move(session, settings, complaint, deed)
        except _Overtaken:
            session.refresh(complaint)
    return Refused(complaint, Reason.OVERTAKEN)


def repair(
    session: Session, settings: Settings, *, now: datetime, complaint: Complaint, to: str, admin: Person, words: str
) -> Moved | Refused:
    """What an administrator puts right, with a written reason; nobody is told. `to` is a state, or `closed.silent`."""
    deed = Deed(admin, states.ADMIN, "desk", states.REPAIR, now, _storable(words) or None)
    state, _, outcome = to.partition(".")
    if not deed.words or state not in states.STATES or bool(outcome) != (state == states.CLOSED):
        return Refused(complaint, Reason.NEED_WORDS)
    changes = {"state": state, "outcome": outcome or None, "state_since": now, "disputed_at": None}
    event = record.change(session, complaint, deed, changes)
    if event is None:
        return Refused(complaint, Reason.OVERTAKEN)
    escalation.schedule(session, settings, complaint, now)
    return Moved(complaint, event)


def _move(session: Session, settings: Settings, complaint: Complaint, deed: Deed) -> Moved | Refused:
    if deed.verb == states.DUP:
        # Both are locked before either is looked at.
        duplicates.parent_for(session, complaint, deed.words or "")
    roles = (deed.role,) if deed.role else rights.roles_on(session, deed.actor, complaint) if deed.actor else ()
    case = Case(session, settings, complaint, deed.actor, deed.at)
    found = states.find(deed.verb, conditions.situations(case), roles, conditions.holding(case, deed.verb))
    if isinstance(found, Already):
        if found.row.already_mine and deed.actor and complaint.officer_id != deed.actor.id:
            return _refuse(session, complaint, deed, roles, Reason.NOT_NOW)
        if deed.verb == states.START:
            associations.agree(session, settings, complaint, replace(deed, role=roles[0]))
        return Moved(complaint, event=None)
    if isinstance(found, Reason):
        return _refuse(session, complaint, deed, roles, found)
    row, deed = found.row, replace(deed, role=found.role)
    if row.effect is Effect.REJECT:
        deed = replace(deed, words=deed.words or complaint.proposed_rejection)
    if row.needs and not _says_enough(row.needs, deed):
        return _refuse(session, complaint, deed, roles, row.needs)
    if conditions.is_repeated(case, row, deed.words or ""):
        return Moved(complaint, event=None)
    change = Change(session, settings, complaint, row, deed)
    outcome = effects.of(change)
    if isinstance(outcome, Reason):
        return _refuse(session, complaint, deed, roles, outcome)
    event = _apply(change, outcome)
    effects.afterwards(change, outcome, event)
    notices.owe(session, settings, complaint, event, row, deed.at)
    if row.verb == states.START:
        associations.agree(session, settings, complaint, deed)
    escalation.schedule(session, settings, complaint, deed.at)
    return Moved(complaint, event)


def _apply(change: Change, outcome: Outcome) -> Event:
    """Raises where another writer was first."""
    session, settings, complaint = change.session, change.settings, change.complaint
    row, deed = change.row, change.deed
    columns = outcome.columns
    is_theirs = deed.actor is not None and complaint.officer_id == deed.actor.id
    if row.implies_ack and complaint.state == states.RECEIVED and (is_theirs or (row.takes and deed.actor)):
        ack = states.first_row(states.ACK)
        seen = {"state": ack.target, "state_since": deed.at}
        if row.takes and deed.actor:
            seen["officer_id"] = deed.actor.id
        implied = replace(deed, verb=ack.verb, words=None)
        event = record.change(session, complaint, implied, seen, {"implied_by": row.verb})
        if event is None:
            raise _Overtaken
        if not any(told.who in ("people", "owner") for told in row.texts):
            notices.owe(session, settings, complaint, event, ack, deed.at)
        if row.effect is Effect.ASK:
            columns = columns | {"asked_from": ack.target}
    changed = record.change(session, complaint, deed, columns, outcome.facts or None)
    if changed is None:
        raise _Overtaken
    return changed


def _refuse(session: Session, complaint: Complaint, deed: Deed, roles: tuple[str, ...], reason: Reason) -> Refused:
    """Keeps the attempt of whoever has to do with the complaint; a stranger's leaves no trace on it."""
    if roles and not record.change(
        session, complaint, replace(deed, role=deed.role or roles[0]), {}, {"refused": reason.value}
    ):
        raise _Overtaken
    return Refused(complaint, reason)


def _says_enough(needs: Reason, deed: Deed) -> bool:
    """Of what was done, three words, or fewer with a number that can be looked up: `truck 12`."""
    words = [word for word in (deed.words or "").split() if any(character.isalnum() for character in word)]
    if needs is not Reason.NEED_NOTE:
        return bool(words)
    # The county's own system says "closed" and nothing else.
    if deed.role == states.SYNC:
        return True
    has_number = any(character.isdigit() for character in deed.words or "")
    return len(words) + has_number >= states.LEAST_NOTE_WORDS


def _storable(text: str) -> str:
    """PostgreSQL keeps neither NUL nor half a surrogate pair."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8").strip()
