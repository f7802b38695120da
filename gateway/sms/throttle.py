"""SEND_PER_SECOND for all workers together: each asks Redis for the next free place in the stream of messages.

Without Redis each worker is careful on its own: a quarter of the rate.
"""

from __future__ import annotations

import logging
import time
from typing import cast

from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_KEY = "hatua:send"
#: So much of a quiet time may be caught up with.
_BURST_SECONDS = 0.5
_TRY_REDIS_AGAIN_SECONDS = 5.0

# KEYS[1] the instant of the next free place; ARGV: seconds that this message takes up, burst. Returns the wait.
# The clock is Redis's own, so those of the workers' machines do not matter.
_PLACE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
local place = math.max(free, now - tonumber(ARGV[2]))
local after = place + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.6f', after), 'PX', math.ceil(math.max(after - now, 0) * 1000) + 1000)
return string.format('%.6f', math.max(place - now, 0))
"""


class Throttle:
    def __init__(self, redis: Redis, per_second: float) -> None:
        self._place = redis.register_script(_PLACE)
        self._per_second = per_second
        self._free_at = 0.0
        self._redis_is_away_until = 0.0

    def wait_seconds(self, parts: int) -> float:
        """How long to wait before sending so many parts; the place is taken, used or not."""
        now = time.monotonic()
        if now >= self._redis_is_away_until:
            try:
                wait = self._place(keys=[_KEY], args=[parts / self._per_second, _BURST_SECONDS])
                return float(cast("bytes", wait))
            except RedisError as error:
                log.warning("throttle without Redis error=%s", type(error).__name__)
                self._redis_is_away_until = now + _TRY_REDIS_AGAIN_SECONDS
        place = max(self._free_at, now)
        self._free_at = place + 4 * parts / self._per_second
        return place - now
