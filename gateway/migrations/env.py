"""Run by Alembic, on the connection of `gateway.migrations` or, from its own command line, on DATABASE_URL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

from alembic import context
from sqlalchemy.engine import Connection

from gateway.config import Settings
from gateway.migrations import locked_connection
from gateway.models import Base
from gateway.models.base import UtcInstant

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    # A step of the past must not change with our code.
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcInstant) else False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        # SQLite cannot alter a column in place.
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with locked_connection(Settings.read(os.environ).database_url) as connection:
        run(connection)
