"""Loses the session store on purpose: sessions, drafts and menus go, as in a restart of a Redis that keeps no file.

The queues and the phones' inboxes live in the same Redis and stay. Only a Redis of this machine may be lost.
"""

from __future__ import annotations

from itertools import islice
from urllib.parse import urlsplit

from redis import Redis

STORE = "ussd:*"
_AT_ONCE = 500
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def may_be_lost(redis_url: str) -> bool:
    parts = urlsplit(redis_url)
    return parts.scheme == "unix" or parts.hostname in _LOOPBACK


def lose(redis: Redis) -> int:
    """How many keys are gone. Raises redis.exceptions.RedisError when Redis is away."""
    keys = redis.scan_iter(match=STORE, count=_AT_ONCE)
    lost = 0
    while some := list(islice(keys, _AT_ONCE)):
        lost += redis.unlink(*some)
    return lost
