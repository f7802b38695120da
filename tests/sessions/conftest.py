from __future__ import annotations

from pathlib import Path

import pytest
from redis import Redis

from tests.sessions.village import Phone, Village

SHIPPED = (Path(__file__).parents[2] / "menus" / "hatua.yaml").read_text(encoding="utf-8")


@pytest.fixture
def village(redis: Redis) -> Village:
    return Village(redis, SHIPPED)


@pytest.fixture
def phone(village: Village) -> Phone:
    return Phone(village.conversation())
