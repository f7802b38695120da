"""Who gets a complaint: the most specific row of the roster, and never nobody while there is somebody.

Every step tried is kept, so that a job at the wrong desk can be explained.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import categories, places, roster
from gateway.complaints import states
from gateway.models import Complaint, RosterEntry

#: Who is asked first.
LADDER = (states.OFFICER, states.SUPERVISOR, states.DIRECTOR, states.CHIEF, states.DESK)
#: Where no row covers the ward: who knows best whom to pass it on to.
LAST_RESORT = tuple(reversed(LADDER))


@dataclass(frozen=True, slots=True)
class Scope:
    """What a row must be for; None is whatever it is for."""

    role: str
    area: str | None
    department: str | None

    def fits(self, entry: RosterEntry) -> bool:
        return (
            entry.role == self.role and self.area in (None, entry.area) and self.department in (None, entry.department)
        )


@dataclass(frozen=True, slots=True)
class Route:
    """`person_id` is None only if the roster has nobody who works on complaints."""

    person_id: int | None
    steps: list[dict[str, Any]]


def route(session: Session, ward: str, category: str) -> Route:
    """For a new complaint."""
    steps: list[dict[str, Any]] = []
    entry = _first(_entries(session, _areas(ward)), _scopes(LADDER, ward, category), steps)
    if entry is None:
        entry = _first(_entries(session, None), (Scope(role, None, None) for role in LAST_RESORT), steps)
    return Route(entry.person_id if entry else None, steps)


def reroute(session: Session, complaint: Complaint) -> Route:
    """For a reopened one: a supervisor, not whoever said that it was done; the same person where there is no other."""
    steps: list[dict[str, Any]] = []
    others = [e for e in _entries(session, _areas(complaint.ward)) if e.person_id != complaint.officer_id]
    if supervisor := _first(others, _scopes((states.SUPERVISOR,), complaint.ward, complaint.category), steps):
        return Route(supervisor.person_id, steps)
    if complaint.officer and roster.is_official(roster.entries_of(session, complaint.officer)):
        return Route(complaint.officer_id, [*steps, {"role": "the same as before"}])
    afresh = route(session, complaint.ward, complaint.category)
    return Route(afresh.person_id, steps + afresh.steps)


def _areas(ward: str) -> tuple[str, str, str]:
    return ward, places.ward(ward).subcounty_code, places.EVERYWHERE


def _entries(session: Session, areas: tuple[str, ...] | None) -> list[RosterEntry]:
    entries = select(RosterEntry).where(RosterEntry.retired_at.is_(None)).order_by(RosterEntry.id)
    return list(session.scalars(entries if areas is None else entries.where(RosterEntry.area.in_(areas))))


def _scopes(roles: tuple[str, ...], ward: str, category: str) -> Iterator[Scope]:
    """The most specific first. Another department's people come after all whose department fits."""
    department = categories.category(category).owner
    for role in roles:
        for area in _areas(ward):
            yield Scope(role, area, department)
            yield Scope(role, area, roster.ANY)
    for role in roles:
        for area in _areas(ward):
            yield Scope(role, area, None)


def _first(entries: list[RosterEntry], scopes: Iterable[Scope], steps: list[dict[str, Any]]) -> RosterEntry | None:
    for scope in scopes:
        found = next((entry for entry in entries if scope.fits(entry)), None)
        steps.append(
            {
                "role": scope.role,
                "area": scope.area or "any",
                "department": scope.department or "any",
                "entry": found.id if found else None,
            }
        )
        if found:
            return found
    return None
