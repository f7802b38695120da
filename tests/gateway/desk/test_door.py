"""Who comes in, who does not, and until when."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from gateway import clock
from gateway.desk import sign_ins
from gateway.models import Message, SignIn
from gateway.services import Services
from tests.gateway import cast
from tests.gateway.desk.conftest import Browser, codes, newest_code

SetClock = Callable[[datetime], None]
#: Every page behind the door.
PAGES = ("/desk/", "/desk/messages", "/desk/complaints/4821759", "/desk/find?reference=4821759")


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_a_page_before_they_have_signed_in(browser: Browser, page: str) -> None:
    answer = browser.get(page)

    assert (answer.status_code, answer.location) == (302, "/desk/sign-in")


@pytest.mark.parametrize("phone", [cast.OTIENO, cast.NJERI, cast.GRACE])
def test_whoever_works_for_the_county_comes_in_with_a_code_sent_to_their_phone(browser: Browser, phone: str) -> None:
    browser.sign_in(phone)

    assert browser.get("/desk/").status_code == 200


def test_the_number_may_be_typed_in_any_form_and_the_code_with_a_space(browser: Browser, services: Services) -> None:
    browser.ask("0711 000-001")
    code = newest_code(services, cast.OTIENO)

    assert browser.enter(f" {code[:3]} {code[3:]}").status_code == 303


def test_the_page_that_was_wanted_first_is_shown_after_the_door(browser: Browser, services: Services) -> None:
    browser.get("/desk/messages")
    browser.ask(cast.OTIENO)

    assert browser.enter(newest_code(services, cast.OTIENO)).location == "/desk/messages"


@pytest.mark.parametrize("phone", [cast.AMINA, cast.HASSAN, "+254700009999"])
def test_others_are_told_the_same_and_get_no_code(browser: Browser, services: Services, phone: str) -> None:
    known = browser.ask(cast.OTIENO), browser.get("/desk/code").text
    unknown = browser.ask(phone), browser.get("/desk/code").text

    assert (known[0].status_code, known[0].location) == (unknown[0].status_code, unknown[0].location)
    assert without_token(known[1]) == without_token(unknown[1])
    assert codes(services, phone) == []
    assert browser.enter("123456").status_code == 200


def without_token(html: str) -> str:
    return "\n".join(line for line in html.splitlines() if "csrf_token" not in line)


@pytest.mark.parametrize("typed", ["", "12", "not a number", "x" * 500])
def test_what_is_no_number_is_asked_for_again(browser: Browser, typed: str) -> None:
    answer = browser.ask(typed)

    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.text


def test_a_code_is_good_in_the_browser_that_asked_for_it_and_in_no_other(
    browser: Browser, another_browser: Browser, services: Services
) -> None:
    browser.ask(cast.OTIENO)
    first = newest_code(services, cast.OTIENO)
    another_browser.ask(cast.OTIENO)
    second = newest_code(services, cast.OTIENO)

    assert another_browser.enter(first).status_code == (303 if first == second else 200)
    assert browser.enter(first).status_code == 303


def test_guessing_ends_after_some_attempts_also_for_the_right_code(browser: Browser, services: Services) -> None:
    browser.ask(cast.OTIENO)
    code = newest_code(services, cast.OTIENO)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _attempt in range(sign_ins.MOST_ATTEMPTS):
        assert browser.enter(wrong).status_code == 200

    assert browser.enter(code).status_code == 200
    assert browser.get("/desk/").status_code == 302


def test_a_code_is_good_once(browser: Browser, services: Services, app: Flask) -> None:
    browser.ask(cast.OTIENO)
    before = browser.cookie
    code = newest_code(services, cast.OTIENO)
    assert browser.enter(code).status_code == 303

    thief = app.test_client()
    thief.set_cookie("hatua-desk", before, path="/desk")
    token = thief.get("/desk/code").text.split('name="csrf_token" value="')[1].split('"')[0]

    assert thief.post("/desk/code", data={"code": code, "csrf_token": token}).status_code == 200
    assert thief.get("/desk/").status_code == 302


def test_a_code_is_good_for_some_minutes(browser: Browser, services: Services, set_clock: SetClock) -> None:
    begin = clock.now()
    browser.ask(cast.OTIENO)
    set_clock(begin + sign_ins.CODE_LIFE + timedelta(seconds=5))

    assert browser.enter(newest_code(services, cast.OTIENO)).status_code == 200


def test_a_code_that_cannot_be_sent_in_time_is_not_sent_later(browser: Browser, services: Services) -> None:
    browser.ask(cast.OTIENO)

    with services.db.reading() as session:
        asked = session.scalars(select(SignIn)).one()
        message = session.scalars(select(Message)).one()
        assert message.expires_at - message.created_at == asked.expires_at - asked.asked_at == sign_ins.CODE_LIFE


def test_nobody_is_flooded_with_codes(browser: Browser, services: Services, set_clock: SetClock) -> None:
    begin = clock.now()
    for hour in range(4):
        set_clock(begin + timedelta(hours=hour))
        for _code in range(7):
            browser.ask(cast.OTIENO)

    assert len(codes(services, cast.OTIENO)) == 10
    set_clock(begin + timedelta(hours=25))
    browser.ask(cast.OTIENO)
    assert len(codes(services, cast.OTIENO)) == 11


def test_a_stay_ends_with_the_day(browser: Browser, set_clock: SetClock) -> None:
    begin = clock.now()
    browser.sign_in(cast.OTIENO)
    set_clock(begin + sign_ins.STAY - timedelta(minutes=1))
    assert browser.get("/desk/").status_code == 200
    set_clock(begin + sign_ins.STAY + timedelta(minutes=1))

    assert browser.get("/desk/").status_code == 302


def test_whoever_is_taken_off_the_roster_is_out_at_once(browser: Browser, services: Services) -> None:
    browser.sign_in(cast.OTIENO)
    with services.db.transaction() as session:
        cast.load_roster(session, f"phone,name,role,department,area\n{cast.NJERI},Peter Njeri,supervisor,*,*\n")

    assert browser.get("/desk/").status_code == 302


def test_a_deputy_comes_in_under_their_own_name(browser: Browser, services: Services) -> None:
    with services.db.transaction() as session:
        cast.load_roster(session, cast.WITH_DEPUTY)

    assert '<span class="name">Jane Wanjiru</span>' in browser.sign_in(cast.WANJIRU).get("/desk/").text


def test_a_form_that_is_far_too_long_is_refused_in_plain_words(browser: Browser) -> None:
    answer = browser.ask("7" * 100_000)

    assert answer.status_code == 413
    assert "That did not work" in answer.text


def test_signing_out_ends_the_stay_for_whoever_kept_the_cookie(browser: Browser, app: Flask) -> None:
    browser.sign_in(cast.OTIENO)
    kept = browser.cookie
    thief = app.test_client()
    thief.set_cookie("hatua-desk", kept, path="/desk")
    assert thief.get("/desk/").status_code == 200

    assert browser.post("/desk/sign-out", of="/desk/").location == "/desk/sign-in"

    assert browser.get("/desk/").status_code == 302
    assert thief.get("/desk/").status_code == 302


def test_a_cookie_of_another_key_opens_nothing(browser: Browser, app: Flask) -> None:
    browser.sign_in(cast.OTIENO)
    payload = browser.cookie.split(".")[0]
    client = app.test_client()
    client.set_cookie("hatua-desk", f"{payload}.aaaa.bbbb", path="/desk")

    assert client.get("/desk/").status_code == 302


class TestLink:
    def make(self, app: Flask, phone: str) -> str:
        result = app.test_cli_runner().invoke(args=["desk", "link", phone])
        assert result.exit_code == 0, result.output
        return result.stdout.strip()

    def test_an_operator_lets_somebody_in_once_without_an_sms(
        self, app: Flask, browser: Browser, another_browser: Browser, services: Services
    ) -> None:
        path = self.make(app, "0711000003")

        assert browser.get(path).status_code == 200
        assert browser.post(path, of=path).location == "/desk/"
        assert browser.get("/desk/").status_code == 200
        assert another_browser.post(path, of=path).status_code == 410
        assert another_browser.get("/desk/").status_code == 302
        assert codes(services, cast.NJERI) == []

    def test_to_look_at_it_does_not_use_it_up(self, app: Flask, browser: Browser) -> None:
        path = self.make(app, cast.NJERI)
        for _look in range(3):
            browser.get(path)

        assert browser.post(path, of=path).status_code == 303

    def test_it_is_good_for_some_minutes(self, app: Flask, browser: Browser, set_clock: SetClock) -> None:
        path = self.make(app, cast.NJERI)
        set_clock(clock.now() + sign_ins.CODE_LIFE + timedelta(seconds=1))

        assert browser.post(path, of=path).status_code == 410

    def test_a_ticket_that_awaits_a_code_is_no_link(self, browser: Browser, app: Flask, services: Services) -> None:
        with services.db.transaction() as session:
            ticket = sign_ins.ask(session, services.settings, services.phones, cast.NJERI, clock.now())
        path = f"/desk/link/{ticket}"

        assert browser.post(path, of=path).status_code == 410

    @pytest.mark.parametrize("phone", [cast.AMINA, cast.HASSAN, "12", "nobody"])
    def test_there_is_none_for_others(self, app: Flask, browser: Browser, phone: str) -> None:
        result = app.test_cli_runner().invoke(args=["desk", "link", phone])

        assert result.exit_code == 1
        assert "Nobody who works for the county" in result.stderr


def test_of_two_that_enter_one_code_at_once_one_comes_in(services: Services, roster: None) -> None:
    with services.db.transaction() as session:
        ticket = sign_ins.ask(session, services.settings, services.phones, cast.OTIENO, clock.now())
    code = newest_code(services, cast.OTIENO)
    together = threading.Barrier(4)
    entered: list[str | None] = []

    def enter() -> None:
        together.wait()
        with services.db.transaction() as session:
            entered.append(sign_ins.enter(session, services.settings, ticket, code, clock.now()))

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(entered) == 4
    assert len([stay for stay in entered if stay]) == 1


def test_a_ticket_is_no_stay_and_a_stay_is_no_ticket(services: Services, roster: None) -> None:
    now = clock.now()
    with services.db.transaction() as session:
        ticket = sign_ins.link(session, cast.person(session, cast.NJERI), now)
        assert ticket is not None
        assert sign_ins.at_desk(session, ticket, now) is None
        stay = sign_ins.enter_by_link(session, ticket, now)
        assert stay is not None
        assert sign_ins.at_desk(session, stay, now) is not None

        assert sign_ins.enter_by_link(session, stay, now) is None
        assert sign_ins.at_desk(session, ticket, now) is None


def test_nothing_that_was_in_the_browser_before_stays_in_it(browser: Browser, app: Flask) -> None:
    browser.get("/desk/messages")
    browser.sign_in(cast.OTIENO)

    kept = app.session_interface.get_signing_serializer(app).loads(browser.cookie)  # type: ignore[attr-defined]
    assert set(kept) == {"_permanent", "stay"}


def test_neither_codes_nor_secrets_nor_numbers_are_kept_or_logged(
    browser: Browser, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        browser.sign_in(cast.OTIENO)
    code = newest_code(services, cast.OTIENO)

    with services.db.reading() as session:
        kept = session.scalars(select(SignIn)).one()
        assert code not in f"{kept.secret_hash} {kept.code_hash}"
    assert code not in caplog.text
    assert cast.OTIENO[4:] not in caplog.text


def test_a_link_is_not_in_the_log_of_a_failed_request(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sign_ins, "at_desk", None)
    client = app.test_client()
    with client.session_transaction(path="/desk/") as session:
        session["stay"] = "made-up"

    assert client.get("/desk/link/made-up-ticket").status_code == 500

    assert "/desk/link/***" in caplog.text
    assert "made-up-ticket" not in caplog.text


def test_a_page_is_kept_nowhere_and_loads_nothing_from_elsewhere(browser: Browser) -> None:
    headers = browser.get("/desk/sign-in").headers

    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]


class TestWithRealCarrier:
    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return {**environment, "AT_API_URL": "https://carrier.example"}

    def test_the_cookie_travels_by_https_only(self, app: Flask) -> None:
        cookie = app.test_client().get("/desk/sign-in").headers["Set-Cookie"]

        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/desk" in cookie
