"""People by their number: one row for each, however many processes meet the person for the first time at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.models import Person, StoppedNumber
from gateway.phones import PhoneBook

# Made once: it is asked for every SMS and for most of what a call reads.
_BY_PHONE = select(Person).where(Person.phone_hash == bindparam("phone_hash"))


def by_phone(session: Session, phones: PhoneBook, phone: str) -> Person | None:
    """`phone` is E.164, as `phones.normalise` gives it."""
    return session.scalar(_BY_PHONE, {"phone_hash": phones.hash(phone)})


def find_or_add(session: Session, phones: PhoneBook, phone: str, now: datetime) -> Person:
    """The person with this number; a new one has no language yet, and no messages where the number had stopped them."""
    if known := by_phone(session, phones, phone):
        return known
    person = Person(phone_hash=phones.hash(phone), phone_sealed=phones.seal(phone), language=None, created_at=now)
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:
        # Another process was first, and has committed: only then does the database refuse ours.
        return session.scalars(_BY_PHONE, {"phone_hash": phones.hash(phone)}).one()
    of_number = delete(StoppedNumber).where(StoppedNumber.phone_hash == person.phone_hash)
    stopped = session.execute(of_number.returning(StoppedNumber.stopped_at, StoppedNumber.stopped_by)).one_or_none()
    if stopped:
        person.sms_stopped_at, person.sms_stopped_by = stopped
        session.flush()
    return person
