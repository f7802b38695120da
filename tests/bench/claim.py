"""Claiming: the next 6 messages from an outbox of 1,000 and of 100,000 that are waiting, each in a transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from gateway import clock
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Base
from gateway.sms import outbox, settling
from gateway.sms.outcomes import Accepted
from gateway.sms.timing import Timing
from tests.bench.ground import Ground, owe, percentile

_SIZES = (1_000, 100_000)
_CLAIMS, _LIMIT = 80, 6


def measure(ground: Ground) -> Sequence[Sequence[str]]:
    rows = [("", *(f"{size:,} waiting" for size in _SIZES), "ratio")]
    for name in ("PostgreSQL", "SQLite"):
        for hours in ("", "21:00-07:00"):
            medians = _medians(ground, name, hours)
            label = f"{name}{', in quiet hours' if hours else ''}"
            rows.append((label, *(f"{ms:.2f} ms" for ms in medians), f"{medians[1] / medians[0]:.2f}"))
    return rows


def _medians(ground: Ground, name: str, hours: str) -> list[float]:
    timing, at = _timing(ground, hours, clock.now())
    with ExitStack() as stack:
        databases = []
        for size in _SIZES:
            url = (
                stack.enter_context(ground.database())
                if name == "PostgreSQL"
                else f"sqlite:///{ground.folder / f'{size}-{bool(hours)}.db'}"
            )
            database = Database(url)
            stack.callback(database.dispose)
            with database.engine.begin() as connection:
                Base.metadata.create_all(connection)
            # At night nearly all are kept for the morning; receipts go at any hour.
            owe(database, at, size, kept=size - _CLAIMS * _LIMIT if hours else 0)
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
            databases.append(database)
        taken: list[list[float]] = [[] for _ in databases]
        for number in range(_CLAIMS):
            # In turns, so that whatever else the machine does falls on both.
            for database, times in zip(databases, taken, strict=True):
                times.append(_claim(database, timing, at, number))
    return [percentile(times[5:], 0.5) for times in taken]


def _claim(database: Database, timing: Timing, now: datetime, number: int) -> float:
    with database.transaction() as session:
        began = time.perf_counter()
        claimed = outbox.claim(session, now, timing, _LIMIT)
        taken = time.perf_counter() - began
        assert len(claimed) == _LIMIT
        results = [(one, Accepted(f"{number}-{one.id}", "Success")) for one in claimed]
        settling.settle(session, now, timing, results)
    return taken * 1000


def _timing(ground: Ground, hours: str, now: datetime) -> tuple[Timing, datetime]:
    """In quiet hours: at night, with receipts, which go at any hour."""
    settings = Settings.read(ground.environment("sqlite://", QUIET_HOURS=hours), var=Path(ground.folder))
    return Timing.of(settings), now.replace(hour=20, minute=0) if hours else now
