"""What is killed with SIGKILL, frozen or emptied, and started again: web, workers, clock, Redis and PostgreSQL."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis

from gateway.processes.embedded_redis import EmbeddedRedis
from tests.standin.postgres import OwnServer
from tests.standin.processes import Processes

GATEWAY = ("web", "worker", "worker.2", "clock")
_LONGEST_OUTAGE = 2.0


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    server = RedisServer(EmbeddedRedis(folder / "redis.sock", folder / "redis"))
    server.start()
    try:
        yield server
    finally:
        server.kill()


class RedisServer:
    """Durable: what was written survives a SIGKILL; `empty` is how it is lost."""

    def __init__(self, embedded: EmbeddedRedis) -> None:
        self._embedded = embedded
        self.url = f"unix://{embedded.listen}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = self._embedded.start()
        self._embedded.wait_until_ready(self._process)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def empty(self) -> None:
        """All but the reports that wait for a database that is away: of those a caller was told that they are kept."""
        with Redis.from_url(self.url) as redis:
            if redis.llen("ussd:kept") == 0:
                redis.flushall()


@dataclass
class Disasters:
    """All from one thread: a process dies with the thread that started it."""

    gateway: Processes
    postgres: OwnServer
    redis: RedisServer
    chance: random.Random
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        #: When to start again what is down, and to wake what is frozen.
        self._down: dict[str, float] = {}
        self._frozen: dict[str, float] = {}

    def rage(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._strike()
            pause = time.monotonic() + self.chance.uniform(0.5, 3)
            while time.monotonic() < pause:
                self._mend(time.monotonic())
                time.sleep(0.05)

    def end(self) -> None:
        """Everything runs again."""
        self._mend(float("inf"))

    def _strike(self) -> None:
        kinds = [*GATEWAY, "redis", "postgres", "empty", "freeze"]
        kind = self.chance.choices(kinds, [3, 5, 5, 3, 2, 2, 2, 2])[0]
        now = time.monotonic()
        if kind == "freeze":
            kind = self.chance.choice(["worker", "worker.2", "clock"])
            if kind not in self._down and kind not in self._frozen:
                os.killpg(self.gateway.pid(kind), signal.SIGSTOP)
                self._frozen[kind] = now + self.chance.choice((1, 4, 14))
                self.happened[f"{kind} frozen"] += 1
            return
        if kind == "empty":
            if "redis" not in self._down:
                self.redis.empty()
                self.happened["redis emptied"] += 1
            return
        if kind in self._down:
            return
        self.happened[kind] += 1
        self._frozen.pop(kind, None)
        self._kill(kind)
        self._down[kind] = now + self.chance.uniform(0, _LONGEST_OUTAGE)

    def _kill(self, kind: str) -> None:
        if kind == "redis":
            self.redis.kill()
        elif kind == "postgres":
            self.postgres.end(signal.SIGKILL)
        else:
            self.gateway.kill(kind)

    def _mend(self, now: float) -> None:
        for kind in [kind for kind, at in self._frozen.items() if at <= now]:
            os.killpg(self.gateway.pid(kind), signal.SIGCONT)
            del self._frozen[kind]
        for kind in [kind for kind, at in self._down.items() if at <= now]:
            if kind == "redis":
                self.redis.start()
            elif kind == "postgres":
                self.postgres.start()
            else:
                self.gateway.start(kind)
            del self._down[kind]
