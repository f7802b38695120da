"""The gateway that these lives are played against: real code on SQLite in memory, texts in, messages out."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import people, roster, sweeps
from gateway.commands import handle
from gateway.complaints import followers, service
from gateway.complaints.service import Actor
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Base, Complaint, Escalation, Event, Follower, IncomingSms, Message, Person
from gateway.phones import PhoneBook
from gateway.services import Services
from gateway.sms import outbox, settling
from gateway.sms.outcomes import Accepted
from gateway.sms.timing import Timing
from gateway.wakeups import Wakeups
from menus import gsm7
from tests.lives.people import EVERYBODY, PHONES, ROSTER, SYSTEM, WARD_CODES, WRITE_KISWAHILI

_ENVIRONMENT = {
    "CARRIER": "africastalking",
    "AT_USERNAME": "hatua",
    "AT_API_KEY": "made-up-api-key",
    "AT_API_URL": "http://127.0.0.1:1",
    "CALLBACK_TOKEN": "made-up-token-for-the-callbacks",
    "SECRET_KEY": "made-up-secret-key",
    "PHONE_KEY": "made-up-phone-key",
    "QUIET_HOURS": "21:00-07:00",
}


@dataclass(frozen=True)
class Sms:
    """A message to somebody."""

    name: str
    phrase: str
    about: str | None
    is_answer: bool
    state: str


@cache
def _services() -> tuple[Services, sqlite3.Connection]:
    """One for all lives, and the database as each of them finds it."""
    settings = replace(Settings.read(_ENVIRONMENT, Path(tempfile.gettempdir())), database_url="sqlite://")
    services = Services(
        settings, Database(settings.database_url), PhoneBook(settings.phone_key), Wakeups("redis://127.0.0.1:1")
    )
    begin = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    Base.metadata.create_all(services.db.engine)
    with services.db.transaction() as session:
        roster.load(session, services.phones, ROSTER, begin)
        for name in EVERYBODY:
            person = people.find_or_add(session, services.phones, PHONES[name], begin)
            person.language = "sw" if name in WRITE_KISWAHILI else "en"
    template = sqlite3.connect(":memory:")
    with _driver(services) as connection:
        connection.backup(template)
    return services, template


@contextmanager
def _driver(services: Services) -> Iterator[sqlite3.Connection]:
    connection = services.db.engine.raw_connection()
    try:
        driver = connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        yield driver
    finally:
        connection.close()


class Gateway:
    def __init__(self) -> None:
        self._services, template = _services()
        with _driver(self._services) as connection:
            template.backup(connection)
        with self._services.db.reading() as session:
            hashes = {self._services.phones.hash(phone): name for name, phone in PHONES.items()}
            rows = session.execute(select(Person.id, Person.phone_hash)).all()
        self._names = {person_id: hashes[phone_hash] for person_id, phone_hash in rows}
        self._ids = {name: person_id for person_id, name in self._names.items()}
        self._last_message = 0
        self._sms = 0

    # What people do

    def text(self, name: str, body: str, now: datetime) -> None:
        self._sms += 1
        with self._services.db.transaction() as session:
            phones = self._services.phones
            incoming = IncomingSms(
                provider_id=f"made-up-{self._sms}",
                phone_sealed=phones.seal(PHONES[name]),
                phone_hash=phones.hash(PHONES[name]),
                to_code="21972",
                body=body,
                sent_at=now,
                received_at=now,
            )
            session.add(incoming)
            session.flush()
            handle.answer(session, self._services.settings, phones, now=now, incoming=incoming)

    def file(self, name: str, ward: str, category: str, now: datetime) -> None:
        """As the last screen of a call does."""
        self._sms += 1
        with self._services.db.transaction() as session:
            service.file(
                session,
                self._services.settings,
                now=now,
                owner=self._person(session, name),
                category=category,
                ward=WARD_CODES[ward],
                landmark=f"Stage {self._sms}",
                channel="ussd",
                filed_by=f"ussd:{self._sms}:done",
            )

    def join(self, name: str, reference: str, now: datetime) -> None:
        with self._services.db.transaction() as session:
            complaint = self._complaint(session, reference)
            followers.join(session, self._services.settings, complaint, self._person(session, name), now, "ussd")

    def move(self, name: str, verb: str, reference: str, words: str, now: datetime) -> None:
        """By the menu, by the desk's page, where a ward is chosen from a list, or by the county's system."""
        words = WARD_CODES.get(words, words)
        with self._services.db.transaction() as session:
            is_system = name == SYSTEM
            actor = Actor(None, "cms", "sync") if is_system else Actor(self._person(session, name), "ussd")
            complaint = self._complaint(session, reference)
            service.move(
                session, self._services.settings, now=now, complaint=complaint, verb=verb, actor=actor, words=words
            )

    def sweep(self, now: datetime) -> None:
        """All but what looks after messages on their way: here every message arrives."""
        of_complaints = tuple(one for one in sweeps.SWEEPS if not one.in_real_time)
        assert sweeps.sweep(self._services, now, sweeps=of_complaints) == []

    def deliver(self, now: datetime) -> list[Sms]:
        """All that may go out now is handed over."""
        sent: list[Sms] = []
        timing = Timing.of(self._services.settings)
        with self._services.db.transaction() as session:
            while claimed := outbox.claim(session, now, timing, 100):
                settling.settle(session, now, timing, [(one, Accepted(None, "Success")) for one in claimed])
                rows = session.scalars(select(Message).where(Message.id.in_([one.id for one in claimed])))
                sent += [self._sms_of(row) for row in rows]
        return sent

    # What became of it

    def news(self) -> Counter[tuple[str, str, bool]]:
        """(who, phrase, whether it answers them) of the messages that are new since the last time."""
        with self._services.db.reading() as session:
            rows = session.scalars(select(Message).where(Message.id > self._last_message).order_by(Message.id)).all()
        assert all(gsm7.is_gsm7(row.body) and gsm7.septets(row.body) <= 160 for row in rows)
        self._last_message = rows[-1].id if rows else self._last_message
        return Counter((self._names[row.person_id], row.phrase, row.urgency == outbox.ANSWER) for row in rows)

    def everything_owed(self) -> list[Sms]:
        """From the beginning, and what has become of it."""
        with self._services.db.reading() as session:
            return [self._sms_of(row) for row in session.scalars(select(Message).order_by(Message.id))]

    def _sms_of(self, row: Message) -> Sms:
        return Sms(self._names[row.person_id], row.phrase, row.about, row.urgency == outbox.ANSWER, row.state)

    def lives(self) -> list[dict[str, Any]]:
        """Every complaint in the law's words, in the order in which they were filed."""
        with self._services.db.reading() as session:
            complaints = session.scalars(select(Complaint).order_by(Complaint.id)).all()
            follows: dict[int, set[str]] = {complaint.id: set() for complaint in complaints}
            for complaint_id, person_id in session.execute(select(Follower.complaint_id, Follower.person_id)):
                follows[complaint_id].add(self._names[person_id])
            levels: dict[int, list[tuple[int, int]]] = {complaint.id: [] for complaint in complaints}
            for row in session.scalars(select(Escalation)):
                levels[row.complaint_id].append((row.cycle, row.level))
        numbers = {complaint.id: number for number, complaint in enumerate(complaints)}
        wards = {code: name for name, code in WARD_CODES.items()}
        return [
            {
                "ward": wards[one.ward],
                "owner": self._names[one.owner_id],
                "officer": self._names[one.officer_id or 0],
                "followers": follows[one.id] - {self._names[one.owner_id]},
                "state": one.state,
                "outcome": one.outcome,
                "cycle": one.cycle,
                "level": one.level,
                "levels": sorted(levels[one.id]),
                "late": one.late,
                "promise": one.promise_due_at,
                "priority": one.priority,
                "reopens": one.reopens,
                "is_disputed": one.disputed_at is not None,
                "rating": one.rating,
                "parent": numbers[one.parent_id] if one.parent_id else None,
            }
            for one in complaints
        ]

    def references(self) -> list[str]:
        with self._services.db.reading() as session:
            return list(session.scalars(select(Complaint.reference).order_by(Complaint.id)))

    def check_histories(self) -> None:
        """Events are numbered without a gap, each begins where the one before ended, and no level comes twice."""
        with self._services.db.reading() as session:
            for complaint in session.scalars(select(Complaint)):
                history = select(Event).where(Event.complaint_id == complaint.id).order_by(Event.number)
                events = session.scalars(history).all()
                states = [event.to_state for event in events]
                assert [event.number for event in events] == list(range(1, complaint.version + 1))
                assert [event.from_state for event in events] == [None, *states[:-1]]
                assert states[-1] == complaint.state
                climbed = [
                    (event.cycle, event.facts["level"])
                    for event in events
                    if event.role == "clock" and event.facts and "level" in event.facts
                ]
                assert len(climbed) == len(set(climbed)), climbed

    def _person(self, session: Session, name: str) -> Person:
        return session.get_one(Person, self._ids[name])

    def _complaint(self, session: Session, reference: str) -> Complaint:
        return session.scalars(select(Complaint).where(Complaint.reference == reference)).one()
