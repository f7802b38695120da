"""The roster: who works on complaints, in which role, for which department and area. Retired, never deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gateway import people, places, roster_file
from gateway.models import Person, RosterEntry
from gateway.phones import PhoneBook
from gateway.roster_file import ANY, RosterError

__all__ = ["ANY", "Loaded", "RosterError", "covers", "entries_of", "is_official", "is_on_leave", "load", "short_name"]

#: Speaks for residents: never works on a complaint.
ASSOCIATION = "association"


@dataclass(frozen=True, slots=True)
class Loaded:
    added: int
    updated: int
    retired: int


def load(session: Session, phones: PhoneBook, text: str, now: datetime) -> Loaded:
    """The roster is what this CSV says: who is missing is retired, who is back works again.

    Raises RosterError, naming every bad line, before anything is changed.
    """
    rows = roster_file.read(text)
    known = {_job(entry): entry for entry in session.scalars(select(RosterEntry))}
    added = updated = 0
    for row in rows:
        person = people.find_or_add(session, phones, row.phone, now)
        deputy = people.find_or_add(session, phones, row.deputy, now) if row.deputy else None
        told = {
            "name": row.name,
            "retired_at": None,
            "deputy_id": deputy.id if deputy else None,
            "leave_from": row.leave_from,
            "leave_to": row.leave_to,
        }
        entry = known.pop((person.id, row.role, row.department, row.area), None)
        if entry is None:
            entry = RosterEntry(person_id=person.id, role=row.role, department=row.department, area=row.area)
            session.add(entry)
            added += 1
        elif any(getattr(entry, column) != value for column, value in told.items()):
            updated += 1
        for column, value in told.items():
            setattr(entry, column, value)
    missing = [entry for entry in known.values() if entry.retired_at is None]
    for entry in missing:
        entry.retired_at = now
    session.flush()
    return Loaded(added, updated, len(missing))


def entries_of(session: Session, person: Person) -> list[RosterEntry]:
    """The person's jobs and those in which they stand in for somebody, without the retired ones."""
    either = or_(RosterEntry.person_id == person.id, RosterEntry.deputy_id == person.id)
    jobs = select(RosterEntry).where(either, RosterEntry.retired_at.is_(None))
    return list(session.scalars(jobs.order_by(RosterEntry.person_id != person.id, RosterEntry.id)))


def is_on_leave(entry: RosterEntry, today: date) -> bool:
    if entry.leave_from is None or today < entry.leave_from:
        return False
    return entry.leave_to is None or today <= entry.leave_to


def is_official(entries: Iterable[RosterEntry]) -> bool:
    """Whether any of these is a job of the county."""
    return any(entry.role != ASSOCIATION for entry in entries)


def covers(entry: RosterEntry, ward: str) -> bool:
    return entry.area in (ward, places.ward(ward).subcounty_code, places.EVERYWHERE)


def short_name(session: Session, person: Person | None) -> str:
    """`Mary Otieno` -> `M.Otieno`, for texts; `-` for nobody. A retired officer keeps the name."""
    if person is None:
        return "-"
    newest = select(RosterEntry.name).where(RosterEntry.person_id == person.id)
    name = session.scalar(newest.order_by(RosterEntry.retired_at.is_not(None), RosterEntry.id).limit(1))
    words = (name or "-").replace(".", " ").split() or ["-"]
    return words[0] if len(words) == 1 else f"{words[0][0]}.{words[-1]}"


def _job(entry: RosterEntry) -> tuple[int, str, str, str]:
    return entry.person_id, entry.role, entry.department, entry.area
