"""Sessions in Redis: one record each, saved only if the hop that was read is still the last one.

Two round trips a hop: one reads the session and what may be needed to begin one, one saves by compare-and-set. Redis
may be emptied at any moment (the journal rebuilds) or be away (`read` and `save` say so; they never raise).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError
from redis.retry import Retry

from sessions.line import Line
from sessions.record import Record

log = logging.getLogger(__name__)

#: A Kenyan session lives 180 s at most; a little more for carriers' clocks.
LIFE_SECONDS = 300
CURRENT_MENU_KEY = "ussd:menu:current"
#: Written, not deleted: a key that is missing has been lost, and the journal must be asked.
_NO_DRAFT = b"-"
_LANGUAGE_LIFE_SECONDS = 30 * 24 * 3600
_LAPSE_KEY = "ussd:lapse"

# KEYS: 1 session, 2 the caller's draft. ARGV: 1 hop that was read ("" for none), 2 new value, 3 life in seconds,
# 4 the draft, 5 its life in seconds.
_SAVE_IF_UNCHANGED = """
local held = redis.call('GET', KEYS[1])
local hop = held and string.match(held, '^(%d+)|') or ''
if hop ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('SET', KEYS[2], ARGV[4], 'EX', ARGV[5])
return 1
"""
_SAVE_SHA = hashlib.sha1(_SAVE_IF_UNCHANGED.encode(), usedforsecurity=False).hexdigest()


class Saved(Enum):
    YES = "yes"
    #: Another hop of this session was faster.
    BEATEN = "beaten"
    #: Redis is away; the journal will have to do.
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Held:
    record: Record | None
    #: Hash of the menu in force.
    menu: str | None
    #: The caller's unfinished session.
    draft: Record | None
    #: False where Redis may have lost it: then the journal knows.
    knows_draft: bool
    #: The language that the caller was last known to speak.
    language: str | None
    #: When a write to the journal has last failed, as far as Redis was told.
    lapse: float | None = None
    is_away: bool = False


def connect(redis_url: str) -> Redis:
    """A client for request code: a hop cannot wait for a Redis that is away (redis-py's own patience is 59 s)."""
    return Redis.from_url(
        redis_url, socket_timeout=0.3, socket_connect_timeout=0.3, retry=Retry(NoBackoff(), 1), max_connections=64
    )


class Store:
    def __init__(self, redis: Redis, resume_seconds: float) -> None:
        self._line = Line(redis)
        #: How long a session that was cut off can be continued.
        self.resume_seconds = max(int(resume_seconds), 1)

    def read(self, sid: str, caller: str) -> Held:
        keys = (_key(sid), CURRENT_MENU_KEY, _draft_key(caller), _language_key(caller), _LAPSE_KEY)
        try:
            session, menu, draft, language, lapse = cast("list[bytes | None]", self._line.ask("MGET", *keys))
        except RedisError as error:
            log.warning("session store away error=%s", type(error).__name__)
            return Held(None, None, None, False, None, is_away=True)
        return Held(
            record=Record.from_json(session.split(b"|", 1)[1]) if session else None,
            menu=menu.decode() if menu else None,
            # Only a call that begins asks about a draft; its own is in the session.
            draft=Record.from_json(draft) if draft and draft != _NO_DRAFT and not session else None,
            knows_draft=draft is not None,
            language=language.decode() if language else None,
            lapse=float(lapse) if lapse else None,
        )

    def save(self, record: Record, *, read_hop: int | None) -> Saved:
        """`read_hop` is the hop of the record that was read; None if there was none."""
        whole, draft = record.to_jsons()
        arguments = (
            2,
            _key(record.sid),
            _draft_key(record.caller),
            "" if read_hop is None else read_hop,
            f"{record.hop}|{whole}",
            LIFE_SECONDS,
            draft or _NO_DRAFT,
            self.resume_seconds,
        )
        try:
            saved = self._run(arguments)
        except RedisError as error:
            log.warning("session store away error=%s", type(error).__name__)
            return Saved.AWAY
        return Saved.YES if saved else Saved.BEATEN

    def remember_language(self, caller: str, language: str) -> None:
        """So that a caller is spoken to as before while the database is away."""
        self._set(_language_key(caller), language, "EX", _LANGUAGE_LIFE_SECONDS)

    def remember_draft(self, record: Record) -> None:
        """Not over what a later call has left, or has made an end of."""
        _whole, draft = record.to_jsons()
        if draft is not None:
            self._set(_draft_key(record.caller), draft, "EX", self.resume_seconds, "NX")

    def note_lapse(self, at: float) -> None:
        """For the other processes: the journal could not be written then."""
        self._set(_LAPSE_KEY, str(at), "EX", LIFE_SECONDS)

    def _set(self, *command: str | bytes | int) -> None:
        try:
            self._line.ask("SET", *command)
        except RedisError as error:
            log.warning("session store away error=%s", type(error).__name__)

    def forget(self, caller: str, sids: Sequence[str]) -> None:
        """All that is kept of a caller. Raises RedisError where that is not possible now."""
        self._line.ask("DEL", _draft_key(caller), _language_key(caller), *(_key(sid) for sid in sids))

    def _run(self, arguments: tuple[str | bytes | int, ...]) -> bool:
        try:
            return bool(self._line.ask("EVALSHA", _SAVE_SHA, *arguments))
        except NoScriptError:
            # Redis was started anew, or emptied of its scripts; this teaches it again.
            return bool(self._line.ask("EVAL", _SAVE_IF_UNCHANGED, *arguments))


def _key(sid: str) -> str:
    return "ussd:s:" + (sid if len(sid) <= 64 else hashlib.sha256(sid.encode()).hexdigest())


def _draft_key(caller: str) -> str:
    return f"ussd:d:{caller}"


def _language_key(caller: str) -> str:
    return f"ussd:l:{caller}"
