"""The same problem filed twice: shown to residents before they file, merged by officers afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import categories
from gateway.complaints import followers, landmarks, states
from gateway.models import Complaint, Follower, Person

#: How long ago the other one may have been filed: garbage is new garbage after some days.
_AGE = timedelta(days=7)
_AGE_OF_GROUP: Mapping[str, timedelta] = {"taka": timedelta(days=3)}


@dataclass(frozen=True, slots=True)
class Likely:
    """An open complaint that may be the same problem."""

    complaint: Complaint
    age: timedelta
    #: Who reported it: its owner and the followers.
    people: int


def likely(
    session: Session,
    *,
    ward: str,
    category: str,
    landmark: str,
    now: datetime,
    person: Person | None = None,
    limit: int = 3,
) -> list[Likely]:
    """Best first; without what `person` has filed or follows. Only to be shown: a new filing is never refused."""
    since = now - _AGE_OF_GROUP.get(categories.category(category).group, _AGE)
    near = select(Complaint).where(
        Complaint.ward == ward,
        Complaint.category == category,
        Complaint.state.in_(states.OPEN),
        Complaint.filed_at >= since,
    )
    if person is not None:
        followed = select(Follower.complaint_id).where(Follower.person_id == person.id)
        near = near.where(Complaint.owner_id != person.id, Complaint.id.not_in(followed))
    ranked = [(landmarks.similarity(landmark, complaint.landmark), complaint) for complaint in session.scalars(near)]
    alike = [found for found in ranked if found[0] >= landmarks.ALIKE]
    alike.sort(key=lambda found: (-found[0], found[1].filed_at, found[1].id))
    return [
        Likely(complaint, max(timedelta(0), now - complaint.filed_at), followers.count(session, complaint))
        for _similarity, complaint in alike[:limit]
    ]
