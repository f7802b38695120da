"""Who gets a complaint: the most specific row of the roster, and never nobody while there is somebody.

Whoever is on leave is passed over for their deputy, then for the next row. A job goes to whoever has the fewest open
ones of those whose rows are equally specific, and of equals to the first on the roster; who is only told of something
is always the first. Every step tried is kept, so that a job at the wrong desk can be explained.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway import categories, places, roster
from gateway.complaints import states
from gateway.config import Settings
from gateway.models import Complaint, Person, RosterEntry

#: Who is asked first.
LADDER: tuple[str, ...] = (states.OFFICER, states.SUPERVISOR, states.DIRECTOR, states.CHIEF, states.DESK)
#: Where no row covers the ward: who knows best whom to pass it on to.
LAST_RESORT = tuple(reversed(LADDER))
#: Departments that are no part of the county: what is theirs is referred to them, and still followed.
AGENCIES: Mapping[str, str] = {"ncwsc": "Nairobi Water"}


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
    """`person_id` is None only if the roster has nobody of these roles."""

    person_id: int | None
    steps: list[dict[str, Any]]
    #: Whom the complaint belongs to, where that is no part of the county and has nobody on the roster.
    agency: str | None = None


def route(session: Session, settings: Settings, ward: str, category: str, now: datetime) -> Route:
    """For a new complaint, or one whose officer is not there any more."""
    found = for_roles(session, settings, ward, category, LADDER, now, shares=True)
    owner = categories.category(category).owner
    agency = None if _is_on_roster(session, owner) else AGENCIES.get(owner)
    return Route(found.person_id, found.steps, agency)


def reroute(session: Session, settings: Settings, complaint: Complaint, now: datetime) -> Route:
    """For a reopened one: a supervisor, not whoever said that it was done; the same person where there is no other."""
    not_again = {complaint.officer_id}
    ward, category, today = complaint.ward, complaint.category, _today(settings, now)
    steps: list[dict[str, Any]] = []
    supervisors = _scopes((states.SUPERVISOR,), ward, category)
    here = _entries(session, _areas(ward))
    supervisor = _first(session, here, supervisors, steps, today, not_again, shares=True)
    if supervisor is not None:
        return Route(supervisor, steps)
    if complaint.officer and roster.is_official(roster.entries_of(session, complaint.officer)):
        return Route(complaint.officer_id, [*steps, {"role": "the same as before"}])
    afresh = route(session, settings, ward, category, now)
    return Route(afresh.person_id, steps + afresh.steps)


def for_roles(
    session: Session,
    settings: Settings,
    ward: str,
    category: str,
    roles: tuple[str, ...],
    now: datetime,
    *,
    without: Collection[int | None] = (),
    shares: bool = False,
) -> Route:
    """The first of these roles that has somebody for the ward; then whoever has one of them anywhere, then whoever is
    on leave: late is better than nobody. `without` are people who know of it already; `shares` is for a job, of which
    not all shall go to one."""
    steps: list[dict[str, Any]] = []
    anywhere = [Scope(role, None, None) for role in LAST_RESORT if role in roles]
    for today in (_today(settings, now), None):
        for entries, scopes in (
            (_entries(session, _areas(ward)), _scopes(roles, ward, category)),
            (_entries(session, None), iter(anywhere)),
        ):
            found = _first(session, entries, scopes, steps, today, without, shares=shares)
            if found is not None:
                return Route(found, steps)
        if not any(step.get("on_leave") for step in steps):
            break
        steps.append({"role": "whoever is on leave"})
    return Route(None, steps)


def is_available(session: Session, settings: Settings, complaint: Complaint, now: datetime) -> bool:
    """Whether whoever has the job still works in that ward, as somebody on the roster or as a deputy, and today."""
    if complaint.officer is None:
        return False
    today = _today(settings, now)
    return any(
        roster.covers(entry, complaint.ward) and (entry.person_id != complaint.officer_id or _is_there(entry, today))
        for entry in roster.entries_of(session, complaint.officer)
    )


def deputy_of(session: Session, person: Person, ward: str) -> Person | None:
    """Who stands in for them in that ward."""
    own = (entry for entry in roster.entries_of(session, person) if entry.person_id == person.id)
    return next((entry.deputy for entry in own if entry.deputy and roster.covers(entry, ward)), None)


def _today(settings: Settings, now: datetime) -> date:
    return now.astimezone(settings.timezone).date()


def _areas(ward: str) -> tuple[str, str, str]:
    return ward, places.ward(ward).subcounty_code, places.EVERYWHERE


def _entries(session: Session, areas: tuple[str, ...] | None) -> list[RosterEntry]:
    entries = select(RosterEntry).where(RosterEntry.retired_at.is_(None)).order_by(RosterEntry.id)
    return list(session.scalars(entries if areas is None else entries.where(RosterEntry.area.in_(areas))))


def _is_on_roster(session: Session, department: str) -> bool:
    row = select(RosterEntry.id).where(RosterEntry.department == department, RosterEntry.retired_at.is_(None))
    return session.scalar(row.limit(1)) is not None


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


def _first(
    session: Session,
    entries: list[RosterEntry],
    scopes: Iterable[Scope],
    steps: list[dict[str, Any]],
    today: date | None,
    without: Collection[int | None] = (),
    *,
    shares: bool,
) -> int | None:
    """Somebody of the first rows that fit, or a deputy; `today=None` looks at no leave."""
    for scope in scopes:
        step: dict[str, Any] = {
            "role": scope.role,
            "area": scope.area or "any",
            "department": scope.department or "any",
            "entry": None,
        }
        steps.append(step)
        #: Person -> the row by which they come into question.
        able: dict[int, int] = {}
        for entry in entries:
            if not scope.fits(entry):
                continue
            person_id, how = _who_works(entry, entries, today)
            if how:
                steps.append({"entry": entry.id, **how})
            if person_id is not None and person_id not in without:
                able.setdefault(person_id, entry.id)
                if not shares:
                    break
        if able:
            jobs = _open_jobs(session, able) if len(able) > 1 else {}
            chosen = min(able, key=lambda person_id: (jobs.get(person_id, 0), able[person_id]))
            step["entry"] = able[chosen]
            if jobs:
                step["open_jobs"] = [{"entry": row, "open": jobs[person_id]} for person_id, row in able.items()]
            return chosen
    return None


def _open_jobs(session: Session, people: Collection[int]) -> dict[int, int]:
    counts = select(Complaint.officer_id, func.count()).where(
        Complaint.officer_id.in_(people), Complaint.state.in_(states.OPEN)
    )
    found: dict[int | None, int] = dict(session.execute(counts.group_by(Complaint.officer_id)).all())
    return {person_id: found.get(person_id, 0) for person_id in people}


def _who_works(
    entry: RosterEntry, entries: list[RosterEntry], today: date | None
) -> tuple[int | None, dict[str, Any] | None]:
    """Whose job it is today, and how that came about where it is not simply the person of the row."""
    if _is_there(entry, today):
        return entry.person_id, None
    until = entry.leave_to.isoformat() if entry.leave_to else "further notice"
    own = [other for other in entries if other.person_id == entry.deputy_id]
    if entry.deputy_id is not None and (not own or any(_is_there(other, today) for other in own)):
        return entry.deputy_id, {"on_leave": until, "deputy": entry.deputy_id}
    return None, {"on_leave": until}


def _is_there(entry: RosterEntry, today: date | None) -> bool:
    return today is None or not roster.is_on_leave(entry, today)
