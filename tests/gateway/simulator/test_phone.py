"""The phone in the terminal, held against the application over HTTP."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from typing import IO

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select as select_rows

from gateway.config import ROOT, Settings
from gateway.models import UssdSession
from gateway.services import Services

AMINA = "+254700000001"
BRIAN = "+254700000002"
OTIENO = "+254700000101"
WITHIN_SECONDS = 30


def hold(app: Flask, *arguments: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["phone", *arguments], input=typed)


def send(client: FlaskClient, settings: Settings, phone: str, text: str) -> None:
    client.post(
        "/simulator/carrier/version1/messaging",
        data={"username": settings.at_username, "to": phone, "message": text},
        headers={"apiKey": settings.at_api_key},
    )


def last_screen(held: Result) -> str:
    return held.output.rpartition("> .-")[2]


def ends(services: Services) -> list[tuple[str | None, int | None]]:
    """Status and hops of every session, oldest first."""
    with services.db.reading() as session:
        rows = session.scalars(select_rows(UssdSession).order_by(UssdSession.began_at))
        return [(row.status, row.hops) for row in rows]


def read_until(output: IO[bytes], words: str) -> str:
    held = b""
    give_up = time.monotonic() + WITHIN_SECONDS
    while words.encode() not in held:
        ready, _, _ = select.select([output], [], [], max(0.0, give_up - time.monotonic()))
        chunk = os.read(output.fileno(), 4096) if ready else b""
        assert chunk, f"{words!r} was not shown: {held.decode()}"
        held += chunk
    return held.decode()


def test_it_dials_and_draws_the_screen_with_its_septets(app: Flask, address: str) -> None:
    held = hold(app, "--url", address)

    assert held.exit_code == 0
    assert re.search(r"^\| .*English +\|$", held.output, re.MULTILINE)
    assert re.search(r"answer \d+/160", held.output)


def test_an_answer_leads_to_the_next_screen(app: Flask, address: str) -> None:
    held = hold(app, AMINA, "--url", address, typed="1\n/quit\nnever read\n")

    assert held.output.count("answer ") >= 2
    assert "Report" in held.output


def test_messages_that_came_in_are_shown_once(
    app: Flask, client: FlaskClient, settings: Settings, address: str
) -> None:
    send(client, settings, OTIENO, "New job 4821759")

    held = hold(app, OTIENO, "--url", address, typed="\n\n")

    assert held.output.count("| New job 4821759 ") == 1


def test_the_inbox_shows_every_message_again(app: Flask, client: FlaskClient, settings: Settings, address: str) -> None:
    send(client, settings, OTIENO, "New job 4821759")

    held = hold(app, OTIENO, "--url", address, typed="\n/inbox\n")

    assert held.output.count("| New job 4821759 ") == 2
    assert "No messages." in hold(app, AMINA, "--url", address, typed="/inbox\n").output


def test_a_text_is_handed_to_the_gateway(app: Flask, address: str) -> None:
    assert "Message sent." in hold(app, "--url", address, typed="/sms HELP\n").output


@pytest.mark.parametrize("typed", ["/help", "/sms", "/what is this"])
def test_an_unknown_command_is_answered_with_those_there_are(app: Flask, address: str, typed: str) -> None:
    assert hold(app, "--url", address, typed=f"{typed}\n").output.count("/inbox ") == 2


@pytest.mark.parametrize("where", ["text", "code"])
def test_what_is_dialled_behind_the_code_is_answered_ahead(app: Flask, address: str, where: str) -> None:
    one_by_one = hold(app, "--url", address, typed="1\n/dial\n1\n1\n")
    ahead = hold(app, BRIAN, "--url", address, "--ahead", where, typed="1\n/dial *384*1972*1*1#\n")

    assert (one_by_one.output.count("answer "), ahead.output.count("answer ")) == (5, 3)
    assert last_screen(ahead) == last_screen(one_by_one)


def test_the_network_says_how_each_call_ended(app: Flask, address: str, services: Services) -> None:
    hold(app, "--url", address, typed="1\n/drop\n/dial\n4\n2\n/dial\n/quit\n")

    assert ends(services) == [("Incomplete", 2), ("Success", 3), ("Incomplete", 1)]


def test_messages_are_shown_while_the_phone_waits(
    environment: dict[str, str], client: FlaskClient, settings: Settings, address: str
) -> None:
    keyboard, typed = pty.openpty()
    program = [sys.executable, "-m", "flask", "--app", "wsgi", "phone", OTIENO, "--url", address]
    process = subprocess.Popen(
        program,
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONUNBUFFERED": "1", **environment},
        stdin=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with process as held:
        assert held.stdout
        try:
            read_until(held.stdout, "> ")
            send(client, settings, OTIENO, "New job 4821759")

            assert "SMS from" in read_until(held.stdout, "New job 4821759")

            os.write(keyboard, b"/quit\n")
            assert held.wait(WITHIN_SECONDS) == 0
        finally:
            held.kill()
            os.close(keyboard)
            os.close(typed)


def test_a_code_of_somebody_else_is_not_dialled(app: Flask, address: str) -> None:
    assert "only knows *384*1972#" in hold(app, "--url", address, typed="/dial *100#\n").output


def test_without_a_gateway_it_says_how_to_start_one(app: Flask) -> None:
    held = hold(app, "--url", "http://127.0.0.1:9")

    assert held.exit_code == 1
    assert "make run" in held.output
    assert "Traceback" not in held.output


def test_another_program_at_that_address_is_named_as_such(app: Flask, address: str) -> None:
    held = hold(app, "--url", f"{address}/elsewhere")

    assert held.exit_code == 1
    assert "answered 404" in held.output


def test_a_number_that_is_none_is_refused(app: Flask) -> None:
    held = hold(app, "12")

    assert held.exit_code == 1
    assert "12 is not a phone number" in held.output


class TestWithRealCarrier:
    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return {**environment, "CARRIER": "africastalking", "AT_API_URL": "http://127.0.0.1:9"}

    def test_it_never_speaks_for_real_residents(self, app: Flask) -> None:
        held = hold(app)

        assert held.exit_code == 1
        assert "CARRIER=simulator" in held.output
