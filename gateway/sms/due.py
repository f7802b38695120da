"""Which messages may go now, as statements. Built once: making them costs more than the database takes to answer.

Their parameters: `of_urgency`, `now`, and `places` for a claim.
"""

from __future__ import annotations

from sqlalchemy import and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import aliased

from gateway.models import Message
from gateway.sms.unfinished import unfinished

_now = bindparam("now", type_=Message.not_before.type)
_earlier = aliased(Message)
# What is kept for the morning or for another day is passed; nothing else is overtaken.
_was_tried = or_(_earlier.attempt > 0, _earlier.claimed_at.is_not(None))
_waits_for = and_(_earlier.id < Message.id, or_(_earlier.not_before <= _now, _was_tried))
_blocked = exists().where(
    _earlier.person_id == Message.person_id,
    _earlier.id != Message.id,
    unfinished(_earlier.state),
    or_(_earlier.state != "queued", _waits_for),
)
_due = (
    unfinished(Message.state),
    Message.state == "queued",
    Message.urgency == bindparam("of_urgency"),
    Message.not_before <= _now,
    Message.expires_at > _now,
    ~_blocked,
)

#: Since when the first of them has been due.
SINCE = select(Message.not_before).where(*_due).order_by(Message.not_before, Message.id).limit(1)

_next = select(Message.id).where(*_due).order_by(Message.not_before, Message.id).limit(bindparam("places"))
CLAIM = (
    update(Message)
    .where(Message.id.in_(_next), Message.state == "queued")
    .values(state="sending", claimed_at=_now, attempt=Message.attempt + 1)
    .returning(Message.id)
    .execution_options(synchronize_session=False)
)
