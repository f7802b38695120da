"""What is known of a caller when a call begins, in one question to the database: no plain hop needs another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, exists, literal, select, true
from sqlalchemy.engine import Connection

from gateway.complaints import states
from gateway.models import Complaint, Follower, Person, UssdEffect, UssdSession
from gateway.ussd.program import complaints, place
from sessions.ports import Known
from sessions.record import Record

#: The carrier's word for a session that we closed with END.
ENDED_WELL = "Success"

_own = select(Complaint.ward).where(Complaint.owner_id == Person.id)
_others = (
    select(Follower.id)
    .join(Complaint, Complaint.id == Follower.complaint_id)
    .where(Follower.person_id == Person.id, Complaint.owner_id != Person.id, Complaint.state != states.MERGED)
)
_latest = (
    select(
        UssdSession.place,
        UssdSession.status,
        exists().where(UssdEffect.sid == UssdSession.sid).label("has_acted"),
    )
    .where(UssdSession.phone_hash == bindparam("caller"), UssdSession.began_at >= bindparam("since"))
    .order_by(UssdSession.began_at.desc())
    .limit(1)
    .subquery()
)
#: One row, also of somebody who has never called. Made once: making it costs as much as asking it.
_CALLER = select(
    Person.language,
    _own.order_by(Complaint.filed_at.desc(), Complaint.id.desc()).limit(1).scalar_subquery().label("last_ward"),
    _others.exists().label("follows"),
    _latest,
).select_from(
    select(literal(1).label("one"))
    .subquery()
    .outerjoin(Person, Person.phone_hash == bindparam("caller"))
    .outerjoin(_latest, true())
)


def known(connection: Connection, caller: str, since: datetime) -> Known:
    """`caller` is the hash of the phone; a session that began before `since` is not continued any more."""
    row = connection.execute(_CALLER, {"caller": caller, "since": since}).one()
    return Known(
        language=row.language,
        draft=_draft(row.place) if row.place and row.status != ENDED_WELL and not row.has_acted else None,
        remembered={
            **place.remembered(row.last_ward),
            **complaints.remembered(has_reports=bool(row.last_ward or row.follows)),
        },
    )


def _draft(place: dict[str, object]) -> Record | None:
    """Of the latest session, if it rested unfinished, or while it asked about an earlier one."""
    left = Record.from_dict(place).left()
    return Record.from_dict(left) if left else None
