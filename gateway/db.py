"""The database: an engine, transactions, and what to do after a commit. Only entry points open transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

_AFTER_COMMIT = "hatua.after_commit"
_READ_ONLY = "hatua_read_only"


class Database:
    """One engine for a process. SQLite and PostgreSQL behave alike for callers."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._read_only_engine = self.engine.execution_options(**{_READ_ONLY: True})

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commits on leaving, rolls back on an exception; then runs what `after_commit` asked for."""
        with Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                yield session
            for action in session.info.get(_AFTER_COMMIT, {}).values():
                action()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """For queries only: takes no write lock, and whatever was changed is thrown away."""
        with Session(self._read_only_engine, expire_on_commit=False) as session:
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def after_commit(session: Session, name: str, action: Callable[[], None]) -> None:
    """Runs `action` once per transaction and `name`, after the commit and never without it.

    An action must not raise: what it would do is only a wake-up, the truth is already in the database.
    """
    session.info.setdefault(_AFTER_COMMIT, {})[name] = action


def make_engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": 15, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        parsed,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=10,
        pool_timeout=3,
        # A USSD hop must be answered within 3 s whatever the database does.
        connect_args={"connect_timeout": 2, "options": "-c statement_timeout=8000 -c lock_timeout=4000"},
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin transactions at times of its own; `_begin_sqlite` does it instead.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: a transaction that reads first and writes later would otherwise fail with "database is locked".
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
