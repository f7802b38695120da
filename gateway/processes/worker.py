"""A worker: does in this one process what RQ wakes it for. It outlives a restart of Redis, and ends when asked to,
after what it has begun.

No fork for each job: measured five times as fast, and the connections to database and carrier stay open.
"""

from __future__ import annotations

import logging
import os
import signal
from types import FrameType

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker import DequeueStrategy

from gateway import jobs
from gateway.config import Settings
from gateway.wakeups import QUEUES

log = logging.getLogger(__name__)

#: Short, so that an idle worker notices soon what another has left behind.
_TTL_SECONDS = 30
_MAINTENANCE_SECONDS = 15
#: Longer than the blocking wait for a job (TTL less 15 s), which would else end in an error each time.
_SOCKET_SECONDS = _TTL_SECONDS + 5
_PAUSES = (0.2, 0.5, 1.0, 2.0)


class Worker(SimpleWorker):
    #: A resident who waits for an answer should not wait a minute after Redis is back.
    max_connection_wait_time = 2

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        jobs.stopping.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def main() -> int:
    settings = Settings.read(os.environ)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda _number, _frame: jobs.stopping.set())
    redis = Redis.from_url(
        settings.redis_url,
        socket_timeout=_SOCKET_SECONDS,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=0,
    )
    failures = 0
    while not jobs.stopping.is_set():
        try:
            # A new one each time: RQ's own worker gives up for good when Redis goes away in the middle of a job.
            work(redis)
            failures = 0
        except StopRequested:
            break
        except RedisError as error:
            failures += 1
            log.warning("worker without Redis error=%s", type(error).__name__)
        _pause(_PAUSES[min(failures, len(_PAUSES)) - 1] if failures else _PAUSES[0])
    return 0


def work(redis: Redis, *, most_jobs: int | None = None) -> None:
    """Until it is asked to stop, or has done so many jobs. A flood of SMS does not keep the answers from going out."""
    _new_worker(redis).work(logging_level="WARNING", dequeue_strategy=DequeueStrategy.ROUND_ROBIN, max_jobs=most_jobs)


def _pause(seconds: float) -> None:
    jobs.stopping.wait(seconds)


def _new_worker(redis: Redis) -> Worker:
    queues = [Queue(name, connection=redis, serializer=JSONSerializer) for name in QUEUES]
    return Worker(
        queues,
        connection=redis,
        serializer=JSONSerializer,
        worker_ttl=_TTL_SECONDS,
        maintenance_interval=_MAINTENANCE_SECONDS,
        log_job_description=False,
    )
