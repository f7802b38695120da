"""What a plain hop costs: two round trips to Redis, no SQL, nothing read from the disk again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import event

from gateway.services import Services
from tests.standin.carrier import Carrier

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@contextmanager
def counted(app: Flask, redis: Redis) -> Iterator[dict[str, int]]:
    """Redis commands, as Redis counts them, and SQL statements."""
    services: Services = app.extensions["hatua"]
    counts = {"redis": 0, "sql": 0}

    def statement(*_: object) -> None:
        counts["sql"] += 1

    event.listen(services.db.engine, "before_cursor_execute", statement)
    redis.config_resetstat()
    try:
        yield counts
    finally:
        event.remove(services.db.engine, "before_cursor_execute", statement)
        stats = redis.info("commandstats")
        ours = {name for name in stats if name in ("cmdstat_mget", "cmdstat_evalsha", "cmdstat_eval")}
        inside = {"cmdstat_get", "cmdstat_set", "cmdstat_info", "cmdstat_config|resetstat", "cmdstat_hello"}
        inside |= {"cmdstat_client|setinfo", "cmdstat_ping", "cmdstat_select", "cmdstat_script|load"}
        assert set(stats) <= ours | inside, stats
        counts["redis"] = sum(int(stats[name]["calls"]) for name in ours)


def test_a_plain_hop_is_two_round_trips_and_no_sql(app: Flask, carrier: Carrier, redis: Redis) -> None:
    call = carrier.dial("+254700000001")
    call.choose("English")
    call.choose("Report a problem")

    for label in ("Garbage & dumping", "Illegal dumping", "Kasarani"):
        with counted(app, redis) as counts:
            call.press(str(call.screen.number_of(label) or 7))
        assert counts == {"redis": 2, "sql": 0}, label


def test_a_call_begins_with_one_question_to_the_database_and_one_row(
    app: Flask, carrier: Carrier, redis: Redis
) -> None:
    carrier.dial("+254700000001").choose("English")

    with counted(app, redis) as counts:
        carrier.dial("+254700000001")
    assert counts == {"redis": 2, "sql": 3}, "with SQLite's BEGIN"


def test_a_free_text_is_noted_with_one_statement(app: Flask, carrier: Carrier, redis: Redis) -> None:
    call = carrier.dial("+254700000001")
    for answer in ("1", "1", "1", "1", "2", "1"):
        call.press(answer)

    with counted(app, redis) as counts:
        call.press("Kayole")
    assert counts == {"redis": 2, "sql": 2}, "with SQLite's BEGIN"


def test_a_retry_is_one_round_trip(app: Flask, carrier: Carrier, redis: Redis) -> None:
    call = carrier.dial("+254700000001")
    call.choose("English")

    with counted(app, redis) as counts:
        call.repeat()
    assert counts == {"redis": 1, "sql": 0}
