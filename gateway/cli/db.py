"""`flask db upgrade`: brings the schema up to date, and leaves a menu in force."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from redis.exceptions import RedisError

from gateway.services import of_app
from gateway.ussd import publishing

db = AppGroup("db", help="The database's schema.")


@db.command("upgrade")
def upgrade() -> None:
    """Brings the schema up to date; safe to run at any time, also twice at once."""
    # Alembic costs half a second to import, which no other command should pay.
    from gateway import migrations

    services = of_app()
    migrations.upgrade(services.settings.database_url)
    click.echo("The schema is up to date.")
    try:
        if publishing.publish_shipped(services.db, publishing.versions(services)):
            click.echo("The menu of this release is in force.")
    except RedisError:
        click.echo("The menu of this release is stored, and in force as soon as Redis can be reached.")
    for fault in publishing.faults_in_force(services.db):
        click.echo(f"Careful, the menu in force does not check with this release: {fault}", err=True)
