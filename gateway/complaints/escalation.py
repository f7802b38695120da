"""The levels of a complaint that nobody finishes: each happens once in a cycle, to the people of the complaint's ward.

From the complaint, never from its officer: where a role has nobody, the next one up is told.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gateway import categories, clock
from gateway.complaints import followers, notices, promise, record, routing, stages, states
from gateway.complaints.record import Deed
from gateway.complaints.stages import LEVELS, Due, Known
from gateway.config import Settings
from gateway.models import Complaint, Escalation, Event, Person
from gateway.sms import outbox

log = logging.getLogger(__name__)

CLOCK = "clock"
REMIND, MISSED = "REMIND", "MISSED"

#: Who is told at each level: the role of the level, then the next ones up, then whoever there is.
TOLD: Mapping[int, tuple[str, ...]] = {
    1: (states.SUPERVISOR, states.DIRECTOR, states.CHIEF, states.DESK),
    2: (states.DIRECTOR, states.CHIEF, states.DESK, states.SUPERVISOR),
    3: (states.CHIEF, states.DESK, states.DIRECTOR, states.SUPERVISOR),
    4: (states.ASSOCIATION,),
}
#: Who looks after the environment when the county does not; an agency's own complaints go to the agency.
OUTSIDE_BODY = "NECC"


@dataclass(frozen=True, slots=True)
class Turn:
    """One step that is due for a complaint, whose row the caller holds."""

    session: Session
    settings: Settings
    complaint: Complaint
    due: Due
    now: datetime
    #: The supervisor's level is due at the same time, and reminds the officer as well.
    reminds_again: bool = False

    def values(self, language: str) -> dict[str, object]:
        return notices.blanks(self.session, self.settings, self.complaint, language, self.now)

    def write(self, verb: str, changes: dict[str, Any] | None = None, facts: dict[str, Any] | None = None) -> Event:
        deed = Deed(None, CLOCK, CLOCK, verb, self.now)
        explained = {"due": self.due.at.isoformat()} | (facts or {})
        event = record.change(self.session, self.complaint, deed, changes or {}, explained)
        if event is None:
            raise RuntimeError("a complaint was changed while its row was held")
        return event

    def owe(self, event: Event, person: Person, phrase: str, key: str, urgency: int, **more: object) -> None:
        outbox.owe(
            self.session,
            self.settings,
            person=person,
            phrase=phrase,
            values=self.values(person.language or "en") | more,
            dedupe_key=f"{key}:{person.id}",
            now=self.now,
            urgency=urgency,
            event=event,
        )


def schedule(session: Session, settings: Settings, complaint: Complaint, now: datetime) -> None:
    """Sets when the clock has to look at it again; to be called in the transaction of every change of it."""
    if complaint.level:
        # Raised by a resident: the clock does not do it again.
        reach(session, complaint, complaint.level, now)
    steps = stages.plan(settings, complaint, known(session, settings, complaint))
    complaint.next_action_at = steps[0].at if steps else None


def known(session: Session, settings: Settings, complaint: Complaint) -> Known:
    if complaint.state == states.RESOLVED:
        return Known(complaint.filed_at, asked_again=_was_asked_again(session, complaint))
    if complaint.state not in states.OPEN:
        return Known(complaint.filed_at)
    reached = select(Escalation.level).where(
        Escalation.complaint_id == complaint.id, Escalation.cycle == complaint.cycle
    )
    paused = _paused(session, settings, complaint)
    return Known(promise.began(session, complaint), frozenset(session.scalars(reached)), paused)


def reach(
    session: Session, complaint: Complaint, level: int, now: datetime, due_at: datetime | None = None
) -> Escalation:
    """Writes down once that a level has been reached in this cycle. The caller holds the complaint's row."""
    row = session.scalar(
        select(Escalation).where(
            Escalation.complaint_id == complaint.id, Escalation.cycle == complaint.cycle, Escalation.level == level
        )
    )
    if row is None:
        row = Escalation(complaint_id=complaint.id, cycle=complaint.cycle, level=level, due_at=due_at or now, at=now)
        session.add(row)
        session.flush()
    return row


