"""`flask desk link PHONE`: lets somebody in when no SMS goes out."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from gateway import clock, people, phones
from gateway.desk import sign_ins
from gateway.services import of_app

desk = AppGroup("desk", help="The pages of officers and their superiors.")


@desk.command("link")
@click.argument("phone")
def link(phone: str) -> None:
    """Prints a path that lets whoever has PHONE on the roster in, once and within ten minutes.

    For when no code can be sent: the outbox is held, the phone is lost. Give it to nobody else.
    """
    number = phones.normalise(phone)
    services, now = of_app(), clock.now()
    with services.db.transaction() as session:
        person = people.by_phone(session, services.phones, number) if number else None
        ticket = sign_ins.link(session, person, now) if person else None
    if ticket is None:
        raise click.ClickException("Nobody who works for the county has this number on the roster.")
    click.echo(f"/desk/link/{ticket}")
