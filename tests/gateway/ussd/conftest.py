"""A caller who reads screens by what the menu file says, so that one story is told in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import categories, clock
from gateway.complaints import service
from gateway.complaints.service import Actor, Moved
from gateway.models import Complaint
from gateway.services import Services
from gateway.ussd.publishing import SHIPPED_MENU
from menus.load import load
from tests.gateway import cast
from tests.standin.carrier import Carrier
from tests.standin.dialogue import Dialogue
from tests.standin.screens import Screen

MENU = load(SHIPPED_MENU.read_text(encoding="utf-8"))
LANGUAGES = {"en": "English", "sw": "Kiswahili"}
KISWAHILI = {
    option.label.in_language("en"): option.label.in_language("sw")
    for screen in MENU.screens.values()
    for option in screen.options
}


GROUPS = {"taka": "Garbage & dumping", "mitaro": "Drains & sewage", "maji": "Water supply"}


@dataclass
class Caller:
    """`choose` takes the English label, whatever the language."""

    carrier: Carrier
    language: str
    phone: str = cast.AMINA
    #: Answers given in the present call, the dialling not counted.
    hops: int = 0
    call: Dialogue = field(init=False)

    def dial(self) -> Caller:
        self.call = self.carrier.dial(self.phone)
        self.hops = 0
        if self.screen.text.startswith("Karibu Hatua"):
            self.call.choose(LANGUAGES[self.language])
        return self

    @property
    def screen(self) -> Screen:
        return self.call.screen

    def choose(self, *labels: str) -> Caller:
        for label in labels:
            shown = len(self.call.screens)
            self.call.choose(self.label(label))
            self.hops += len(self.call.screens) - shown
        return self

    def report(self, category: str = "T2") -> Caller:
        """Dials, and chooses what the problem is."""
        group = categories.category(category).group
        return self.dial().choose("Report a problem", GROUPS[group], self.category(category))

    def category(self, code: str) -> str:
        return categories.category(code).label(self.language)

    def choose_first(self) -> Caller:
        """The first line of a list."""
        self.call.press("1")
        self.hops += 1
        return self

    def type(self, text: str) -> Caller:
        self.call.press(text)
        self.hops += 1
        return self

    def label(self, english: str) -> str:
        return KISWAHILI.get(english, english) if self.language == "sw" else english

    def offers(self, label: str) -> bool:
        return self.label(label) in self.screen.options

    def at(self, name: str) -> dict[str, str]:
        """That this screen is shown, and what stands in its blanks."""
        words = MENU.screens[name].words
        pattern = re.escape(words.in_language(self.language))
        for blank in {blank.name for blank in words.blanks(self.language)}:
            whole = rf"\\\{{{blank}(:\d+)?\\\}}"
            pattern = re.sub(whole, rf"(?P<{blank}>.*?)", pattern, count=1)
            pattern = re.sub(whole, ".*?", pattern)
        shown = re.fullmatch(rf"(?P<words_shown>{pattern})(\n\d.*)?", self.screen.text, re.DOTALL)
        assert shown, f"{name} is not on the phone: {self.screen.body!r}"
        assert self.screen.goes_on == (name not in ENDS)
        return {blank: text for blank, text in shown.groupdict().items() if blank != "words_shown"}


ENDS = {name for name, screen in MENU.screens.items() if type(screen.body).__name__ == "End"}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def caller(app: Flask, carrier: Carrier, language: str, backend: str) -> Caller:
    return Caller(carrier, language)


@pytest.fixture
def gateway(app: Flask) -> Services:
    services: Services = app.extensions["hatua"]
    with services.db.transaction() as session:
        cast.load_roster(session)
    return services


@dataclass
class County:
    """Complaints as they came about some time ago, and what others do with them."""

    services: Services
    number: int = 0

    def complaint(self, *, ago: timedelta = timedelta(hours=1), owner: str = cast.AMINA, category: str = "T2") -> str:
        """Its reference."""
        self.number += 1
        with self.services.db.transaction() as session:
            return service.file(
                session,
                self.services.settings,
                now=clock.now() - ago,
                owner=cast.person(session, owner),
                category=category,
                ward=cast.MARINGO,
                landmark="Stage Mosque Rd",
                channel="sms",
                filed_by=f"made-up:{self.number}",
            ).complaint.reference

    def say(
        self, phone: str, verb: str, reference: str, words: str | None = None, ago: timedelta | None = None
    ) -> None:
        with self.services.db.transaction() as session:
            moved = service.move(
                session,
                self.services.settings,
                now=clock.now() - (ago or timedelta(0)),
                complaint=one(session, reference),
                verb=verb,
                actor=Actor(cast.person(session, phone), "sms"),
                words=words,
            )
            assert isinstance(moved, Moved), moved

    def look(self, reference: str) -> Complaint:
        with self.services.db.reading() as session:
            return one(session, reference)

    def all(self) -> list[Complaint]:
        with self.services.db.reading() as session:
            return list(session.scalars(select(Complaint).order_by(Complaint.id)))


def one(session: Session, reference: str) -> Complaint:
    return session.scalars(select(Complaint).where(Complaint.reference == reference)).one()


@pytest.fixture
def county(gateway: Services) -> County:
    return County(gateway)
