"""Starting: from nothing to the first answer, the median of five."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from redis import Redis

from tests.bench.ground import Ground, percentile
from tests.bench.hops import _empty, _flask
from tests.standin.processes import get

_TIMES = 5


def measure(ground: Ground) -> Sequence[Sequence[str]]:
    with ground.empty_database() as url:
        environment = ground.environment(url)

        def empty() -> None:
            with _empty(ground, environment):
                pass

        def web() -> None:
            with ground.processes(environment) as processes:
                processes.start("web")
                while get(processes.port, "/readyz") != (200, "ok\n"):
                    time.sleep(0.02)

        def worker() -> None:
            with ground.processes(environment) as processes, Redis.from_url(ground.redis_url) as redis:
                redis.delete("rq:workers")
                processes.start("worker")
                while not redis.scard("rq:workers"):
                    time.sleep(0.02)

        with ground.processes(environment) as processes:
            _flask(processes, "db", "upgrade")
        base = _median(empty)
        rows = [("an empty Flask view", base), ("web", _median(web)), ("worker", _median(worker))]
    return [("", "seconds", "ratio"), *((name, f"{took:.2f}", f"{took / base:.2f}") for name, took in rows)]


def _median(start: Callable[[], None]) -> float:
    times = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        start()
        times.append(time.perf_counter() - began)
    return percentile(times, 0.5)
