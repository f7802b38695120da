"""What the county's people look through: the complaints of their places and kinds, the earliest promise first.

A page at a time, from an index: the millionth complaint makes no list slower.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import Enum

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from gateway.complaints import queries, reach, states
from gateway.db import is_one_of
from gateway.models import Complaint, Person, RosterEntry
from gateway.models.complaints import GOING_ON

PAGE = 50


class View(Enum):
    """Which of them; each value is its word in an address."""

    OPEN = "open"
    LATE = "late"
    #: The county says that they are done; residents have not said so yet.
    DONE = "done"
    NOT_REACHED = "not-reached"


def page(
    session: Session,
    person: Person,
    entries: Collection[RosterEntry],
    view: View,
    now: datetime,
    after: Complaint | None = None,
) -> Sequence[Complaint]:
    """The first PAGE behind `after`, and one more where there are more."""
    rows = select(Complaint).where(
        is_one_of(Complaint.state, GOING_ON), _seen_by(person, entries), *_of_view(view, now)
    )
    if after is not None:
        rows = rows.where(tuple_(Complaint.promise_due_at, Complaint.id) > (after.promise_due_at, after.id))
    return session.scalars(rows.order_by(Complaint.promise_due_at, Complaint.id).limit(PAGE + 1)).all()


def find(session: Session, person: Person, entries: Collection[RosterEntry], reference: str) -> Complaint | None:
    """None also for one that is none of theirs."""
    return session.scalar(select(Complaint).where(Complaint.reference == reference, _seen_by(person, entries)))


def _seen_by(person: Person, entries: Collection[RosterEntry]) -> ColumnElement[bool]:
    return or_(Complaint.officer_id == person.id, queries.within(entries))


def _of_view(view: View, now: datetime) -> Sequence[ColumnElement[bool]]:
    conditions: Mapping[View, Sequence[ColumnElement[bool]]] = {
        View.OPEN: [Complaint.state.in_(states.OPEN)],
        View.LATE: [Complaint.state.in_(states.OPEN), or_(Complaint.late, Complaint.promise_due_at <= now)],
        View.DONE: [Complaint.state == states.RESOLVED],
        View.NOT_REACHED: [reach.has_not_reached_somebody()],
    }
    return conditions[view]
