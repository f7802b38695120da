"""Starting: from nothing to the first answer, the median of five."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from redis import Redis

from tests.bench.ground import Ground, percentile
from tests.bench.hops import empty_view, upgrade
from tests.standin.processes import get

_TIMES = 5


def measure(ground: Ground) -> Sequence[Sequence[str]]:
    with ground.empty_database() as url:
        environment = ground.environment(url)
        with ground.processes(environment) as processes:
            upgrade(processes)
        base = _median(lambda: _empty(ground, environment))
        rows = [
            ("an empty Flask view", base),
            ("web", _median(lambda: _web(ground, environment))),
            ("worker", _median(lambda: _worker(ground, environment))),
        ]
    return [("", "seconds", "ratio"), *((name, f"{took:.2f}", f"{took / base:.2f}") for name, took in rows)]


def _empty(ground: Ground, environment: Mapping[str, str]) -> float:
    began = time.perf_counter()
    with empty_view(ground, environment):
        return time.perf_counter() - began


def _web(ground: Ground, environment: Mapping[str, str]) -> float:
    with ground.processes(environment) as processes:
        began = time.perf_counter()
        processes.start("web")
        while get(processes.port, "/readyz") != (200, "ok\n"):
            time.sleep(0.02)
        return time.perf_counter() - began


def _worker(ground: Ground, environment: Mapping[str, str]) -> float:
    with ground.processes(environment) as processes, Redis.from_url(ground.redis_url) as redis:
        redis.delete("rq:workers")
        began = time.perf_counter()
        processes.start("worker")
        while not redis.scard("rq:workers"):
            time.sleep(0.02)
        return time.perf_counter() - began


def _median(start: Callable[[], float]) -> float:
    return percentile([start() for _ in range(_TIMES)], 0.5)
