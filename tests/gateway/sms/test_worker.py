"""Real worker and clock processes, killed and robbed of Redis."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import select, update

from gateway import clock
from gateway.config import ROOT
from gateway.models import Message, Person
from gateway.processes.embedded_redis import EmbeddedRedis
from gateway.services import Services
from gateway.sms import receipts
from tests.gateway.sms.conftest import AMINA, OTIENO, Owe, Row
from tests.standin import faults
from tests.standin.carrier import Carrier

pytestmark = pytest.mark.crash
ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts `worker` or `clock`; all of them are stopped in the end."""
    running: list[subprocess.Popen[bytes]] = []

    def start(name: str, **changed: str) -> subprocess.Popen[bytes]:
        settings = {"PATH": os.environ["PATH"], **environment, "SWEEP_SECONDS": "0.2", **changed}
        command = [sys.executable, "-m", "gateway", name]
        with (tmp_path / f"{name}.log").open("ab") as log:
            running.append(subprocess.Popen(command, cwd=ROOT, env=settings, stdout=log, stderr=log))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def until(condition: Callable[[], bool], timeout: float = 30) -> None:
    """Looks again until it holds; what is waited for happens in other processes."""
    give_up = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.05)


def test_a_worker_sends_what_it_is_woken_for(
    start: Start, services: Services, carrier: Carrier, owe: Owe, redis: Redis
) -> None:
    start("worker")
    owe(now=clock.now())

    assert carrier.wait_for_sms(AMINA, timeout=30)


@ON_SQLITE
def test_a_worker_that_is_asked_to_stop_finishes_and_ends_well(
    start: Start, services: Services, carrier: Carrier, owe: Owe, row: Row, redis: Redis
) -> None:
    carrier.script(faults.late(1))
    worker = start("worker")
    message_id = owe(now=clock.now())
    carrier.wait_for_requests(1, timeout=30)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=15) == 0
    assert row(message_id).state == "submitted"
    assert len(carrier.sent) == 1


@ON_SQLITE
@pytest.mark.parametrize("name", ["worker", "clock"])
def test_an_idle_process_ends_at_once_and_well(name: str, start: Start, services: Services, redis: Redis) -> None:
    process = start(name)
    if name == "worker":
        until(lambda: bool(redis.keys("rq:worker:*")))
    else:
        until(lambda: _listens_to_sigterm(process.pid))

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=10) == 0


def test_a_worker_killed_between_request_and_answer_costs_one_marked_resend(
    start: Start, services: Services, carrier: Carrier, owe: Owe, row: Row, redis: Redis
) -> None:
    carrier.script(faults.late(20))
    worker = start("worker")
    message_id = owe(now=clock.now())
    carrier.wait_for_requests(1, timeout=30)
    worker.kill()
    worker.wait()
    _age_claims(services)

    start("clock")
    start("worker")
    carrier.wait_for_requests(2, timeout=30)

    until(lambda: row(message_id).state == "submitted")
    assert row(message_id).may_be_double
    assert row(message_id).resends == 1
    assert len(carrier.sent) == 2


def test_a_worker_killed_over_a_full_outbox_leaves_hardly_a_message_that_it_had_not_begun(
    start: Start, services: Services, carrier: Carrier, owe: Owe, redis: Redis
) -> None:
    carrier.weather = lambda: faults.late(0.5)
    for number in range(100):
        owe(f"+2547000006{number:02d}", now=clock.now())
    worker = start("worker", SEND_PER_SECOND="40")
    asked = carrier.wait_for_requests(30, timeout=30)
    worker.kill()
    worker.wait()

    with services.db.reading() as session:
        claimed = select(Person.phone_sealed).join(Message, Message.person_id == Person.id)
        in_flight = {
            services.phones.open(sealed) for sealed in session.scalars(claimed.where(Message.state == "sending"))
        }
    never_begun = in_flight - {form["to"] for form in [*asked, *carrier.requests]}
    assert in_flight
    # What was claimed in the very last moment, at most: a lot is an eighth of those.
    assert len(never_begun) <= 8


@ON_SQLITE
def test_a_report_after_the_kill_saves_the_resend(
    start: Start, services: Services, carrier: Carrier, owe: Owe, row: Row, redis: Redis
) -> None:
    carrier.script(faults.late(20))
    worker = start("worker")
    message_id = owe(now=clock.now())
    carrier.wait_for_requests(1, timeout=30)
    worker.kill()
    worker.wait()
    with services.db.transaction() as session:
        form = {"id": carrier.sent[0].message_id, "status": "Success", "phoneNumber": AMINA}
        receipts.store(session, services.phones, form, clock.now())
    _age_claims(services)

    start("clock")

    until(lambda: row(message_id).state == "delivered")
    assert len(carrier.sent) == 1
    assert not row(message_id).may_be_double


@ON_SQLITE
def test_a_lost_wake_up_is_made_good_by_the_clock(
    start: Start, services: Services, carrier: Carrier, owe: Owe, redis: Redis
) -> None:
    owe(now=clock.now())
    redis.flushall()
    start("worker")
    start("clock")

    assert carrier.wait_for_sms(AMINA, timeout=30)


@ON_SQLITE
def test_without_redis_the_clock_sends_by_itself(start: Start, services: Services, carrier: Carrier, owe: Owe) -> None:
    start("clock", REDIS_URL="unix:///nowhere/redis.sock")
    owe(now=clock.now())

    assert carrier.wait_for_sms(AMINA, timeout=30)


@ON_SQLITE
def test_a_worker_outlives_a_restart_of_redis(
    start: Start, services: Services, carrier: Carrier, owe: Owe, tmp_path: Path
) -> None:
    server = EmbeddedRedis(tmp_path / "r.sock", tmp_path / "redis", durable=False)
    url = f"unix://{server.listen}"
    with _running(server):
        worker = start("worker", REDIS_URL=url)
        until(lambda: _has_worker(url))

    with _running(server):
        owe(OTIENO, now=clock.now())
        start("clock", REDIS_URL=url)

        assert carrier.wait_for_sms(OTIENO, timeout=30)
        until(lambda: _has_worker(url))
        assert worker.poll() is None


@contextmanager
def _running(server: EmbeddedRedis) -> Iterator[None]:
    with server.start() as process:
        try:
            server.wait_until_ready(process)
            yield
        finally:
            process.kill()


def _has_worker(url: str) -> bool:
    try:
        with Redis.from_url(url) as redis:
            return bool(redis.keys("rq:worker:*"))
    except RedisError:
        return False


def _listens_to_sigterm(pid: int) -> bool:
    caught = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) & (1 << (signal.SIGTERM - 1)))


def _age_claims(services: Services) -> None:
    """As if the lease had passed."""
    with services.db.transaction() as session:
        session.execute(
            update(Message).where(Message.state == "sending").values(claimed_at=clock.now() - timedelta(seconds=31))
        )
