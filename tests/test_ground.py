"""The servers that every other test stands on are real, empty and each test's own."""

from __future__ import annotations

import pytest
from redis import Redis
from sqlalchemy import text

from gateway import clock
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Person
from gateway.services import Services

PEOPLE = text("SELECT count(*) FROM people")


@pytest.mark.parametrize("again", [1, 2])
def test_each_test_begins_with_an_empty_database_and_an_empty_redis(
    database: Database, redis: Redis, settings: Settings, again: int
) -> None:
    with database.transaction() as session:
        assert session.scalar(PEOPLE) == 0
        session.add(Person(phone_hash="h", phone_sealed="s", language=None, created_at=clock.now()))
    assert redis.dbsize() == 0
    redis.set("left", "behind")
    assert (settings.database_url, redis.get("left")) == (str(database.engine.url), b"behind")


def test_both_databases_are_what_they_claim(database: Database, backend: str) -> None:
    version = {"sqlite": "SELECT sqlite_version()", "postgresql": "SHOW server_version"}[backend]
    with database.reading() as session:
        assert session.scalar(text(version)) >= {"sqlite": "3.35", "postgresql": "14"}[backend]


def test_a_wake_up_reaches_the_redis_of_the_test(services: Services, redis: Redis) -> None:
    services.wakeups.outbox()
    assert redis.llen("rq:queue:outbox") == 1


def test_jobs_find_the_services_of_the_test(process_services: Services, database_url: str) -> None:
    assert process_services.settings.database_url == database_url
