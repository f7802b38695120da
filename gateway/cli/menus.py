"""`flask menus ...`: proves, publishes and compares the menu that residents see; see `menu_companions` for the rest."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from gateway.cli import menu_companions
from gateway.cli.menu_companions import SHORT
from gateway.cli.menu_files import TextFile, at, count, file_argument, loaded, read
from gateway.services import Services, of_app
from gateway.ussd import publishing
from gateway.ussd.program import program
from menus.check import check, warnings
from menus.compare import changed_meanings, differences
from menus.faults import Fault, MenuRefused
from menus.load import load
from menus.render import SCREEN_SEPTETS
from menus.worst import engine_renderings, renderings
from sessions.versions import BELIEVED_SECONDS

menus = AppGroup("menus", help="The menu that residents see.")
for command in menu_companions.COMMANDS:
    menus.add_command(command)

_LEAST_SHA = 4
_AWAY = (DBAPIError, NoConnection)


@menus.command("check")
@file_argument
def check_file(file: Path) -> None:
    """Proves that FILE cannot break: every screen, in each language, at its worst. Exits with 1 if it can."""
    menu_file = read(file)
    faults = check(menu_file.text, program)
    for fault in faults:
        click.echo(at(menu_file, fault))
    if faults:
        click.echo(f"\n{count(len(faults), 'fault')}. A menu with a fault cannot be published.")
        raise SystemExit(1)
    menu = load(menu_file.text)
    lengths = [
        one.septets
        for language in menu.languages
        for worst in (
            engine_renderings(menu, language),
            *(renderings(menu, program, screen, language) for screen in menu.screens.values()),
        )
        for one in worst
    ]
    click.echo(
        f"{menu_file.name} is proved: {count(len(menu.screens), 'screen')}, {len(lengths)} renderings in"
        f" {count(len(menu.languages), 'language')}, the longest {max(lengths)} of {SCREEN_SEPTETS} septets."
    )
    if found := warnings(menu, program):
        click.echo("\nIt may be published as it is, but you should know:")
        for warning in found:
            click.echo(at(menu_file, warning))


@menus.command("publish")
@file_argument
@click.option("--accept", is_flag=True, help="Publish although numbers change their meaning.")
@click.option("--author", default="", help="Who publishes; by default the user of this computer.")
def publish(file: Path, accept: bool, author: str) -> None:
    """Puts FILE in force for new calls; calls that are running keep their version.

    Publishing an older file again goes back to it.
    """
    menu_file = read(file)
    try:
        _publish(of_app(), menu_file, accept=accept, author=author.strip() or _user())
    except MenuRefused as refused:
        for fault in refused.faults:
            click.echo(at(menu_file, fault))
        raise click.ClickException(f"{count(len(refused.faults), 'fault')}; nothing was published.") from None
    except publishing.Overtaken:
        raise click.ClickException(
            "Somebody else has published a moment ago; nothing of yours was. See `flask menus diff`, and publish again."
        ) from None
    except _AWAY as error:
        _say_database(error, "Nothing was published.")


def _publish(services: Services, menu_file: TextFile, *, accept: bool, author: str) -> None:
    proposal = publishing.propose(services.db, menu_file.text)
    versions = publishing.versions(services)
    if proposal.is_in_force:
        publishing.announce(versions, proposal.source)
        click.echo(f"{menu_file.name} is version {proposal.sha[:SHORT]}, which is in force already.")
        return
    if proposal.over is not None and proposal.before is None:
        click.echo("The version in force was written for another release and cannot be compared.")
    _say_changes(proposal.differences, proposal.changed_meanings)
    if proposal.changed_meanings and not accept:
        raise click.ClickException(
            "Nothing was published. Give those numbers their old meaning, or publish with --accept."
        )
    number = publishing.publish(services.db, proposal, author=author)
    is_known = publishing.announce(versions, proposal.source)
    click.echo(f"Published as number {number}, version {proposal.sha[:SHORT]}. Calls that are running keep theirs.")
    if not is_known:
        click.echo(
            f"It is stored, but Redis cannot be reached: it is in force within {BELIEVED_SECONDS} seconds,"
            " at once where Redis is away for the callers, too."
        )


@menus.command("diff")
@file_argument
@click.option("--against", metavar="SHA|FILE", help="A version or another file; by default the version in force.")
def diff(file: Path, against: str | None) -> None:
    """Says in plain words what FILE changes for residents, and which numbers change their meaning."""
    new = loaded(read(file))
    old = loaded(_old(against))
    found = differences(old, new)
    _say_changes(found, changed_meanings(old, new))
    if not found:
        click.echo("Residents would notice no difference.")


@menus.command("list")
def list_publications() -> None:
    """Lists what was published, by whom and when; the newest first."""
    services = of_app()
    try:
        with services.db.reading() as session:
            found = publishing.publications(session)
    except _AWAY as error:
        _say_database(error)
    for one in found:
        at = one.at.astimezone(services.settings.timezone)
        mark = "  in force" if one is found[0] else ""
        click.echo(f"{one.number:4}  {at:%Y-%m-%d %H:%M}  {one.sha[:SHORT]}  {one.name}  by {one.author}{mark}")
    if not found:
        click.echo("Nothing has been published yet.")


@menus.command("source")
@click.argument("sha")
def print_source(sha: str) -> None:
    """Prints the file of version SHA (the beginning is enough), to be published again."""
    click.echo(_stored(sha).text, nl=False)


def _old(against: str | None) -> TextFile:
    if against is not None:
        path = Path(against)
        return read(path) if path.is_file() or path.suffix else _stored(against)
    try:
        with of_app().db.reading() as session:
            newest = publishing.in_force(session)
    except _AWAY as error:
        _say_database(error)
    if newest is None:
        raise click.ClickException("Nothing has been published yet; compare with a file: --against FILE.")
    return TextFile(Path(f"version {newest.sha[:SHORT]}"), newest.source)


def _stored(sha: str) -> TextFile:
    try:
        with of_app().db.reading() as session:
            found = publishing.sources_of(session, sha) if len(sha) >= _LEAST_SHA else ()
    except _AWAY as error:
        _say_database(error)
    if len(found) != 1:
        reason = "several versions begin" if found else "no version begins"
        raise click.ClickException(f"{reason} with {sha}; see `flask menus list`.")
    return TextFile(Path(f"version {sha[:SHORT]}"), found[0])


def _say_changes(found: Sequence[str], meanings: Sequence[Fault]) -> None:
    if found:
        click.echo("What changes for residents:")
        for sentence in found:
            click.echo(f"  {sentence}")
    if meanings:
        click.echo("Numbers that change their meaning; people know them by heart:")
        for fault in meanings:
            click.echo(f"  {fault}")


def _say_database(error: Exception, so: str = "") -> NoReturn:
    cause = " ".join(str(getattr(error, "orig", None) or error).split())
    raise click.ClickException(
        f"The database cannot be used: {cause}. {so} Is it running, and has `flask db upgrade` been run?"
    ) from None


def _user() -> str:
    try:
        return getpass.getuser()[:80]
    except (KeyError, OSError):  # a container may have no name for its user
        return "unknown"
