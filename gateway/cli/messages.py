"""`flask messages ...`: what the outbox holds, and what can be done by hand. Numbers are masked; a message's words are
shown only when asked for, since they hold what residents wrote."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from cryptography.fernet import InvalidToken
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import clock, phones
from gateway.models import Message, Person
from gateway.services import Services, of_app
from gateway.sms import alarms, gate, recovery
from gateway.sms.unfinished import unfinished

messages = AppGroup("messages", help="The SMS that are owed, and those that did not arrive.")

#: Every state a message can be in; see gateway.sms.outbox.
STATES = (
    "queued",
    "sending",
    "unknown",
    "submitted",
    "delivered",
    "failed",
    "refused",
    "unconfirmed",
    "expired",
    "suppressed",
    "superseded",
)
_ROW = "{:>8}  {:<12} {:<26} {:<13} {:>8} {:>8}  {}"


@messages.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only these; otherwise all that are not finished.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def show_list(state: str | None, limit: int) -> None:
    """Lists what is not finished, the oldest first, or what is in that state, the latest first."""
    services, now = of_app(), clock.now()
    wanted = select(Message, Person).join(Person, Person.id == Message.person_id).limit(limit)
    if state:
        wanted = wanted.where(Message.state == state).order_by(Message.id.desc())
    else:
        wanted = wanted.where(unfinished(Message.state)).order_by(Message.id)
    with services.db.reading() as session:
        rows = session.execute(wanted).all()
        _say_alarms(session, now)
        if rows:
            click.echo(_ROW.format("id", "state", "phrase", "to", "attempts", "age", "reason"))
        for message, person in rows:
            remark = " ".join(filter(None, (message.reason, "(may be double)" if message.may_be_double else "")))
            click.echo(
                _ROW.format(
                    message.id,
                    message.state,
                    message.phrase,
                    _masked(services, person),
                    message.attempt,
                    _span(now - message.created_at),
                    remark or "-",
                )
            )
    click.echo(f"{len(rows)} messages{', and perhaps more: --limit' if len(rows) == limit else ''}.")


@messages.command("show")
@click.argument("message_id", metavar="ID", type=int)
@click.option("--body", "with_body", is_flag=True, help="Also its words.")
def show(message_id: int, with_body: bool) -> None:
    """Shows all that is known of one message."""
    services = of_app()
    with services.db.reading() as session:
        message = session.get(Message, message_id)
        if message is None:
            raise click.ClickException(f"There is no message {message_id}.")
        facts: dict[str, object] = {
            "to": _masked(services, session.get_one(Person, message.person_id)),
            **{name: getattr(message, name) for name in _SHOWN},
        }
        if with_body:
            facts["body"] = message.body
    for name, value in facts.items():
        if value is not None:
            click.echo(f"{name:<16} {_local(value, services) if isinstance(value, datetime) else value}")


@messages.command("retry")
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
def retry(ids: tuple[int, ...], yes: bool) -> None:
    """Sends again what was refused, is unconfirmed or has expired. An unconfirmed one may then arrive twice."""
    services = of_app()
    with services.db.reading() as session:
        found = dict(session.execute(select(Message.id, Message.state).where(Message.id.in_(ids))).all())
    for message_id in sorted(set(ids)):
        if found.get(message_id) not in recovery.RETRYABLE:
            click.echo(f"{message_id}: {found.get(message_id, 'there is no such message')}, stays as it is", err=True)
    able = [message_id for message_id, state in found.items() if state in recovery.RETRYABLE]
    if not able:
        raise click.ClickException("Nothing to send again.")
    doubtful = sum(found[message_id] == "unconfirmed" for message_id in able)
    warning = f" {doubtful} of them may then arrive twice." if doubtful else ""
    if not yes:
        click.confirm(f"Send {len(able)} messages again?{warning}", abort=True)
    with services.db.transaction() as session:
        owed = recovery.retry(session, able, clock.now())
    click.echo(f"Owed again: {len(owed)}.")


@messages.command("hold")
@click.option("--reason", default="by hand", show_default=True, help="Why, for whoever comes next.")
def hold(reason: str) -> None:
    """Sends nothing any more, until it is released. What is owed is kept."""
    with of_app().db.transaction() as session:
        gate.hold(session, clock.now(), reason[:80], probe_at=None)
    click.echo("The outbox is held. Release it with: flask messages release")


@messages.command("release")
def release() -> None:
    """Sends again, whoever held the outbox; a fault that is still there will hold it again."""
    services = of_app()
    with services.db.transaction() as session:
        was_held = gate.release(session)
    services.wakeups.outbox()
    click.echo("The outbox is open." if was_held else "The outbox was not held.")


_SHOWN = (
    "state",
    "reason",
    "phrase",
    "urgency",
    "attempt",
    "resends",
    "may_be_double",
    "created_at",
    "not_before",
    "expires_at",
    "claimed_at",
    "unknown_at",
    "finished_at",
    "provider_id",
    "provider_status",
    "parts",
    "cost",
    "event_id",
)


def _say_alarms(session: Session, now: datetime) -> None:
    for alarm in alarms.ringing(session, now):
        click.secho(alarm.words, fg="red", err=True)


def _masked(services: Services, person: Person) -> str:
    try:
        return phones.masked(services.phones.open(person.phone_sealed))
    except InvalidToken:
        return "(other key)"


def _local(instant: datetime, services: Services) -> str:
    return f"{instant.astimezone(services.settings.timezone):%Y-%m-%d %H:%M:%S}"


def _span(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
