"""What must be done before the processes start on one machine: the schema, the menu, and in the demo some people."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from gateway import clock, migrations, roster
from gateway.config import ROOT
from gateway.models import RosterEntry
from gateway.services import Services
from gateway.ussd import publishing
from sessions.store import connect
from sessions.versions import Versions

DEMO_ROSTER = ROOT / "gateway" / "data" / "demo_roster.csv"


def upgrade_schema(services: Services) -> None:
    migrations.upgrade(services.settings.database_url)


def publish_shipped_menu(services: Services) -> None:
    """The menu of this release; one that the county has published itself stays."""
    with connect(services.settings.redis_url) as redis:
        publishing.publish_shipped(services.db, Versions(redis, publishing.SqlArchive(services.db)))


def load_demo_roster(services: Services) -> None:
    """Only in the demo, and only while nobody is on the roster: a person's own file is never touched."""
    if not services.settings.is_simulator:
        return
    with services.db.transaction() as session:
        if session.scalar(select(RosterEntry.id).limit(1)) is None:
            roster.load(session, services.phones, DEMO_ROSTER.read_text(encoding="utf-8"), clock.now())


#: In this order; each may be done again at every start.
STEPS: tuple[Callable[[Services], None], ...] = (upgrade_schema, publish_shipped_menu, load_demo_roster)
