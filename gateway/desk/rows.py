"""What a page shows of a complaint in one line, and of somebody whom it did not reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session

from gateway import categories, clock, phones, places, roster
from gateway.complaints import labels, priority, reach, states
from gateway.complaints.reach import NotReached
from gateway.desk import history
from gateway.models import Complaint
from gateway.services import Services, of_app

#: Where a complaint stands, as the county's people say it; residents are told it in other words.
STATES: Mapping[str, str] = {
    states.RECEIVED: "New",
    states.ACKNOWLEDGED: "Officer has seen it",
    states.IN_PROGRESS: "Being worked on",
    states.NEEDS_INFO: "Waits for the resident's answer",
    states.REFERRED: "Referred to {agency}",
    states.RESOLVED: "Done, to be confirmed",
    states.CLOSED_CONFIRMED: "Fixed, confirmed",
    states.CLOSED_SILENT: "Closed, nobody answered",
    f"{states.CLOSED}.{states.WITHDRAWN}": "Withdrawn",
    states.REJECTED: "Rejected",
    states.MERGED: "Joined to {parent}",
}


@dataclass(frozen=True, slots=True)
class Row:
    reference: str
    category: str
    ward: str
    landmark: str
    state: str
    officer: str
    due: str
    #: Empty once the county has nothing to do.
    left: str
    is_late: bool
    is_urgent: bool
    not_reached: int


@dataclass(frozen=True, slots=True)
class Missed:
    person_id: int
    #: What they are to the complaint: `Resident`, `M.Otieno`.
    part: str
    #: Masked, unless it is to be shown.
    phone: str
    why: str
    since: str


def rows(session: Session, complaints: Sequence[Complaint], now: datetime) -> list[Row]:
    missed = [one.complaint_id for one in reach.not_reached(session, [complaint.id for complaint in complaints])]
    return [_row(session, complaint, missed.count(complaint.id), now) for complaint in complaints]


def missed(session: Session, complaint: Complaint, shown_id: int | None = None) -> list[Missed]:
    """Everybody whom it did not reach; the number of `shown_id` in full."""
    return [
        Missed(
            one.person.id,
            history.part(session, complaint, one.person),
            _phone(of_app(), one, is_shown=one.person.id == shown_id),
            history.why(one.why),
            local(one.since),
        )
        for one in reach.not_reached(session, [complaint.id])
    ]


def local(instant: datetime) -> str:
    return clock.due_words(instant, of_app().settings.timezone, "en")


def _row(session: Session, complaint: Complaint, not_reached: int, now: datetime) -> Row:
    parent = session.get(Complaint, complaint.parent_id) if complaint.parent_id else None
    name = f"{complaint.state}.{complaint.outcome}" if complaint.outcome else complaint.state
    is_open = complaint.state in states.OPEN
    return Row(
        reference=complaint.reference,
        category=categories.category(complaint.category).english,
        ward=places.ward(complaint.ward).label,
        landmark=complaint.landmark,
        state=STATES[name].format(agency=complaint.agency, parent=parent.reference if parent else "-"),
        officer=roster.short_name(session, complaint.officer),
        due=local(complaint.promise_due_at),
        left=labels.time_left(complaint.promise_due_at, now, "en") if is_open else "",
        is_late=complaint.late or (is_open and complaint.promise_due_at <= now),
        is_urgent=complaint.priority == priority.URGENT,
        not_reached=not_reached,
    )


def _phone(services: Services, one: NotReached, *, is_shown: bool) -> str:
    try:
        phone = services.phones.open(one.person.phone_sealed)
    except InvalidToken:
        return "(sealed with another key)"
    return phone if is_shown else phones.masked(phone)
