"""`flask menus ...`: the menu that residents see."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
from flask.cli import AppGroup

from gateway.services import of_app
from gateway.ussd import publishing
from menus.faults import MenuRefused

menus = AppGroup("menus", help="The menu that residents see.")


@menus.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=publishing.SHIPPED_MENU)
def publish(file: Path) -> None:
    """Publishes a new version; sessions that are running keep theirs."""
    services = of_app()
    versions = publishing.versions(services)
    try:
        source = file.read_text(encoding="utf-8")
        sha = publishing.publish(services.db, source, author=getpass.getuser(), versions=versions)
    except (MenuRefused, UnicodeDecodeError) as refused:
        raise click.ClickException(f"nothing was published.\n{refused}") from None
    click.echo(f"Published as version {sha[:12]}.")
