"""What a person was promised who asked for it twice: that nothing about them is left, in SQL and in Redis.

Looked at some time after the request and then again until it is done, by any number of clock processes. Doing it twice
is doing it once. The number itself goes when their last answer has gone out, a day after the request at the latest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.complaints import erasure
from gateway.models import Person
from gateway.services import Services
from gateway.sms import forgetting as messages
from gateway.ussd import forgetting as calls


def forget_calls(services: Services, person_ids: Sequence[int], now: datetime) -> None:
    """What Redis keeps of these people, before the transaction that forgets the number."""
    found = []
    with services.db.reading() as session:
        for person_id in person_ids:
            person = session.get_one(Person, person_id)
            if phone := _phone(services, person):
                caller = services.phones.hash(phone)
                sids = [call.sid for call in calls.calls_of(session, caller, person.erasure_requested_at or now)]
                found.append((caller, sids))
    for caller, sids in found:
        calls.forget_in_redis(services, caller, sids)


def carry_out(session: Session, services: Services, person_ids: Sequence[int], now: datetime) -> None:
    for person_id in person_ids:
        if person := erasure.hold(session, person_id, now):
            _carry_out(session, services, person, now)


def _carry_out(session: Session, services: Services, person: Person, now: datetime) -> None:
    until, phone = person.erasure_requested_at or now, _phone(services, person)
    is_silent = messages.end_messages(session, person, now)
    is_forgotten = erasure.forget(session, services.settings, person, phone, now)
    if phone is not None:
        caller = services.phones.hash(phone)
        messages.forget_number(session, caller, until)
        calls.forget_in_sql(session, caller, until)
    person.language = None
    if is_silent:
        person.phone_sealed = ""
    is_done = is_silent and is_forgotten
    person.erase_at = None if is_done else now + erasure.pause(services.settings)


def _phone(services: Services, person: Person) -> str | None:
    return services.phones.open(person.phone_sealed) if person.phone_sealed else None
