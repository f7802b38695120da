"""Sessions in Redis: one record each, saved only if the hop that was read is still the last one.

Two round trips a hop: one reads the session and the menu in force, one saves by compare-and-set. Redis may be emptied
at any moment (the journal rebuilds) or be away (`read` and `save` say so; they never raise).
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from sessions.record import Record

log = logging.getLogger(__name__)

#: A Kenyan session lives 180 s at most; a little more for carriers' clocks.
LIFE_SECONDS = 300
CURRENT_MENU_KEY = "ussd:menu:current"

# KEYS[1] session; ARGV[1] hop that was read ("" for none), ARGV[2] new value, ARGV[3] life in seconds.
_SAVE_IF_UNCHANGED = """
local held = redis.call('GET', KEYS[1])
local hop = held and string.match(held, '^(%d+)|') or ''
if hop ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


class Saved(Enum):
    YES = "yes"
    #: Another hop of this session was faster.
    BEATEN = "beaten"
    #: Redis is away; the journal will have to do.
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Held:
    record: Record | None
    menu: str | None


def connect(redis_url: str) -> Redis:
    """A client for request code: a hop cannot wait for a Redis that is away (redis-py's own patience is 59 s)."""
    return Redis.from_url(
        redis_url, socket_timeout=0.3, socket_connect_timeout=0.3, retry=Retry(NoBackoff(), 1), max_connections=64
    )


class Store:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._save = redis.register_script(_SAVE_IF_UNCHANGED)

    def read(self, sid: str) -> Held:
        try:
            session, menu = cast("list[bytes | None]", self._redis.mget(_key(sid), CURRENT_MENU_KEY))
        except RedisError as error:
            log.warning("session store away error=%s", type(error).__name__)
            return Held(None, None)
        record = Record.from_json(session.split(b"|", 1)[1]) if session else None
        return Held(record, menu.decode() if menu else None)

    def save(self, record: Record, *, read_hop: int | None) -> Saved:
        """`read_hop` is the hop of the record that was read; None if there was none."""
        arguments: list[Any] = [
            "" if read_hop is None else read_hop,
            f"{record.hop}|{record.to_json()}",
            LIFE_SECONDS,
        ]
        try:
            saved = self._save(keys=[_key(record.sid)], args=arguments)
        except RedisError as error:
            log.warning("session store away error=%s", type(error).__name__)
            return Saved.AWAY
        return Saved.YES if saved else Saved.BEATEN


def _key(sid: str) -> str:
    return "ussd:s:" + (sid if len(sid) <= 64 else hashlib.sha256(sid.encode()).hexdigest())
