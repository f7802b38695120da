"""`flask clock sweep [--now ISO]`: does what is due, once."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from gateway import clock as real_clock
from gateway.services import of_app
from gateway.sweeps import sweep

clock = AppGroup("clock", help="What becomes due as time passes.")


def _instant(_context: click.Context, _parameter: click.Parameter, given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        return datetime.fromisoformat(given)
    except ValueError as error:
        raise click.BadParameter("it must be like 2026-11-25T10:40") from error


@clock.command("sweep")
@click.option("--now", "as_of", callback=_instant, metavar="ISO", help="As of this time instead of now.")
def run_sweep(as_of: datetime | None) -> None:
    """Does once what is due now, or what would be due at the given time."""
    now = real_clock.now()
    if as_of is not None and as_of.tzinfo is None:
        # What the county's clocks show.
        as_of = as_of.replace(tzinfo=of_app().settings.timezone)
    if failed := sweep(of_app(), now, as_of=as_of):
        raise click.ClickException(f"These failed: {', '.join(failed)}")
