"""The phone in the terminal, held against the application over HTTP."""

from __future__ import annotations

import re

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from gateway.config import Settings

AMINA = "+254700000001"
OTIENO = "+254700000101"


def hold(app: Flask, *arguments: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["phone", *arguments], input=typed)


def send(client: FlaskClient, settings: Settings, phone: str, text: str) -> None:
    client.post(
        "/simulator/carrier/version1/messaging",
        data={"username": settings.at_username, "to": phone, "message": text},
        headers={"apiKey": settings.at_api_key},
    )


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
