"""A database that cannot be reached for a while, as a process that uses it sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from gateway.db import Database


@contextmanager
def database_away(database: Database) -> Iterator[None]:
    """Nobody can connect to it under its name; what is in it stays as it is."""
    url = database.engine.url
    database.dispose()
    if url.get_backend_name() == "sqlite":
        with _file_away(Path(url.database or ""), database):
            yield
        return
    name = url.database
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            connection.execute(text(end), {"name": name})
            connection.execute(text(f'ALTER DATABASE "{name}" RENAME TO "{name}_away"'))
            try:
                yield
            finally:
                connection.execute(text(f'ALTER DATABASE "{name}_away" RENAME TO "{name}"'))
    finally:
        server.dispose()


@contextmanager
def _file_away(path: Path, database: Database) -> Iterator[None]:
    """A folder stands where the file was: it cannot be opened."""
    hidden = path.with_suffix(".away")
    path.rename(hidden)
    path.mkdir()
    try:
        yield
    finally:
        database.dispose()
        path.rmdir()
        hidden.rename(path)
