"""Wake-ups by RQ: "there is work", never the work itself. SQL is the truth, so a lost wake-up costs one sweep.

A wake-up never raises: when Redis is away the clock finds the work.
"""

from __future__ import annotations

import logging

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

OUTBOX_QUEUE = "outbox"
INCOMING_QUEUE = "incoming"
#: A worker takes a job from each in turn.
QUEUES = (INCOMING_QUEUE, OUTBOX_QUEUE)

#: Jobs waiting in a queue; with several, several workers wake.
_ENOUGH = 4

# A hop or a callback is waiting: fail at once, the clock is there (redis-py's default waits for seconds).
_IMPATIENT = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "retry": Retry(NoBackoff(), 1),
}


class Wakeups:
    def __init__(self, redis_url: str) -> None:
        redis = Redis.from_url(redis_url, **_IMPATIENT)
        self._queues = {name: Queue(name, connection=redis, serializer=JSONSerializer) for name in QUEUES}

    def outbox(self) -> bool:
        """Asks a worker to send what is due. False where that was not possible."""
        return self._enqueue(OUTBOX_QUEUE, "gateway.jobs.drain_outbox")

    def incoming(self) -> bool:
        """Asks a worker to answer the SMS that have come in. False where that was not possible."""
        return self._enqueue(INCOMING_QUEUE, "gateway.jobs.handle_incoming")

    def _enqueue(self, queue: str, job: str) -> bool:
        try:
            # A job that has not begun yet will see what was committed before now: a burst needs no more of them.
            if self._queues[queue].count < _ENOUGH:
                self._queues[queue].enqueue(job, result_ttl=0, failure_ttl=3600, job_timeout=120)
        except RedisError as error:
            log.warning("wake-up lost queue=%s error=%s", queue, type(error).__name__)
            return False
        return True
