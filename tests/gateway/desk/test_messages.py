"""The alarms on the desk, and what it says while something is away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from gateway import clock, readings
from gateway.desk import history, messages
from gateway.services import Services
from gateway.sms import alarms, gate
from tests.gateway import cast
from tests.gateway.desk.conftest import Browser, File, end_messages
from tests.standin.outage import database_away


@pytest.fixture
def at_work(services: Services) -> None:
    """A clock process has just been here."""
    with services.db.transaction() as session:
        readings.write(session, readings.CLOCK, "", clock.now())


def test_every_alarm_says_what_to_do() -> None:
    assert set(messages.WHAT_TO_DO) == set(alarms.NAMES)


def test_every_state_of_a_message_has_words() -> None:
    assert set(messages.ENDS) == set(history.FATES)


@pytest.mark.parametrize("phone", [cast.OTIENO, cast.NJERI, cast.GRACE])
@pytest.mark.parametrize("page", ["/desk/", "/desk/messages"])
def test_an_alarm_is_seen_by_everybody_at_the_desk_until_it_ends(
    browser: Browser, services: Services, at_work: None, phone: str, page: str
) -> None:
    browser.sign_in(phone)
    assert "alarm rings" not in browser.get(page).text.replace("No alarm rings", "")
    with services.db.transaction() as session:
        gate.hold(session, clock.now(), "the key is wrong", clock.now() + timedelta(minutes=1))

    html = browser.get(page).text
    assert "An alarm rings" in html
    assert "The outbox is held: the key is wrong" in html

    with services.db.transaction() as session:
        gate.release(session)
    assert "The outbox is held" not in browser.get(page).text


def test_several_alarms_are_listed_with_what_to_do(browser: Browser, services: Services) -> None:
    browser.sign_in(cast.GRACE)
    with services.db.transaction() as session:
        gate.hold(session, clock.now(), "by hand", None)

    html = browser.get("/desk/messages").text

    assert "2 alarms ring" in html
    for name in (alarms.OUTBOX_HELD, alarms.CLOCK_SILENT):
        assert messages.WHAT_TO_DO[name] in html


def test_the_messages_are_shown_in_numbers(browser: Browser, services: Services, file: File, at_work: None) -> None:
    file(after=clock.now() - cast.NOW)
    end_messages(services, cast.AMINA, "failed", "AbsentSubscriber")
    browser.sign_in(cast.GRACE)

    html = browser.get("/desk/messages").text

    assert "No alarm rings" in html
    assert '<th scope="row">Not delivered by the operator</th><td>1</td>' in html
    assert cast.AMINA[4:] not in html


class TestWithoutRedis:
    @pytest.fixture
    def environment(self, environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
        return {**environment, "REDIS_URL": f"unix://{tmp_path}/nobody.sock"}

    def test_the_desk_is_open(self, browser: Browser) -> None:
        browser.sign_in(cast.GRACE)

        assert browser.get("/desk/").status_code == 200
        assert browser.get("/desk/messages").status_code == 200


def test_without_the_database_it_says_so_in_plain_words(browser: Browser, app: Flask) -> None:
    browser.sign_in(cast.GRACE)
    with database_away(app.extensions["hatua"].db):
        answer = browser.get("/desk/")

    assert answer.status_code == 503
    assert "The database is away" in answer.text
    assert "Traceback" not in answer.text
    assert browser.get("/desk/").status_code == 200
