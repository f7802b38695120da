"""A browser at the desk: follows forms as a person does, with the token that the page gave it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from gateway import clock
from gateway.models import Complaint, Message, Person
from gateway.services import Services
from tests.gateway import cast

CODE = re.compile(r"\b\d{6}\b")


class Browser:
    def __init__(self, app: Flask, services: Services) -> None:
        self._client = app.test_client()
        self._services = services

    def get(self, path: str) -> TestResponse:
        return self._client.get(path)

    def post(self, path: str, *, of: str = "/desk/sign-in", **form: object) -> TestResponse:
        """Presses the button of a form on the page `of`."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(of).text)
        return self._client.post(path, data={**form, "csrf_token": found[1] if found else ""})

    def ask(self, phone: str) -> TestResponse:
        return self.post("/desk/sign-in", phone=phone)

    def enter(self, code: str) -> TestResponse:
        return self.post("/desk/code", of="/desk/code", code=code)

    def sign_in(self, phone: str) -> Browser:
        assert self.ask(phone).location == "/desk/code"
        assert self.enter(newest_code(self._services, phone)).status_code == 303
        return self

    @property
    def cookie(self) -> str:
        cookie = self._client.get_cookie("hatua-desk", path="/desk")
        return cookie.value if cookie else ""


def codes(services: Services, phone: str) -> list[str]:
    """All that were sent to this number, oldest first."""
    with services.db.reading() as session:
        owed = select(Message.body).join(Person, Person.id == Message.person_id).order_by(Message.id)
        owed = owed.where(Person.phone_hash == services.phones.hash(phone), Message.phrase == "desk.code")
        return [match[0] for body in session.scalars(owed) if (match := CODE.search(body))]


def newest_code(services: Services, phone: str) -> str:
    return codes(services, phone)[-1]


def end_messages(services: Services, phone: str, state: str, reason: str | None = None) -> None:
    """What is queued for this number ends like that, now."""
    with services.db.transaction() as session:
        cast.end_messages(session, phone, state, reason, clock.now())


File = Callable[..., str]


@pytest.fixture
def roster(services: Services) -> None:
    with services.db.transaction() as session:
        cast.load_roster(session, f"{cast.ROSTER}{cast.GRACE},Grace Achieng,desk,*,*\n")


@pytest.fixture
def browser(app: Flask, services: Services, roster: None) -> Browser:
    return Browser(app, services)


@pytest.fixture
def another_browser(app: Flask, services: Services, roster: None) -> Browser:
    return Browser(app, services)


@pytest.fixture
def file(services: Services, roster: None) -> File:
    """Files a complaint in Maringo, or as it is told; returns its reference."""

    def file(**facts: object) -> str:
        with services.db.transaction() as session:
            return cast.file_complaint(session, services.settings, **facts).reference  # type: ignore[arg-type]

    return file


def complaint(services: Services, reference: str) -> Complaint:
    with services.db.reading() as session:
        return session.scalars(select(Complaint).where(Complaint.reference == reference)).one()


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_clock(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    return set_clock
