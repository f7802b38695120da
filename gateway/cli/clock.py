"""`flask clock sweep [--now ISO]` does what is due, once; `flask clock external` lists what went to outside bodies."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import click
from flask.cli import AppGroup
from sqlalchemy import select

from gateway import categories, places
from gateway import clock as real_clock
from gateway.models import Complaint, Escalation
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


@clock.command("external")
def list_external() -> None:
    """Prints as CSV which complaints were handed to which outside body, without anybody's number."""
    written = io.StringIO()
    out = csv.writer(written, lineterminator="\n")
    out.writerow(("reference", "agency", "handed_on_at", "filed_at", "category", "ward", "landmark", "state"))
    rows = select(Escalation, Complaint).join(Complaint, Complaint.id == Escalation.complaint_id)
    rows = rows.where(Escalation.agency.is_not(None)).order_by(Escalation.at, Escalation.id)
    with of_app().db.reading() as session:
        for handed, complaint in session.execute(rows):
            kind, ward = categories.category(complaint.category), places.ward(complaint.ward)
            times = (handed.at.isoformat(), complaint.filed_at.isoformat())
            about = (kind.english, ward.name, _as_words(complaint.landmark), complaint.state)
            out.writerow((complaint.reference, handed.agency, *times, *about))
    click.echo(written.getvalue(), nl=False)


def _as_words(text: str) -> str:
    """A resident's words are no formula, whatever a spreadsheet would make of them."""
    return f"'{text}" if text[:1] in "=+-@" else text
