"""One incoming SMS with all that answering it takes, and its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from gateway import roster
from gateway.commands import keywords
from gateway.commands.grammar import Command
from gateway.complaints import notices, queries, rights, service
from gateway.complaints.service import Actor, Moved, Refused
from gateway.config import Settings
from gateway.models import Complaint, IncomingSms, Person, RosterEntry
from menus import gsm7

CHANNEL = "sms"
#: As wide as {list} and {choices} in a text.
_LIST_WIDTH, _CHOICES_WIDTH = 50, 105
MOST_CHOICES = 5


@dataclass(frozen=True, slots=True)
class Answer:
    phrase: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exchange:
    session: Session
    settings: Settings
    now: datetime
    incoming: IncomingSms
    person: Person
    command: Command
    language: str

    @property
    def text(self) -> str:
        return self.incoming.body

    @property
    def jobs(self) -> list[RosterEntry]:
        return roster.entries_of(self.session, self.person)

    @property
    def is_official(self) -> bool:
        return roster.is_official(self.jobs)

    @property
    def is_association(self) -> bool:
        return any(job.role == roster.ASSOCIATION for job in self.jobs)

    @property
    def taught_verb(self) -> str:
        return keywords.taught(self.command.verb, self.language) if self.command.verb else "-"

    def roles_on(self, complaint: Complaint) -> tuple[str, ...]:
        return rights.roles_on(self.session, self.person, complaint)

    def named(self, number: str) -> Complaint | None:
        """None also where it is nothing to do with the sender: nobody learns that it exists."""
        complaint = queries.by_reference(self.session, number)
        return complaint if complaint and self.roles_on(complaint) else None

    def about(self, phrase: str, complaint: Complaint, note: str | None = None, **more: object) -> Answer:
        known = notices.blanks(self.session, self.settings, complaint, self.language, self.now, note)
        return Answer(phrase, known | {"verb": self.taught_verb} | more)

    def move(self, complaint: Complaint, verb: str, words: str | None = None) -> Moved | Refused:
        return service.move(
            self.session,
            self.settings,
            now=self.now,
            complaint=complaint,
            verb=verb,
            actor=Actor(self.person, CHANNEL),
            words=words,
        )


def references(complaints: Sequence[Complaint]) -> str:
    """As many whole numbers as a text has room for."""
    line = ""
    for complaint in complaints:
        longer = f"{line}, {complaint.reference}" if line else complaint.reference
        if len(longer) > _LIST_WIDTH:
            break
        line = longer
    return line


def numbered(labels: Sequence[str], first: int = 1) -> str:
    """`1 Kayole North, 2 Kayole Central`: each cut so that all fit."""
    width = _CHOICES_WIDTH // max(1, len(labels)) - len("1 , ")
    return ", ".join(f"{number} {gsm7.cut(label, width)}" for number, label in enumerate(labels, first))


def choices(complaints: Sequence[Complaint]) -> str:
    """`1 4821759 Stage Mosque Rd, 2 4820019 Opposite..`"""
    return numbered([f"{complaint.reference} {gsm7.plain(complaint.landmark)}" for complaint in complaints])
