"""The USSD callback: any content from the right place is answered with a screen, and nothing is filed by accident."""

from __future__ import annotations

import logging
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gateway.models import Complaint, UssdSession
from gateway.services import Services
from gateway.web.shortcut import Shortcut
from tests.conftest import CALLBACK_TOKEN
from tests.standin.carrier import Carrier
from tests.standin.screens import Screen

#: The way past Flask, and Flask's own view: whatever is said here holds for both.
WAYS = ("shortcut", "flask")

URL = f"/at/{CALLBACK_TOKEN}/ussd"
FORM = {
    "sessionId": "ATUid_0123456789abcdef0123456789abcdef",
    "phoneNumber": "+254700000001",
    "serviceCode": "*384*1972#",
    "text": "",
    "networkCode": "63902",
}


@pytest.fixture(params=WAYS)
def app(app: Flask, request: pytest.FixtureRequest) -> Flask:
    if request.param == "flask":
        app.wsgi_app = cast(Shortcut, app.wsgi_app).flask  # type: ignore[method-assign]
    return app


def complaints(app: Flask) -> int:
    services: Services = app.extensions["hatua"]
    with services.db.reading() as session:
        return session.scalar(select(func.count(Complaint.id))) or 0


@pytest.mark.parametrize("token", ["wrong", CALLBACK_TOKEN[:-1], CALLBACK_TOKEN + "x", "%00", "é"])
def test_a_wrong_token_is_not_found(client: FlaskClient, token: str) -> None:
    assert client.post(f"/at/{token}/ussd", data=FORM).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="as it should be"),
        pytest.param({"networkCode": None}, id="no network"),
        pytest.param({"networkCode": "not a network at all, and long"}, id="unknown network"),
        pytest.param({"serviceCode": None}, id="no code"),
        pytest.param({"serviceCode": "*999#\x00"}, id="another code"),
        pytest.param({"text": None}, id="no text"),
        pytest.param({"phoneNumber": " 254700000001"}, id="plus sign decoded as a space"),
        pytest.param({"phoneNumber": "0700000001"}, id="national number"),
        pytest.param({"phoneNumber": "0110000001"}, id="new prefix"),
        pytest.param({"phoneNumber": "tel:+254-700-000-001"}, id="number with a scheme"),
        pytest.param({"sessionId": "x" * 500}, id="long session"),
        pytest.param({"sessionId": "a\x00b*{}'\"; --"}, id="odd session"),
        pytest.param({"extra": "field"}, id="extra field"),
        pytest.param({"text": "9*9*9*1*1*1*1"}, id="a text from nowhere"),
        pytest.param({"text": "x" * 10_000}, id="10 kB"),
        pytest.param({"text": "😀"}, id="emoji"),
        pytest.param({"text": "\x00"}, id="NUL"),
        pytest.param({"text": "1*\ud7ff\u202e*\x7f"}, id="odd characters"),
    ],
)
def test_odd_content_is_answered_with_a_screen_that_goes_on(
    client: FlaskClient, app: Flask, change: dict[str, str | None]
) -> None:
    form = {name: value for name, value in (FORM | change).items() if value is not None}

    answer = client.post(URL, data=form)

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    screen = Screen(answer.text)
    screen.check()
    assert screen.goes_on
    assert complaints(app) == 0


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"sessionId": None}, id="no session"),
        pytest.param({"sessionId": "\x00 "}, id="empty session"),
        pytest.param({"phoneNumber": None}, id="no phone"),
        pytest.param({"phoneNumber": "withheld"}, id="no number at all"),
        pytest.param({"phoneNumber": "1" * 100}, id="no phone has this"),
        pytest.param({"text": "x" * 70_000}, id="larger than is read"),
    ],
)
def test_who_cannot_be_served_is_told_so_politely(
    client: FlaskClient, app: Flask, change: dict[str, str | None]
) -> None:
    form = {name: value for name, value in (FORM | change).items() if value is not None}

    answer = client.post(URL, data=form)

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.text.startswith("END Samahani")
    assert complaints(app) == 0


def test_json_instead_of_a_form_is_answered_too(client: FlaskClient) -> None:
    answer = client.post(URL, json=FORM)

    assert (answer.status_code, answer.text[:4]) == (200, "END ")


def test_a_report_keeps_odd_words_and_nothing_of_it_is_logged(
    app: Flask, carrier: Carrier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    call = carrier.dial("+254700000001")
    for answer in ("1", "1", "1", "2", "7", "1"):
        call.press(answer)
    call.press("Mama\u2019s \x00 kiosk \U0001f600 5*7")

    call.choose("Send")

    services: Services = app.extensions["hatua"]
    with services.db.reading() as session:
        complaint = session.scalars(select(Complaint)).one()
    assert complaint.landmark.startswith("Mama\u2019s")
    assert "5*7" in complaint.landmark
    assert "kiosk" not in caplog.text
    assert "700000001" not in caplog.text


def test_the_caller_of_a_session_is_kept_as_a_hash_only(app: Flask, client: FlaskClient) -> None:
    client.post(URL, data=FORM)

    services: Services = app.extensions["hatua"]
    with services.db.reading() as session:
        row = session.scalars(select(UssdSession)).one()
    assert row.phone_hash == services.phones.hash(FORM["phoneNumber"])
    assert "700000001" not in str(row.origin)


def test_another_phone_in_a_session_sees_nothing_of_it(client: FlaskClient) -> None:
    client.post(URL, data=FORM)

    answer = client.post(URL, data=FORM | {"phoneNumber": "+254700000002", "text": "1"})

    assert answer.text.startswith("END Samahani")


def test_the_end_of_a_session_is_noted(app: Flask, carrier: Carrier) -> None:
    call = carrier.dial("+254700000001")

    assert carrier.hang_up(call).status == 200
    assert carrier.hang_up(call).status == 200, "the carrier may say it twice"

    services: Services = app.extensions["hatua"]
    with services.db.reading() as session:
        row = session.scalars(select(UssdSession)).one()
    assert (row.status, row.hops) == ("Incomplete", 1)


@pytest.mark.parametrize("form", [{}, {"sessionId": "unknown"}, {"sessionId": "\x00", "hopsCount": "many"}])
def test_an_odd_end_of_a_session_is_taken_without_complaint(client: FlaskClient, form: dict[str, str]) -> None:
    assert client.post(f"{URL}/ended", data=form).status_code == 200
    assert client.post("/at/wrong/ussd/ended", data=form).status_code == 404
