"""Losing Redis on purpose: the session store goes, everything else in that Redis stays."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from redis import Redis

LOSE = "/simulator/lose-redis"


def test_sessions_drafts_and_menus_go_and_nothing_else(client: FlaskClient, redis: Redis) -> None:
    gone = ["ussd:s:ATUid_1", "ussd:d:someone", "ussd:menu:current"]
    kept = ["rq:queue:outbox", "simulator:inbox:someone", "not:ussd:s:1"]
    for key in (*gone, *kept):
        redis.set(key, "made up")

    answer = client.post(LOSE, json={})

    assert (answer.status_code, answer.json) == (200, {"lost": 3})
    assert redis.exists(*gone) == 0
    assert redis.exists(*kept) == 3


def test_a_store_of_thousands_is_emptied(client: FlaskClient, redis: Redis) -> None:
    redis.mset({f"ussd:s:ATUid_{number}": "made up" for number in range(1700)})

    assert client.post(LOSE, json={}).json == {"lost": 1700}
    assert redis.dbsize() == 0


def test_a_form_of_another_site_empties_nothing(client: FlaskClient, redis: Redis) -> None:
    redis.set("ussd:s:ATUid_1", "made up")

    assert client.post(LOSE, data={"any": "thing"}).status_code == 415
    assert redis.exists("ussd:s:ATUid_1")


class TestElsewhere:
    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return {**environment, "REDIS_URL": "redis://redis.county.example:6379/0"}

    def test_a_redis_of_another_machine_is_left_alone(self, client: FlaskClient) -> None:
        assert client.post(LOSE, json={}).status_code == 403
        assert "data-lose" not in client.get("/simulator").text


class TestWithoutRedis:
    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return {**environment, "REDIS_URL": "unix:///nowhere/redis.sock"}

    def test_the_page_is_told_that_there_is_nothing_to_lose(self, client: FlaskClient) -> None:
        assert client.post(LOSE, json={}).status_code == 503
