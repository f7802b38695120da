"""Where dumping is reported again and again: one notice a week for each place, to those who can do something there.

Reports are complaints and those who joined them; two landmarks are one place where they are alike. Any number of
clock processes may look at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from gateway import places
from gateway.complaints import associations, landmarks, routing, states
from gateway.config import Settings
from gateway.models import Complaint, Follower, Hotspot, Person
from gateway.services import Services
from gateway.sms import outbox

DUMPING = "T2"
LEAST_REPORTS = 3
WEEK = timedelta(days=7)

#: Only one transaction at a time looks for hotspots.
_LOCK = 7_204_002


@dataclass(frozen=True, slots=True)
class _Report:
    complaint_id: int
    ward: str
    landmark: str
    #: The complaint, and who joined it in these days.
    people: int


def notice(session: Session, services: Services, now: datetime) -> list[Hotspot]:
    """Writes down each hotspot that is new this week, and tells its ward's associations and its supervisor."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    noticed = _noticed(session, now)
    found = []
    for place in _places(_reports(session, now)):
        ward, reports = place[0].ward, sum(report.people for report in place)
        if reports < LEAST_REPORTS or _is_known(place, noticed[ward]):
            continue
        hotspot = Hotspot(ward=ward, landmark=place[0].landmark, reports=reports, noticed_at=now)
        session.add(hotspot)
        session.flush()
        _tell(session, services.settings, hotspot, place, now)
        found.append(hotspot)
    return found


def _noticed(session: Session, now: datetime) -> defaultdict[str, list[str]]:
    """Ward -> landmarks of the notices of the last seven days."""
    landmarks_of: defaultdict[str, list[str]] = defaultdict(list)
    for ward, landmark in session.execute(
        select(Hotspot.ward, Hotspot.landmark).where(Hotspot.noticed_at > now - WEEK)
    ):
        landmarks_of[ward].append(landmark)
    return landmarks_of


def _reports(session: Session, now: datetime) -> list[_Report]:
    """Ward by ward, the oldest first; not what its resident took back."""
    recent = (
        Complaint.category == DUMPING,
        Complaint.filed_at > now - WEEK,
        or_(Complaint.outcome.is_(None), Complaint.outcome != states.WITHDRAWN),
    )
    joined = (
        select(Follower.complaint_id, func.count())
        .join(Complaint, Complaint.id == Follower.complaint_id)
        # Who came by a merged complaint is counted there.
        .where(*recent, Follower.via_id.is_(None), Follower.person_id != Complaint.owner_id)
        .where(Follower.since > now - WEEK)
        .group_by(Follower.complaint_id)
    )
    others = dict(session.execute(joined).all())
    rows = select(Complaint.id, Complaint.ward, Complaint.landmark).where(*recent)
    return [
        _Report(complaint_id, ward, landmark, 1 + others.get(complaint_id, 0))
        for complaint_id, ward, landmark in session.execute(
            rows.order_by(Complaint.ward, Complaint.filed_at, Complaint.id)
        )
    ]


def _places(reports: Iterable[_Report]) -> Iterator[list[_Report]]:
    """The reports of each place, ward by ward: each goes to the first place whose first report it is like."""
    for _ward, of_ward in groupby(reports, key=lambda report: report.ward):
        places_of_ward: list[list[_Report]] = []
        for report in of_ward:
            alike = (place for place in places_of_ward if _alike(place[0].landmark, report.landmark))
            if place := next(alike, None):
                place.append(report)
            else:
                places_of_ward.append([report])
        yield from places_of_ward


def _is_known(place: list[_Report], noticed: list[str]) -> bool:
    """By any of its reports: the first one is another as the days go by."""
    return any(_alike(landmark, report.landmark) for landmark in noticed for report in place)


def _alike(one: str, other: str) -> bool:
    return landmarks.similarity(one, other) >= landmarks.ALIKE


def _tell(session: Session, settings: Settings, hotspot: Hotspot, place: list[_Report], now: datetime) -> None:
    ids = [report.complaint_id for report in place]
    complaints = select(Complaint).where(Complaint.id.in_(ids), Complaint.state != states.MERGED)
    latest_first = list(session.scalars(complaints.order_by(Complaint.filed_at.desc(), Complaint.id.desc())))
    still_open = [complaint for complaint in latest_first if complaint.state in states.OPEN]
    shown = (still_open or latest_first)[0]
    phrase = "sms.ra.hotspot" if still_open else "sms.ra.hotspot.cleared"
    receivers: list[tuple[Person, str]] = [(person, phrase) for person in associations.of_ward(session, hotspot.ward)]
    above = routing.for_roles(session, settings, hotspot.ward, DUMPING, (*states.ABOVE, states.DESK), now)
    if above.person_id:
        receivers.append((session.get_one(Person, above.person_id), "supervisor.hotspot"))
    for person, says in receivers:
        outbox.owe(
            session,
            settings,
            person=person,
            phrase=says,
            values={
                "ward": places.ward(hotspot.ward).label,
                "landmark": hotspot.landmark,
                "count": hotspot.reports,
                "ref": shown.reference,
            },
            dedupe_key=f"hotspot:{hotspot.id}:{person.id}",
            now=now,
        )
