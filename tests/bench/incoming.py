"""An SMS that comes in: stored, a worker woken, and answered 200, one by one; and 720 copies of one that arrive at
once, each on a connection of its own. Beside an empty Flask view on the same server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

from redis import Redis
from sqlalchemy import func, select

from gateway.db import Database
from gateway.models import IncomingSms
from gateway.wakeups import INCOMING_QUEUE
from tests.bench.ground import Ground, percentile
from tests.bench.hops import empty_view, upgrade
from tests.bench.line import Line

_ONE_BY_ONE, _ROUNDS = 200, 3
_COPIES = 720


def measure(ground: Ground) -> Sequence[Sequence[str]]:
    times: dict[str, list[float]] = {}

    def take(name: str, taken: list[float]) -> None:
        times.setdefault(name, []).extend(taken)

    with ground.empty_database() as url:
        environment = ground.environment(url)
        with ground.processes(environment) as processes, empty_view(ground, environment) as (empty, _process):
            upgrade(processes)
            processes.start("web")
            processes.wait_until_ready()
            web, ids = processes.port, _new_ids()
            with Redis.from_url(ground.redis_url) as redis:

                def no_worker_is_awake() -> None:
                    redis.delete(f"rq:queue:{INCOMING_QUEUE}")

                for number in range(_ROUNDS + 1):
                    # In turns: whatever else the machine does falls on all. The first turn warms up.
                    base = asyncio.run(_one_by_one(empty, ids, no_worker_is_awake))
                    new = asyncio.run(_one_by_one(web, ids, no_worker_is_awake))
                    copies = asyncio.run(_one_by_one(web, lambda: "a copy", no_worker_is_awake))
                    burst_base = asyncio.run(_at_once(empty, "nothing"))
                    burst = asyncio.run(_at_once(web, f"burst {number}"))
                    if number:
                        take("an empty Flask view", base)
                        take("a new SMS", new)
                        take("a copy of one", copies)
                        take("720 at once: an empty Flask view", burst_base)
                        take("720 at once: copies of one SMS", burst)
        assert _stored(url) == (_ROUNDS + 1) * (_ONE_BY_ONE + 1) + 1, "each SMS is stored once"
    rows = [("", "p50 ms", "p99 ms", "ratio of p50")]
    for name, taken in times.items():
        base = times["720 at once: an empty Flask view" if name.startswith("720") else "an empty Flask view"]
        p50, p99 = (percentile(taken, part) * 1000 for part in (0.5, 0.99))
        rows.append((name, f"{p50:.1f}", f"{p99:.1f}", f"{percentile(taken, 0.5) / percentile(base, 0.5):.1f}"))
    return rows


async def _one_by_one(port: int, next_id: Callable[[], str], before: Callable[[], None]) -> list[float]:
    line, times = await Line.open(port), []
    for _ in range(_ONE_BY_ONE):
        before()
        times.append(await _post(line, next_id()))
    line.close()
    return times


async def _at_once(port: int, sms_id: str) -> list[float]:
    lines = [await Line.open(port) for _ in range(_COPIES)]
    times = await asyncio.gather(*(_post(line, sms_id) for line in lines))
    for line in lines:
        line.close()
    return times


async def _post(line: Line, sms_id: str) -> float:
    form = {
        "id": sms_id,
        "from": "+254700000101",
        "to": "21972",
        "text": "TAKA Kayole soko, lori linamwaga usiku",
        "date": "2026-03-02 09:20:11",
        "linkId": "",
        "networkCode": "63902",
        "cost": "KES 0.00",
    }
    began = time.perf_counter()
    await line.post("sms", form)
    return time.perf_counter() - began


def _new_ids() -> Callable[[], str]:
    return lambda: str(uuid4())


def _stored(url: str) -> int:
    database = Database(url)
    try:
        with database.reading() as session:
            return session.scalars(select(func.count()).select_from(IncomingSms)).one()
    finally:
        database.dispose()
