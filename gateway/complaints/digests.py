"""What a supervisor and an association are told regularly: one text in daylight, where there is something to say.

The row in `digests` says that somebody's digest of a day was seen to; so each goes out once, whoever sweeps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from gateway import categories, places, roster
from gateway.complaints import alerts, states
from gateway.config import Settings
from gateway.models import Complaint, Digest, Person, RosterEntry
from gateway.sms import outbox
from gateway.sms.once import insert_once

#: Local time: not before people are up, and not so late that nobody would act on it.
_FROM, _UNTIL = time(8), time(18)
_DAY = timedelta(days=1)

Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Kind:
    role: str
    phrase: str
    #: The day that a digest of this day is booked on: each day, or the Monday of its week.
    booked_on: Callable[[date], date]
    #: None where there is nothing to say.
    values: Callable[[Session, ColumnElement[bool], datetime], Values | None]


def send(session: Session, settings: Settings, now: datetime) -> None:
    """All that are due and have not been seen to."""
    local = now.astimezone(settings.timezone)
    if not _FROM <= local.time() < _UNTIL:
        return
    for kind in KINDS:
        day = kind.booked_on(local.date())
        seen_to = select(Digest.person_id).where(Digest.day == day, Digest.role == kind.role)
        people = select(Person).join(RosterEntry, RosterEntry.person_id == Person.id)
        people = people.where(RosterEntry.role == kind.role, RosterEntry.retired_at.is_(None))
        for person in session.scalars(people.where(Person.id.not_in(seen_to)).distinct().order_by(Person.id)).all():
            _send(session, settings, kind, person, day, now)


def _send(session: Session, settings: Settings, kind: Kind, person: Person, day: date, now: datetime) -> None:
    booked = insert_once(session, Digest, person_id=person.id, day=day, role=kind.role, at=now)
    if booked is None:
        return  # another clock was faster
    entries = [entry for entry in roster.entries_of(session, person) if entry.role == kind.role]
    entries = [entry for entry in entries if entry.person_id == person.id]
    values = kind.values(session, or_(*(_within(entry) for entry in entries)), now)
    if values is None:
        return
    area = _area(entries[0].area)
    message = outbox.owe(
        session,
        settings,
        person=person,
        phrase=kind.phrase,
        values={"area": area, "ward": area} | values,
        dedupe_key=f"digest:{kind.role}:{day.isoformat()}:{person.id}",
        now=now,
        urgency=outbox.DIGEST,
    )
    session.execute(update(Digest).where(Digest.id == booked).values(message_id=message.id if message else None))


def _for_supervisor(session: Session, within: ColumnElement[bool], now: datetime) -> Values | None:
    is_open = and_(within, Complaint.state.in_(states.OPEN))
    soon = and_(Complaint.promise_due_at > now, Complaint.promise_due_at <= now + _DAY)
    numbers: Values = {
        "count": _count(session, is_open),
        "due24": _count(session, is_open, soon, Complaint.cycle == 1),
        "late": _count(session, is_open, Complaint.late.is_(True)),
        "reopened": _count(session, is_open, Complaint.cycle > 1),
        "waiting": _count(session, is_open, Complaint.state == states.RECEIVED),
    }
    if not any(numbers[name] for name in ("due24", "late", "reopened")):
        return None
    late = select(Complaint.reference).where(is_open, Complaint.late.is_(True))
    late = late.order_by(Complaint.filed_at, Complaint.id).limit(10)
    return numbers | {"list": alerts.references(session.scalars(late))}


def _for_association(session: Session, within: ColumnElement[bool], now: datetime) -> Values | None:
    week_ago = now - 7 * _DAY
    confirmed = and_(Complaint.state == states.CLOSED, Complaint.outcome == states.CONFIRMED)
    numbers: Values = {
        "count": _count(session, within, Complaint.filed_at > week_ago, Complaint.filed_at <= now),
        "fixed": _count(session, within, confirmed, Complaint.state_since > week_ago),
        "late": _count(session, within, Complaint.state.in_(states.OPEN), Complaint.late.is_(True)),
    }
    return numbers if any(numbers.values()) else None


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Complaint).where(*conditions)) or 0


def _within(entry: RosterEntry) -> ColumnElement[bool]:
    """The complaints that a row of the roster is for."""
    wards = [ward.code for ward in places.WARDS if roster.covers(entry, ward.code)]
    kinds = [kind.code for kind in categories.CATEGORIES if entry.department in (roster.ANY, kind.owner)]
    return and_(Complaint.ward.in_(wards), Complaint.category.in_(kinds))


def _area(code: str) -> str:
    if code == places.EVERYWHERE:
        return "Nairobi"
    names: Mapping[str, str] = {subcounty.code: subcounty.name for subcounty in places.SUBCOUNTIES}
    return names.get(code) or places.ward(code).label


KINDS = (
    Kind(states.SUPERVISOR, "supervisor.digest", lambda day: day, _for_supervisor),
    Kind(states.ASSOCIATION, "sms.ra.digest", lambda day: day - day.weekday() * _DAY, _for_association),
)
