"""SEND_PER_SECOND for all workers together: each asks Redis for the next free places in the stream of messages.

A carrier that answers "too many" makes everybody pause, and then go at half the pace for a minute. Without Redis each
worker is careful on its own: a quarter of the rate.
"""

from __future__ import annotations

import logging
import time
from typing import cast

from redis import Redis
from redis.commands.core import Script
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

#: The instant of the next free place; how often the pace is halved.
_KEYS = ("hatua:send", "hatua:send:halved")
#: So much of a quiet time may be caught up with: a worker that is a little late loses nothing.
_BURST_SECONDS = 0.1
_TRY_REDIS_AGAIN_SECONDS = 5.0

# The clock is Redis's own, so those of the workers' machines do not matter.
_BEGIN = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
local function keep(instant)
  redis.call('SET', KEYS[1], string.format('%.6f', instant), 'PX', math.ceil(math.max(instant - now, 0) * 1000) + 1000)
end
"""
# ARGV: seconds that these messages take up (less than none: given back), burst. Returns the wait.
_PLACE = f"""{_BEGIN}
local takes = ARGV[1] * 2 ^ tonumber(redis.call('GET', KEYS[2]) or '0')
if takes < 0 then if free > now then keep(free + takes) end return '0' end
local place = math.max(free, now - ARGV[2])
keep(place + takes)
return string.format('%.6f', math.max(place - now, 0))
"""
# ARGV: seconds to pause, most halvings, seconds that a halving lasts.
_SLOW_DOWN = f"""{_BEGIN}
keep(math.max(free, now + ARGV[1]))
if redis.call('INCR', KEYS[2]) > tonumber(ARGV[2]) then redis.call('SET', KEYS[2], ARGV[2]) end
return redis.call('EXPIRE', KEYS[2], ARGV[3])
"""
_MOST_HALVINGS, _HALVED_SECONDS = 3, 60


class Throttle:
    def __init__(self, redis: Redis, per_second: float) -> None:
        self._place = redis.register_script(_PLACE)
        self._slow_down = redis.register_script(_SLOW_DOWN)
        self.per_second = per_second
        self._free_at = 0.0
        self._redis_is_away_until = 0.0

    def wait_seconds(self, messages: int) -> float:
        """How long to wait before so many may be sent; their places are taken, until they are given back."""
        answer = self._ask(self._place, messages / self.per_second, _BURST_SECONDS)
        if answer is not None:
            return float(cast("bytes", answer))
        now = time.monotonic()
        place = max(self._free_at, now)
        self._free_at = place + 4 * messages / self.per_second
        return place - now

    def give_back(self, messages: int) -> None:
        """What was taken and is not used."""
        if self._ask(self._place, -messages / self.per_second, _BURST_SECONDS) is None:
            self._free_at -= 4 * messages / self.per_second

    def slow_down(self, seconds: float) -> None:
        """The carrier has asked for it."""
        if self._ask(self._slow_down, seconds, _MOST_HALVINGS, _HALVED_SECONDS) is None:
            self._free_at = max(self._free_at, time.monotonic() + seconds)

    def _ask(self, script: Script, *arguments: float) -> object:
        """None where Redis is away."""
        now = time.monotonic()
        if now < self._redis_is_away_until:
            return None
        try:
            return cast("object", script(keys=_KEYS, args=arguments))
        except RedisError as error:
            log.warning("throttle without Redis error=%s", type(error).__name__)
            self._redis_is_away_until = now + _TRY_REDIS_AGAIN_SECONDS
            return None
