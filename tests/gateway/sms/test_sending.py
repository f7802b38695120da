from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from redis import Redis
from sqlalchemy import func, select

from gateway import clock, jobs
from gateway.models import Message
from gateway.phones import PhoneBook
from gateway.services import Services
from gateway.sms import outbox
from gateway.sms.outbox import Claimed
from gateway.sms.outcomes import Accepted, Held, NotTried, Outcome, Unknown
from gateway.sms.provider import Provider
from gateway.sms.sending import Sender
from gateway.sms.throttle import Throttle
from gateway.sms.timing import Timing
from gateway.sweeps import sweep
from tests.gateway.sms.conftest import AMINA, NOW, OTIENO, Owe, Row
from tests.standin import faults
from tests.standin.carrier import Carrier

ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def not_stopping() -> Iterator[None]:
    yield
    jobs.stopping.clear()


@pytest.fixture
def owe_now(owe: Owe) -> Owe:
    return partial(owe, now=clock.now() - timedelta(hours=2))


@pytest.fixture
def sender(services: Services, redis: Redis) -> Sender:
    return Sender(Provider(services.settings), Throttle(redis, 1000), services.phones, Timing(), threading.Event())


def batch(services: Services, count: int) -> list[Claimed]:
    return [
        Claimed(number, 1, services.phones.seal(f"+2547000{number:05d}"), f"Hatua {number}", NOW)
        for number in range(1, count + 1)
    ]


def outcomes(sender: Sender, messages: list[Claimed], *, claimed_at: float | None = None) -> dict[int, Outcome]:
    began = time.monotonic() if claimed_at is None else claimed_at
    results = [result for lot in sender.send(messages, began) for result in lot]
    assert len(results) == len(messages)
    return {claimed.id: outcome for claimed, outcome in results}


@ON_SQLITE
def test_a_batch_goes_out_each_message_once(services: Services, sender: Sender, carrier: Carrier) -> None:
    results = outcomes(sender, batch(services, 60))

    assert all(isinstance(outcome, Accepted) for outcome in results.values())
    assert sorted(sms.text for sms in carrier.sent) == sorted(f"Hatua {number}" for number in range(1, 61))


@ON_SQLITE
def test_a_batch_does_not_wait_for_one_slow_answer(services: Services, sender: Sender, carrier: Carrier) -> None:
    carrier.script(faults.late(1))
    began = time.monotonic()

    outcomes(sender, batch(services, 40))

    assert time.monotonic() - began < 3


@ON_SQLITE
def test_a_wrong_key_is_not_asked_about_for_the_whole_batch(
    services: Services, sender: Sender, carrier: Carrier
) -> None:
    carrier.api_key = "another"

    results = outcomes(sender, batch(services, 100))

    assert len(carrier.requests) < 60
    assert {type(outcome) for outcome in results.values()} == {Held, NotTried}


@ON_SQLITE
def test_an_outage_puts_only_some_of_a_batch_in_doubt(services: Services, sender: Sender, carrier: Carrier) -> None:
    carrier.script(*[faults.http_error(500)] * 100)

    results = outcomes(sender, batch(services, 100))

    assert sum(isinstance(outcome, Unknown) for outcome in results.values()) < 60
    assert sum(isinstance(outcome, NotTried) for outcome in results.values()) > 40


@ON_SQLITE
def test_what_was_claimed_too_long_ago_is_given_back_unsent(
    services: Services, sender: Sender, carrier: Carrier
) -> None:
    results = outcomes(sender, batch(services, 3), claimed_at=time.monotonic() - 11)

    assert set(results.values()) == {NotTried()}
    assert carrier.requests == []


@ON_SQLITE
def test_a_worker_that_is_stopping_begins_nothing_new(services: Services, redis: Redis, carrier: Carrier) -> None:
    stopping = threading.Event()
    stopping.set()
    ending = Sender(Provider(services.settings), Throttle(redis, 1000), services.phones, Timing(), stopping)

    assert set(outcomes(ending, batch(services, 3)).values()) == {NotTried()}
    assert carrier.requests == []


@ON_SQLITE
def test_numbers_sealed_with_another_key_hold_the_outbox(services: Services, redis: Redis, carrier: Carrier) -> None:
    other = Sender(
        Provider(services.settings), Throttle(redis, 1000), PhoneBook("another key"), Timing(), threading.Event()
    )

    assert isinstance(outcomes(other, batch(services, 1))[1], Held)
    assert carrier.requests == []


@ON_SQLITE
def test_workers_share_one_rate(redis: Redis, services: Services) -> None:
    workers = [Throttle(redis, per_second=100) for _ in range(4)]

    waits = [workers[number % 4].wait_seconds(1) for number in range(200)]

    # Half a second may be caught up with; the rest stand one behind the other.
    assert waits[0] == 0
    assert 1.2 < waits[-1] < 1.6
    assert waits == sorted(waits)


