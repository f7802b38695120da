"""The schema, step by step, on SQLite and PostgreSQL. Of two upgrades at once the second waits and finds it done.

A new step: change the models, run `.venv/bin/alembic revision --autogenerate -m "what it is for"`, read the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import event, make_url, text
from sqlalchemy.engine import Connection

from gateway.db import make_engine

#: Any number that nobody else locks in this database.
_LOCK = 4821759
_WAIT_FOR_ANOTHER_UPGRADE = "120s"


def upgrade(database_url: str, revision: str = "head") -> None:
    """Brings the schema up to date, in one transaction."""
    with locked_connection(database_url) as connection:
        command.upgrade(_config(connection), revision)


@contextmanager
def locked_connection(database_url: str) -> Iterator[Connection]:
    """A transaction that no other upgrade of this database shares its time with."""
    url = make_url(database_url)
    engine = make_engine(database_url)
    if engine.dialect.name == "sqlite":
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        # SQLite changes a table by copying it, and dropping the old one must not count as deleting its rows.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF"))
    try:
        with engine.begin() as connection:  # on SQLite this takes the write lock already
            if engine.dialect.name == "postgresql":
                _lock_postgresql(connection)
            yield connection
    finally:
        engine.dispose()


def _lock_postgresql(connection: Connection) -> None:
    # An upgrade may take its time; but once it has its turn, it must not queue before residents for long.
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_ANOTHER_UPGRADE}'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
