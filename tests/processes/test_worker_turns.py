"""A worker between two queues: a flood in one does not keep the other waiting."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from uuid import uuid4

import pytest
from redis import Redis

from gateway import clock, jobs
from gateway.processes import worker
from gateway.services import Services
from gateway.sms import incoming
from tests.standin.carrier import Carrier

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
PHONES = [f"+2547000001{number:02d}" for number in range(5)]


@pytest.fixture
def own_signals() -> Iterator[None]:
    """RQ takes them for itself."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def receive(services: Services) -> None:
    for phone in PHONES:
        with services.db.transaction() as session:
            form = {"id": str(uuid4()), "from": phone, "text": "STATUS"}
            incoming.store(session, services.phones, form, clock.now())


def test_answers_go_out_while_sms_still_come_in(
    process_services: Services, carrier: Carrier, redis: Redis, own_signals: None
) -> None:
    receive(process_services)
    for _ in range(3):
        process_services.wakeups.incoming()

    worker.work(redis, most_jobs=2)

    assert len(carrier.sent) == len(PHONES)
    assert redis.llen("rq:queue:incoming") > 0


def test_a_job_that_answers_takes_its_turn_and_asks_for_another(services: Services, redis: Redis) -> None:
    receive(services)
    redis.flushall()

    jobs.answer_waiting(services, for_seconds=0)

    with services.db.reading() as session:
        assert incoming.is_waiting(session, clock.now())
    assert redis.llen("rq:queue:incoming") == 1
    for _ in PHONES:
        jobs.answer_waiting(services, for_seconds=0)
    with services.db.reading() as session:
        assert not incoming.is_waiting(session, clock.now())
