"""`flask roster load FILE.csv`: who works on complaints. The whole file or nothing."""

from __future__ import annotations

from typing import BinaryIO

import click
from flask.cli import AppGroup

from gateway import clock, roster_file
from gateway import roster as people_at_work
from gateway.services import of_app

roster = AppGroup("roster", help="The people who work on complaints.")


@roster.command("load")
@click.argument("file", type=click.File("rb"))
def load(file: BinaryIO) -> None:
    """Loads people from FILE, a CSV with the columns phone,name,role,department,area.

    Loading again updates; whoever is missing from the file is retired. Nothing is loaded if any line is bad.
    """
    try:
        text = roster_file.decode(file.read())
        with of_app().db.transaction() as session:
            loaded = people_at_work.load(session, of_app().phones, text, clock.now())
    except roster_file.RosterError as error:
        for line in error.lines:
            click.echo(line, err=True)
        raise click.ClickException("Nothing was loaded.") from error
    click.echo(f"Loaded: {loaded.added} added, {loaded.updated} updated, {loaded.retired} retired.")
