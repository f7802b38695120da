"""`flask phone [NUMBER]`: a phone in the terminal. It dials and texts a running gateway as the carrier would."""

from __future__ import annotations

import secrets
import sys
import textwrap
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import click
import requests
from flask.cli import with_appcontext

from gateway import clock
from gateway.config import Settings
from gateway.phones import normalise
from gateway.services import of_app
from gateway.simulator.views import RESIDENT
from menus import gsm7

NETWORK = "63902"
WIDTH = 34
SCREEN_SEPTETS = 160
PATIENCE_SECONDS = 10
HELP = """\
Type what the screen asks for. Or:
  /dial [CODE]   dial again
  /sms TEXT      text the short code
  /inbox         messages of this phone
  /quit          put the phone away
An empty line looks for new messages."""


class GatewayAway(Exception):
    """The gateway does not answer as a phone network needs it; the words are for the person at the terminal."""


@dataclass
class Phone:
    """One phone; `session` is None when no call is on."""

    number: str
    base_url: str
    settings: Settings
    session: str | None = None
    code: str = ""
    transcript: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def dial(self, code: str) -> str:
        """Raises GatewayAway."""
        if code not in self.settings.ussd_codes:
            raise GatewayAway(f"This network only knows {' and '.join(self.settings.ussd_codes)}.")
        self.session, self.code, self.transcript = f"ATUid_{secrets.token_hex(16)}", code, []
        return self._hop()

    def answer(self, words: str) -> str:
        """Raises GatewayAway."""
        self.transcript.append(words)
        return self._hop()

    def text(self, words: str) -> None:
        """Raises GatewayAway."""
        sent_at = f"{clock.now():%Y-%m-%d %H:%M:%S}"
        form = {"id": str(uuid.uuid4()), "from": self.number, "to": self.settings.sms_code, "text": words}
        self._callback("sms", form | {"date": sent_at, "linkId": "", "networkCode": NETWORK})

    def inbox(self) -> list[dict[str, Any]]:
        """Every message of this phone, oldest first. Raises GatewayAway."""
        response = self._post("/simulator/inbox", json={"numbers": [self.number]})
        messages: list[dict[str, Any]] = response.json()["inboxes"][self.number]
        return messages

    def arrivals(self) -> Iterator[dict[str, Any]]:
        """Messages not shown yet; each is reported as delivered. Raises GatewayAway."""
        for message in self.inbox():
            if message["id"] not in self.seen:
                self.seen.add(message["id"])
                report = {"id": message["id"], "status": "Success", "phoneNumber": self.number}
                self._callback("sms/delivery", report | {"networkCode": NETWORK, "retryCount": "0"})
                yield message

    def _hop(self) -> str:
        # The network ends a session whose hop fails.
        session, self.session = self.session or "", None
        form = {
            "sessionId": session,
            "phoneNumber": self.number,
            "serviceCode": self.code,
            "text": "*".join(self.transcript),
            "networkCode": NETWORK,
        }
        body = self._callback("ussd", form).text
        if not body.startswith(("CON ", "END ")):
            raise GatewayAway("The gateway's answer starts with neither CON nor END.")
        if body.startswith("CON "):
            self.session = session
        return body

    def _callback(self, path: str, form: dict[str, str]) -> requests.Response:
        return self._post(f"/at/{self.settings.callback_tokens[0]}/{path}", data=form)

    def _post(self, path: str, **body: Any) -> requests.Response:
        try:
            response = requests.post(self.base_url + path, timeout=PATIENCE_SECONDS, allow_redirects=False, **body)
        except requests.RequestException as error:
            raise GatewayAway(f"No gateway answers at {self.base_url}. Start it with: make run") from error
        if response.status_code != 200:
            raise GatewayAway(f"The gateway answered {response.status_code}; is another one running there?")
        return response


@click.command("phone")
@click.argument("number", default=RESIDENT)
@click.option("--url", help="Address of the gateway; by default this machine's, at PORT.")
@with_appcontext
def phone(number: str, url: str | None) -> None:
    """A phone in the terminal, with that NUMBER in it."""
    settings = of_app().settings
    if not settings.is_simulator:
        raise click.ClickException("A phone in the terminal needs CARRIER=simulator: real residents have their own.")
    normal = normalise(number)
    if normal is None:
        raise click.ClickException(f"{number} is not a phone number, such as {RESIDENT}.")
    _hold(Phone(normal, (url or f"http://127.0.0.1:{settings.port}").rstrip("/"), settings))


def _hold(phone: Phone) -> None:
    """Dials, then shows, reads, does, until the phone is put away or the input ends."""
    click.echo(f"This is {phone.number}. {HELP}")
    try:
        _do(phone, "/dial")
    except GatewayAway as error:
        raise click.ClickException(str(error)) from error
    for line in _typed():
        try:
            _do(phone, line)
            for message in phone.arrivals():
                _show_message(message)
        except GatewayAway as error:
            click.echo(str(error))


def _typed() -> Iterator[str]:
    """What is typed, line by line, until `/quit` or the end of the input."""
    click.echo("> ", nl=False)
    for line in sys.stdin:
        if line.strip() == "/quit":
            return
        yield line.strip()
        click.echo("> ", nl=False)
    click.echo()


def _do(phone: Phone, line: str) -> None:
    command, _, words = line.partition(" ")
    if command == "/dial":
        _show_screen(phone.dial(words.strip() or phone.settings.ussd_code))
    elif command == "/sms" and words.strip():
        phone.text(words.strip())
        click.echo("Message sent. Ujumbe umetumwa.")
    elif command == "/inbox":
        _show_inbox(phone)
    elif command.startswith("/") or (line and phone.session is None):
        click.echo(HELP)
    elif line:
        _show_screen(phone.answer(line))


def _show_screen(body: str) -> None:
    used = gsm7.septets(body) if gsm7.is_gsm7(body) else None
    size = "not GSM-7" if used is None else f"{used}/{SCREEN_SEPTETS}"
    _frame(body[4:].split("\n"), footing=f"{'answer' if body.startswith('CON ') else 'the end'} {size}")


def _show_message(message: dict[str, Any]) -> None:
    _frame(message["text"].split("\n"), heading=f"SMS from {message['sender']}")


def _show_inbox(phone: Phone) -> None:
    messages = phone.inbox()
    for message in messages:
        _show_message(message)
    if not messages:
        click.echo("No messages. Hakuna ujumbe.")


def _frame(lines: Iterable[str], heading: str = "", footing: str = "") -> None:
    click.echo("." + f" {heading} ".center(WIDTH + 2, "-") + "." if heading else "." + "-" * (WIDTH + 2) + ".")
    for line in lines:
        for part in textwrap.wrap(line, WIDTH) or [""]:
            click.echo(f"| {part:<{WIDTH}} |")
    click.echo("'" + (f" {footing} " if footing else "").center(WIDTH + 2, "-") + "'")
