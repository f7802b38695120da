from __future__ import annotations

from pathlib import Path

import pytest
from redis import Redis

from tests.sessions.village import Phone, Village

#: What the engine's own tests walk through; the menu that residents see changes with what they need.
SMALL = (Path(__file__).parent / "village.yaml").read_text(encoding="utf-8")
SHIPPED = (Path(__file__).parents[2] / "menus" / "hatua.yaml").read_text(encoding="utf-8")


@pytest.fixture
def village(redis: Redis) -> Village:
    return Village(redis, SMALL)


@pytest.fixture
def phone(village: Village) -> Phone:
    return Phone(village.conversation())
