"""`flask db upgrade`: brings the schema up to date."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from gateway.services import of_app

db = AppGroup("db", help="The database's schema.")


@db.command("upgrade")
def upgrade() -> None:
    """Brings the schema up to date; safe to run at any time, also twice at once."""
    # Alembic costs half a second to import, which no other command should pay.
    from gateway import migrations

    migrations.upgrade(of_app().settings.database_url)
    click.echo("The schema is up to date.")
