"""Published menus: immutable versions by their hash, in Redis, with an archive that outlives it.

A process parses a version once. Sessions keep the version they began with.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Protocol, cast

from redis import Redis
from redis.exceptions import RedisError

from menus.grammar import Menu
from menus.load import load
from sessions.store import CURRENT_MENU_KEY

log = logging.getLogger(__name__)

#: How long Redis is believed about what is in force; then the archive is asked, which a publication never misses.
BELIEVED_SECONDS = 60
#: For when the archive cannot be asked: what was last known to be in force.
_LAST_MENU_KEY = "ussd:menu:last"
#: Longer than any session or draft can live.
_LIFE_SECONDS = 7 * 24 * 3600


class NoMenu(Exception):
    """No menu has been published, or the version asked for is in no store."""


class ArchiveAway(Exception):
    """The archive cannot be read now."""


class Archive(Protocol):
    """Where published menus are kept for good. Every method may raise ArchiveAway."""

    def newest(self) -> str | None:
        """Hash of the version in force."""

    def source(self, sha: str) -> str | None: ...


class Versions:
    def __init__(self, redis: Redis, archive: Archive) -> None:
        self._redis = redis
        self._archive = archive
        self._parsed: dict[str, Menu] = {}
        #: What this process has last seen in force, for when neither store can say.
        self._seen: str | None = None

    def current(self, held: str | None) -> str:
        """The version in force: as Redis said with the session, else as the archive knows it."""
        if held is None:
            try:
                held = self._archive.newest()
            except ArchiveAway:
                held = self._last() or self._seen
            if held is None:
                raise NoMenu("no menu has been published: flask menus publish")
            self._remember(held)
        self._seen = held
        return held

    def menu(self, sha: str) -> Menu:
        menu = self._parsed.get(sha)
        if menu is None:
            source = self._from_redis(sha) or self._from_archive(sha)
            if source is None:
                raise NoMenu(f"version {sha[:12]} is in no store")
            menu = self._parsed[sha] = load(source)
        return menu

    def put_in_force(self, source: str) -> None:
        """Into Redis; the archive has it already. Raises RedisError: then it is in force within BELIEVED_SECONDS."""
        sha = sha_of(source)
        with self._redis.pipeline() as together:
            together.set(_key(sha), source, ex=_LIFE_SECONDS)
            together.set(_LAST_MENU_KEY, sha)
            together.set(CURRENT_MENU_KEY, sha, ex=BELIEVED_SECONDS)
            together.execute()

    def _from_redis(self, sha: str) -> str | None:
        try:
            source = cast("bytes | None", self._redis.get(_key(sha)))
        except RedisError:
            return None
        # A version is what its hash says, whoever else writes into this Redis.
        return source.decode() if source and hashlib.sha256(source).hexdigest() == sha else None

    def _from_archive(self, sha: str) -> str | None:
        source = self._archive.source(sha)
        if source is not None:
            try:
                self._redis.set(_key(sha), source, ex=_LIFE_SECONDS)
            except RedisError as error:
                log.warning("menu version not remembered error=%s", type(error).__name__)
        return source

    def _last(self) -> str | None:
        try:
            sha = cast("bytes | None", self._redis.get(_LAST_MENU_KEY))
        except RedisError:
            return None
        return sha.decode() if sha else None

    def _remember(self, sha: str) -> None:
        """Not over what a publication has written meanwhile."""
        try:
            with self._redis.pipeline() as together:
                together.expire(_key(sha), _LIFE_SECONDS)
                together.set(_LAST_MENU_KEY, sha)
                together.set(CURRENT_MENU_KEY, sha, nx=True, ex=BELIEVED_SECONDS)
                together.execute()
        except RedisError as error:
            log.warning("menu version not remembered error=%s", type(error).__name__)


def sha_of(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def _key(sha: str) -> str:
    return f"ussd:menu:{sha}"
