"""Sending: one worker process and a provider that takes 100 ms for each message; the rate as the provider saw it."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Sequence

import rq
from redis import Redis
from sqlalchemy import select

from gateway import clock
from gateway.db import Database
from gateway.models import Message
from gateway.wakeups import Wakeups
from tests.bench.ground import Ground, owe

_OURS, _THEIRS, _SLOWLY = 1500, 60, 120


def measure(ground: Ground) -> Sequence[Sequence[str]]:
    with ground.python("-m", "tests.bench.slow_carrier", environment={}) as carrier:
        assert carrier.stdout is not None
        port = int(carrier.stdout.readline())
        forking = _one_job_each(ground, port, "Worker")
        simple = _one_job_each(ground, port, "SimpleWorker")
        ours = _outbox(ground, port, _OURS, "10000")
        limited = _outbox(ground, port, _SLOWLY, "20")
    return (
        ("", "SMS/s", "ratio"),
        ("one RQ job for each SMS, forking worker", f"{forking:.1f}", "1.0"),
        ("one RQ job for each SMS, SimpleWorker", f"{simple:.1f}", f"{simple / forking:.1f}"),
        ("the outbox, one worker", f"{ours:.1f}", f"{ours / forking:.1f}"),
        ("the outbox, SEND_PER_SECOND=20", f"{limited:.1f}", f"{limited / forking:.1f}"),
    )


def _outbox(ground: Ground, port: int, messages: int, per_second: str) -> float:
    with ground.database() as url:
        environment = ground.environment(url, AT_API_URL=f"http://127.0.0.1:{port}", SEND_PER_SECOND=per_second)
        database = Database(url)
        owe(database, clock.now(), messages)
        with ground.processes(environment) as processes:
            processes.start("worker")
            with Redis.from_url(ground.redis_url) as redis:
                _until(lambda: bool(redis.keys("rq:worker:*")))
            _ask(port, "/forget")
            Wakeups(ground.redis_url).outbox()
            rate = _rate(port, messages)
        database.dispose()
    return rate


def _one_job_each(ground: Ground, port: int, kind: str) -> float:
    with ground.database() as url:
        environment = ground.environment(url, AT_API_URL=f"http://127.0.0.1:{port}")
        database = Database(url)
        owe(database, clock.now(), _THEIRS)
        with database.reading() as session:
            ids = list(session.scalars(select(Message.id)))
        database.dispose()
        with Redis.from_url(ground.redis_url) as redis:
            queue = rq.Queue("one-job-each", connection=redis)
            for message_id in ids:
                queue.enqueue("tests.bench.one_job_each.send", message_id)
            _ask(port, "/forget")
            with ground.python("-m", "tests.bench.one_job_each", kind, environment=environment):
                return _rate(port, _THEIRS)


def _rate(port: int, messages: int) -> float:
    _until(lambda: int(_ask(port, "/seen")["count"]) >= messages)
    return (messages - 1) / _ask(port, "/seen")["seconds"]


def _ask(port: int, path: str) -> dict[str, float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer: dict[str, float] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def _until(condition: object, within: float = 120) -> None:
    give_up = time.monotonic() + within
    while not condition():  # type: ignore[operator]
        if time.monotonic() > give_up:
            raise TimeoutError
        time.sleep(0.2)