@ON_SQLITE
def test_without_redis_a_worker_sends_more_slowly_but_sends(services: Services) -> None:
    throttle = Throttle(Redis.from_url("unix:///nowhere/redis.sock"), per_second=10)

    waits = [throttle.wait_seconds(1) for _ in range(3)]

    assert waits[0] == 0
    assert waits[2] == pytest.approx(0.8, abs=0.1)


def test_draining_sends_what_is_owed_and_writes_down_what_came_of_it(
    services: Services, carrier: Carrier, owe_now: Owe, row: Row
) -> None:
    ids = [owe_now(AMINA), owe_now(AMINA), owe_now(OTIENO)]

    jobs.drain(services)

    assert [row(message_id).state for message_id in ids] == ["submitted"] * 3
    assert [sms.text for sms in carrier.inbox(AMINA)] == [row(message_id).body for message_id in ids[:2]]
    assert row(ids[0]).provider_id == carrier.inbox(AMINA)[0].message_id
    assert row(ids[0]).cost == "KES 0.8000"


def test_workers_at_once_send_each_message_once_and_in_order(
    services: Services, carrier: Carrier, owe_now: Owe
) -> None:
    phones = [f"+2547000003{number:02d}" for number in range(10)]
    for _ in range(5):
        for phone in phones:
            owe_now(phone)
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        jobs.drain(services)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    jobs.drain(services)

    assert len(carrier.sent) == 50
    for phone in phones:
        texts = [sms.text for sms in carrier.inbox(phone)]
        assert len(set(texts)) == 5
        assert texts == sorted(texts)


def test_a_definite_no_is_sent_later_and_once(services: Services, carrier: Carrier, owe_now: Owe, row: Row) -> None:
    message_id = owe_now()
    carrier.script(faults.throttled("0"))

    jobs.drain(services)

    assert row(message_id).state == "queued"
    assert not row(message_id).may_be_double
    assert carrier.sent == []
    assert timedelta(seconds=2) < row(message_id).not_before - clock.now() < timedelta(seconds=7)


def test_a_lost_answer_is_a_doubt_and_not_sent_at_once(
    services: Services, carrier: Carrier, owe_now: Owe, row: Row
) -> None:
    message_id = owe_now()
    carrier.script(faults.accepted_then_dropped())

    jobs.drain(services)
    jobs.drain(services)

    assert row(message_id).state == "unknown"
    assert len(carrier.sent) == 1


def test_draining_an_empty_outbox_asks_nothing_of_the_carrier(services: Services, carrier: Carrier) -> None:
    jobs.drain(services)

    assert carrier.requests == []


def test_a_job_that_stops_early_asks_for_another(
    services: Services, carrier: Carrier, owe_now: Owe, redis: Redis
) -> None:
    owe_now()
    owe_now()
    redis.flushall()

    jobs.drain(services, for_seconds=0)

    assert len(carrier.sent) == 1
    assert redis.llen("rq:queue:outbox") == 1
    with services.db.reading() as session:
        assert session.scalar(select(func.count()).where(Message.state == "queued")) == 1


def test_a_burst_of_owed_messages_makes_few_wake_ups(services: Services, owe_now: Owe, redis: Redis) -> None:
    for _ in range(50):
        owe_now()

    assert 1 <= redis.llen("rq:queue:outbox") <= 4


def test_what_was_claimed_and_never_settled_is_sent_once_more_and_marked(
    services: Services, carrier: Carrier, owe_now: Owe, row: Row
) -> None:
    message_id = owe_now()
    with services.db.transaction() as session:
        (claimed,) = outbox.claim(session, clock.now() - timedelta(hours=1), Timing(), 1)
    Provider(services.settings).send_one(AMINA, claimed.body)

    sweep(services, clock.now() - timedelta(minutes=10))
    assert row(message_id).state == "unknown"
    for _ in range(3):
        sweep(services, clock.now())
        jobs.drain(services)

    assert len(carrier.inbox(AMINA)) == 2
    assert row(message_id).state == "submitted"
    assert row(message_id).may_be_double


def test_results_are_written_down_once_the_database_is_back(
    services: Services, carrier: Carrier, owe_now: Owe, row: Row, caplog: pytest.LogCaptureFixture
) -> None:
    message_id = owe_now()
    carrier.script(faults.late(0.3))
    worker = threading.Thread(target=jobs.drain, args=(services,))
    worker.start()
    carrier.wait_for_requests(1)
    with services.db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE messages RENAME TO messages_away")
    while "results not written yet" not in caplog.text:
        worker.join(0.02)
        assert worker.is_alive()
    with services.db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE messages_away RENAME TO messages")
    worker.join()

    assert row(message_id).state == "submitted"
    assert len(carrier.sent) == 1
