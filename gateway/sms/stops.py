"""Numbers that get nothing unasked: their owner stopped it, or the carrier says that nothing arrives."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from gateway.models import Message, Person

OPTOUT = "optout"
#: Reasons of failed deliveries after which nothing more is sent; compared in small letters.
LASTING_REASONS = frozenset({"userdoesnotexist", "userisinactive", "useraccountsuspended", "userinblacklist"})


def has_stopped() -> ColumnElement[bool]:
    """Of the receiver of a message."""
    return exists().where(Person.id == Message.person_id, Person.sms_stopped_at.is_not(None))


def is_erased() -> ColumnElement[bool]:
    """The receiver of a message has no number any more."""
    return exists().where(Person.id == Message.person_id, Person.phone_sealed == "")


def stop(session: Session, person_id: int, by: str, now: datetime) -> None:
    """Once; a second time changes nothing."""
    session.execute(
        update(Person)
        .where(Person.id == person_id, Person.sms_stopped_at.is_(None))
        .values(sms_stopped_at=now, sms_stopped_by=by[:40])
    )


def start(session: Session, person_id: int) -> None:
    """Texts go out again from now on; what was stopped meanwhile stays stopped."""
    session.execute(update(Person).where(Person.id == person_id).values(sms_stopped_at=None, sms_stopped_by=None))


def stop_receiver(session: Session, message_id: int, by: str, now: datetime) -> None:
    stop(session, session.scalars(select(Message.person_id).where(Message.id == message_id)).one(), by, now)
