"""Stories told from outside, several at once on one start of the processes: phones that text, dial and receive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select

from gateway.db import Database
from gateway.models import Complaint, Event
from gateway.sms.texts import PHRASES
from tests.conftest import CALLBACK_TOKEN
from tests.journeys.conftest import flask
from tests.standin.carrier import Carrier
from tests.standin.gateway import over_http
from tests.standin.processes import Processes

OFFICER, OTHER_OFFICER, SUPERVISOR = "+254700000401", "+254700000402", "+254700000403"
DIRECTOR, CHIEF, ASSOCIATION = "+254700000404", "+254700000405", "+254700000406"
COUNTY = (OFFICER, OTHER_OFFICER, SUPERVISOR, DIRECTOR, CHIEF, ASSOCIATION)

ROSTER = f"""phone,name,role,department,area
{OFFICER},Achieng Were,officer,*,Makadara
{OFFICER},Achieng Were,officer,*,Embakasi Central
{OTHER_OFFICER},Jane Wanjiru,officer,*,Karen
{SUPERVISOR},Njeri Kimani,supervisor,*,*
{DIRECTOR},Fatuma Said,director,*,*
{CHIEF},Paul Kamau,chief,*,*
{ASSOCIATION},Joseph Ochieng,association,*,Maringo/Hamza
"""

T = TypeVar("T")
_BLANK = re.compile(r"\{\w+\}")


@contextmanager
def running(
    environment: Mapping[str, str], carrier: Carrier, folder: Path, *names: str, **settings: str
) -> Iterator[Processes]:
    """The processes of these names, with these people on the roster."""
    logs = folder / "logs"
    logs.mkdir()
    with Processes({**environment, **settings}, logs) as processes:
        people = folder / "people.csv"
        people.write_text(ROSTER)
        loaded = flask(processes.environment, "roster", "load", str(people))
        assert loaded.returncode == 0, loaded.stderr
        processes.start(*names)
        processes.wait_until_ready()
        carrier.connect(over_http(processes.url), CALLBACK_TOKEN)
        yield processes


def at_once(stories: Sequence[Callable[[], T]]) -> list[T]:
    """Each in a thread of its own, with phones of its own; the first that fails fails the test."""
    with ThreadPoolExecutor(len(stories)) as threads:
        return [told.result() for told in [threads.submit(story) for story in stories]]


def sure_words(phrase: str, language: str) -> str:
    """The longest piece of a text that is the same for everybody."""
    return max(_BLANK.split(PHRASES[phrase][language]), key=len).strip()


def reference_in(text: str) -> str:
    found = re.search(r"\b\d{7}\b", text)
    assert found, text
    return found[0]


def on_record(environment: Mapping[str, str], reference: str) -> tuple[Complaint, list[Event]]:
    """A complaint as the database has it, and its history: what is in no text."""
    database = Database(environment["DATABASE_URL"])
    try:
        with database.reading() as session:
            complaint = session.scalars(select(Complaint).where(Complaint.reference == reference)).one()
            history = select(Event).where(Event.complaint_id == complaint.id).order_by(Event.number)
            return complaint, list(session.scalars(history))
    finally:
        database.dispose()


@dataclass(frozen=True)
class Phone:
    """A person, as far as the carrier knows them."""

    carrier: Carrier
    number: str
    language: str

    def text(self, words: str) -> None:
        assert self.carrier.send_sms(self.number, words).status == 200

    def hears(self, phrase: str, reference: str = "", timeout: float = 40, times: int = 1) -> str:
        """Waits for this text, about that complaint; or until it has come so often."""
        return self.hears_words(sure_words(phrase, self.language), reference, timeout, times)

    def hears_words(self, words: str, reference: str, timeout: float = 40, times: int = 1) -> str:
        """For what several texts say of one thing, alone or with others."""
        skip = 0
        while True:
            heard = self.carrier.wait_for_sms(self.number, containing=words, timeout=timeout, skip=skip).text
            times -= reference in heard
            if times == 0:
                return heard
            skip += 1

    def has_heard(self, phrase: str, reference: str = "") -> int:
        """How often so far."""
        words = sure_words(phrase, self.language)
        return sum(words in sms.text and reference in sms.text for sms in self.carrier.inbox(self.number))
