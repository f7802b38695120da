"""Somebody who is dialling, as what a menu asks of the program is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from gateway import people
from gateway.clock import due_words
from gateway.models import Person
from gateway.services import Services
from menus.program import Program
from sessions.hop import Hop
from sessions.record import Record

#: Every name is declared in this one, where the function behind it stands.
program = Program()


@dataclass(frozen=True, slots=True)
class Call:
    """As of one hop."""

    services: Services
    hop: Hop
    record: Record

    @property
    def language(self) -> str:
        return self.record.language

    @property
    def began_at(self) -> datetime:
        """What is listed or found is read as of here: what happens during the call renumbers nothing."""
        return datetime.fromtimestamp(self.record.began, UTC)

    def value(self, *answers: str) -> str:
        """What was answered, under the first of these names that has a value; empty if it was not asked."""
        return next(filter(None, map(self.record.value_of, answers)), "")

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, Person | None]]:
        """With whoever is calling, if we have met them before."""
        with self.services.db.reading() as session:
            yield session, people.by_phone(session, self.services.phones, self.hop.phone)

    def person(self, session: Session, now: datetime) -> Person:
        """The caller, to do something for; whoever calls in a language is written to in it."""
        person = people.find_or_add(session, self.services.phones, self.hop.phone, now)
        person.language = person.language or self.language
        return person

    def due(self, instant: datetime) -> str:
        return due_words(instant, self.services.settings.timezone, self.language)