def recipient(
    session: Session, settings: Settings, complaint: Complaint, level: int, now: datetime
) -> tuple[Person | None, list[dict[str, Any]]]:
    """Who is told at this level, and how they were found: not whoever has the job, as long as there is another."""
    roles, ward, category = TOLD[level], complaint.ward, complaint.category
    # In a later cycle the supervisor has the job from the beginning, and is not passed over for it.
    without = () if complaint.cycle > 1 and level == 1 else (complaint.officer_id,)
    found = routing.for_roles(session, settings, ward, category, roles, now, without=without)
    person = session.get(Person, found.person_id) if found.person_id else None
    return person, found.steps


def remind(turn: Turn) -> None:
    """The officer, and whoever stands in for them."""
    event = turn.write(REMIND, facts={"level": 0})
    reach(turn.session, turn.complaint, 0, turn.now, turn.due.at)
    if turn.reminds_again:
        return
    began = promise.began(turn.session, turn.complaint)
    for person in _officer_and_deputy(turn.session, turn.complaint):
        since = clock.due_words(began, turn.settings.timezone, person.language or "en")
        turn.owe(event, person, "officer.ack.late", f"event:{event.id}:officer.ack.late", outbox.DIGEST, due=since)


def miss(turn: Turn) -> None:
    """The promise is missed, for ever."""
    event = turn.write(MISSED, {"late": True})
    # What was opened again after that time is late as well; its resident hears of it with the director.
    if promise.began(turn.session, turn.complaint) <= turn.complaint.promise_due_at:
        _apologise(turn, event)


def climb(turn: Turn) -> None:
    """To one of the levels 1 to 4."""
    session, complaint, level = turn.session, turn.complaint, LEVELS[turn.due.step]
    person, steps = recipient(session, turn.settings, complaint, level, turn.now)
    if person is None:
        log.warning("nobody to tell of level %d reference=%s", level, complaint.reference)
    facts = {"level": level, "told": person.id if person else None, "routing": steps}
    event = turn.write(states.ESCALATE, {"level": max(level, complaint.level)}, facts)
    row = reach(session, complaint, level, turn.now, turn.due.at)
    # Whoever has the job has been told what is to be told.
    row.person_id = person.id if person and person.id != complaint.officer_id else None
    if level == 4:
        agency = complaint.agency or routing.AGENCIES.get(categories.category(complaint.category).owner)
        row.agency = (agency or OUTSIDE_BODY)[:32]
    session.flush()
    if level == 1 and complaint.cycle == 1 and complaint.officer is not None:
        _press(turn, event, complaint.officer)
    if level == 2 and complaint.late:
        _apologise(turn, event)


def _press(turn: Turn, event: Event, person: Person) -> None:
    due = promise.target(turn.session, turn.settings, turn.complaint)
    phrase = "officer.reminder" if turn.now < due else "officer.overdue"
    hours = promise.hours_left(due, turn.now)
    # The last in line, so that a new job passes it while it waits for the morning.
    turn.owe(event, person, phrase, f"event:{event.id}:{phrase}", outbox.DIGEST, hours=hours)


def _apologise(turn: Turn, event: Event) -> None:
    """Once in a cycle, to all who reported it."""
    key = f"overdue:{turn.complaint.id}:{turn.complaint.cycle}"
    for person in (turn.complaint.owner, *followers.of(turn.session, turn.complaint)):
        turn.owe(event, person, "sms.overdue", key, outbox.UPDATE)


def _officer_and_deputy(session: Session, complaint: Complaint) -> list[Person]:
    if complaint.officer is None:
        return []
    deputy = routing.deputy_of(session, complaint.officer, complaint.ward)
    return [complaint.officer, deputy] if deputy else [complaint.officer]


def _was_asked_again(session: Session, complaint: Complaint) -> bool:
    reminded = select(Event.id).where(Event.complaint_id == complaint.id, Event.verb == REMIND)
    reminded = reminded.where(Event.at >= complaint.state_since, Event.to_state == states.RESOLVED)
    return session.scalar(reminded.limit(1)) is not None


def _paused(session: Session, settings: Settings, complaint: Complaint) -> timedelta:
    """How long the first question of this cycle holds up the stages: until it is over, and ACK_HOURS at most."""
    turned = select(Event.at).where(
        Event.complaint_id == complaint.id,
        Event.cycle == complaint.cycle,
        Event.to_state != Event.from_state,
        or_(Event.to_state == states.NEEDS_INFO, Event.from_state == states.NEEDS_INFO),
    )
    match session.scalars(turned.order_by(Event.number).limit(2)).all():
        case [asked, over]:
            return min(over - asked, settings.ack)
        case [_still_open]:
            return settings.ack
    return timedelta(0)
