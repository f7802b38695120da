"""The database: an engine, transactions, and signals after a commit. Only entry points open transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, create_engine, event, make_url
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

#: The database cannot be reached, or not in time; trying again later may help.
AWAY = (InterfaceError, OperationalError, TimeoutError)

_SIGNALS = "hatua.signals"
_READ_ONLY = "hatua_read_only"


class Database:
    """One engine for a process. SQLite and PostgreSQL behave alike for callers.

    `on_commit` names what may be signalled: each action runs once after a transaction that asked for it, never
    without its commit. An action must not raise: it is only a wake-up, the truth is already in the database.
    """

    def __init__(self, url: str, on_commit: Mapping[str, Callable[[], object]] | None = None) -> None:
        self.engine = make_engine(url)
        self._at_once_engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        # PostgreSQL shows each query what is committed when it begins, so BEGIN and ROLLBACK would be idle journeys.
        reads_one_state = self.engine.dialect.name == "sqlite"
        reading_engine = self.engine if reads_one_state else self._at_once_engine
        self._reading_engine = reading_engine.execution_options(**{_READ_ONLY: True})
        self._on_commit = on_commit or {}

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commits on leaving, rolls back on an exception; then runs what was signalled."""
        with Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                yield session
            signalled = session.info.get(_SIGNALS, ())
        for name in signalled:
            if action := self._on_commit.get(name):
                action()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """For queries only: takes no write lock, and whatever was changed is thrown away."""
        with Session(self._reading_engine, autoflush=False, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """For single statements that need nothing around them: PostgreSQL commits each by itself, without the journeys
        of BEGIN and COMMIT; on SQLite they are one transaction."""
        with self._at_once_engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        self.engine.dispose()


def signal(session: Session, name: str) -> None:
    """Asks for the `on_commit` action of that name, once, after this transaction has committed."""
    session.info.setdefault(_SIGNALS, {})[name] = None


def is_one_of(column: Any, words: Sequence[str]) -> ColumnElement[bool]:
    """Written out in the statement: a database uses a partial index only where it can read the words."""
    written: BindParameter[list[str]] = bindparam(None, list(words), expanding=True, literal_execute=True)
    return column.in_(written)  # type: ignore[no-any-return]


def make_engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": 5, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        parsed,
        # Parameters are phone hashes and residents' words: they stay out of error logs.
        hide_parameters=True,
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
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: a transaction that reads first and writes later would otherwise fail with "database is locked".
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
