"""`flask phone [NUMBER]`: a phone in the terminal. It dials and texts a running gateway as the carrier would."""

from __future__ import annotations

import select
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ParamSpec

import click
from flask.cli import with_appcontext

from gateway.phones import normalise
from gateway.services import of_app
from gateway.simulator.phone import AHEAD_IN, GatewayAway, Phone
from gateway.simulator.views import RESIDENT
from menus import gsm7

P = ParamSpec("P")

WIDTH = 34
SCREEN_SEPTETS = 160
LOOK_EVERY_SECONDS = 2.0
HELP = """\
Type what the screen asks for. Or:
  /dial [CODE]   dial again; *384*1972*1*2# answers ahead
  /drop          the network cuts the call
  /sms TEXT      text the short code
  /inbox         messages of this phone
  /quit          put the phone away
An empty line looks for new messages."""


@click.command("phone")
@click.argument("number", default=RESIDENT)
@click.option("--url", help="Address of the gateway; by default this machine's, at PORT.")
@click.option(
    "--ahead",
    type=click.Choice(AHEAD_IN),
    default="text",
    help="Where what is dialled behind the code arrives: in the text, or left in the service code.",
)
@with_appcontext
def phone(number: str, url: str | None, ahead: str) -> None:
    """A phone in the terminal, with that NUMBER in it."""
    settings = of_app().settings
    if not settings.is_simulator:
        raise click.ClickException("A phone in the terminal needs CARRIER=simulator: real residents have their own.")
    normal = normalise(number)
    if normal is None:
        raise click.ClickException(f"{number} is not a phone number, such as {RESIDENT}.")
    _hold(Phone(normal, (url or f"http://127.0.0.1:{settings.port}").rstrip("/"), settings, ahead))


def _hold(phone: Phone) -> None:
    """Dials, then shows, reads, does, until the phone is put away or the input ends."""
    click.echo(f"This is {phone.number}. {HELP}")
    try:
        _do(phone, "/dial")
    except GatewayAway as error:
        raise click.ClickException(str(error)) from error
    for line in _typed(phone):
        _try(_do, phone, line)
        _try(_show_arrivals, phone)
    phone.hang_up()


def _try(act: Callable[P, None], *args: P.args, **options: P.kwargs) -> bool:
    """Says why, where the gateway is away."""
    try:
        act(*args, **options)
    except GatewayAway as error:
        click.echo(str(error))
        return False
    return True


def _typed(phone: Phone) -> Iterator[str]:
    """What is typed, line by line, until `/quit` or the end of the input. Messages that come meanwhile are shown."""
    click.echo("> ", nl=False)
    is_looking = sys.stdin.isatty()
    while True:
        while is_looking and not select.select([sys.stdin], [], [], LOOK_EVERY_SECONDS)[0]:
            # Once is enough to say that the gateway is away; the next line typed looks again.
            is_looking = _try(_show_arrivals, phone, prompt="> ")
        line = sys.stdin.readline()
        if not line:
            click.echo()
            return
        if line.strip() == "/quit":
            return
        yield line.strip()
        is_looking = sys.stdin.isatty()
        click.echo("> ", nl=False)


def _do(phone: Phone, line: str) -> None:
    command, _, words = line.partition(" ")
    if command == "/dial":
        _show_screen(phone.dial(words.strip() or phone.settings.ussd_code))
    elif command == "/drop" and phone.call:
        phone.hang_up()
        click.echo("Connection lost. Mawasiliano yamekatika.")
    elif command == "/sms" and words.strip():
        phone.text(words.strip())
        click.echo("Message sent. Ujumbe umetumwa.")
    elif command == "/inbox":
        _show_inbox(phone)
    elif command.startswith("/") or (line and phone.call is None):
        click.echo(HELP)
    elif line and phone.call:
        _show_screen(phone.answer(phone.call, line))


def _show_arrivals(phone: Phone, prompt: str = "") -> None:
    for message in phone.arrivals():
        if prompt:
            click.echo()
        _show_message(message)
        click.echo(prompt, nl=False)


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
