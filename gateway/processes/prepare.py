"""What must be done once before the processes start on one machine: the schema, and in the demo some people."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from gateway import clock, migrations, roster
from gateway.config import ROOT
from gateway.models import RosterEntry
from gateway.services import Services

DEMO_ROSTER = ROOT / "gateway" / "data" / "demo_roster.csv"


def upgrade_schema(services: Services) -> None:
    migrations.upgrade(services.settings.database_url)


def load_demo_roster(services: Services) -> None:
    """Only in the demo, and only while nobody is on the roster: a person's own file is never touched."""
    if not services.settings.is_simulator:
        return
    with services.db.transaction() as session:
        if session.scalar(select(RosterEntry.id).limit(1)) is None:
            roster.load(session, services.phones, DEMO_ROSTER.read_text(encoding="utf-8"), clock.now())


#: In this order; each may be done again at every start.
STEPS: tuple[Callable[[Services], None], ...] = (upgrade_schema, load_demo_roster)
