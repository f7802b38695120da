"""What is measured stands on this: a PostgreSQL, a Redis, the settings of a process, and rows to work on."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from redis import Redis
from sqlalchemy import insert

from gateway.config import ROOT
from gateway.db import Database
from gateway.models import Base, Message, Person
from gateway.phones import PhoneBook
from tests.standin.postgres import PostgresServer
from tests.standin.processes import Processes

TOKEN = "made-up-token-for-the-callbacks"
PHONE_KEY = "made-up-phone-key"
_ROWS_AT_ONCE = 5000


@dataclass(frozen=True)
class Ground:
    folder: Path
    redis_url: str
    postgres: PostgresServer

    def environment(self, database_url: str, **more: str) -> dict[str, str]:
        return {
            "CARRIER": "africastalking",
            "AT_USERNAME": "hatua",
            "AT_API_KEY": "made-up-api-key",
            "AT_API_URL": "http://127.0.0.1:9",
            "CALLBACK_TOKEN": TOKEN,
            "SECRET_KEY": "made-up-secret-key",
            "PHONE_KEY": PHONE_KEY,
            "DATABASE_URL": database_url,
            "REDIS_URL": self.redis_url,
            "QUIET_HOURS": "",
            "SEND_PER_SECOND": "10000",
            **more,
        }

    @contextmanager
    def database(self) -> Iterator[str]:
        """A PostgreSQL database with the tables and nothing in them, and an empty Redis."""
        with self.empty_database() as url:
            database = Database(url)
            with database.engine.begin() as connection:
                Base.metadata.create_all(connection)
            database.dispose()
            yield url

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """To be upgraded by the command."""
        with Redis.from_url(self.redis_url) as redis:
            redis.flushall()
        with self.postgres.database() as url:
            yield url

    @contextmanager
    def processes(self, environment: Mapping[str, str]) -> Iterator[Processes]:
        logs = self.folder / f"logs-{time.monotonic_ns()}"
        logs.mkdir()
        with Processes(environment, logs) as processes:
            yield processes

    @contextmanager
    def python(self, *arguments: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", **environment},
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=20)


def owe(database: Database, now: datetime, people: int, *, kept: int = 0) -> None:
    """So many people are owed a message each, all due but the last `kept`, which wait for the morning."""
    book = PhoneBook(PHONE_KEY)
    sealed = book.seal("+254700000101")
    with database.transaction() as session:
        for first in range(0, people, _ROWS_AT_ONCE):
            numbers = range(first, min(first + _ROWS_AT_ONCE, people))
            session.execute(
                insert(Person),
                [{"id": n + 1, "phone_hash": f"{n}", "phone_sealed": sealed, "created_at": now} for n in numbers],
            )
            session.execute(insert(Message), [_row(n, now, n >= people - kept) for n in numbers])


def _row(number: int, now: datetime, is_kept: bool) -> dict[str, object]:
    due_at = now + timedelta(hours=12) if is_kept else now - timedelta(seconds=60)
    return {
        "person_id": number + 1,
        "phrase": "sms.received",
        "body": f"Hatua {number}: Garbage not collected, Maringo/Hamza. County promise: fixed by Thu 26 Nov 09:00.",
        "dedupe_key": f"bench:{number}",
        "urgency": 1,
        "state": "queued",
        "by_day": is_kept,
        "not_before": due_at + timedelta(microseconds=number),
        "expires_at": now + timedelta(hours=72),
        "created_at": now - timedelta(seconds=60),
    }


def percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
