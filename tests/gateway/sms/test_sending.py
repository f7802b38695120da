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
from gateway.sms.outcomes import Accepted, Held, NotTried, Outcome, Refused, Unknown
from gateway.sms.provider import Provider
from gateway.sms.sending import AT_ONCE, Flight, Sender
from gateway.sms.settling import Result
from gateway.sms.throttle import Throttle
from gateway.sms.timing import Timing
from gateway.sweeps import sweep
from tests.gateway.sms.conftest import AMINA, NOW, OTIENO, Owe, Row
from tests.standin import faults
from tests.standin.carrier import NO_FAULT, Carrier

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
        Claimed(number, 1, services.phones.seal(f"+2547000{number:05d}"), f"Hatua {number}", NOW, NOW)
        for number in range(1, count + 1)
    ]


def fly(sender: Sender, messages: list[Claimed], *, begun_ago: float = 0) -> dict[int, Outcome]:
    """Sends as a job would, from a queue of these; what is not here at the end was never claimed."""
    flight, waiting = Flight(sender, for_seconds=20), list(messages)
    ended: list[Result] = []
    while True:
        if places := flight.places():
            flight.begin(waiting[:places], time.monotonic() - begun_ago)
            del waiting[:places]
        if not flight.is_busy:
            break
        ended += flight.results()
    assert len({claimed.id for claimed, _ in ended}) == len(ended)
    return {claimed.id: outcome for claimed, outcome in ended}


@ON_SQLITE
def test_what_is_waiting_goes_out_each_message_once(services: Services, sender: Sender, carrier: Carrier) -> None:
    outcomes = fly(sender, batch(services, 100))

    assert all(isinstance(outcome, Accepted) for outcome in outcomes.values())
    assert sorted(sms.text for sms in carrier.sent) == sorted(f"Hatua {number}" for number in range(1, 101))


@ON_SQLITE
def test_nobody_waits_for_one_slow_answer(services: Services, sender: Sender, carrier: Carrier) -> None:
    carrier.script(faults.late(1))
    began = time.monotonic()

    fly(sender, batch(services, 60))

    assert time.monotonic() - began < 3


@ON_SQLITE
def test_no_more_is_claimed_than_can_be_asked_at_once(services: Services, sender: Sender, carrier: Carrier) -> None:
    flight = Flight(sender, for_seconds=20)
    carrier.script(*[faults.late(1)] * 40)

    first = flight.places()
    flight.begin(batch(services, first), time.monotonic())

    assert first == AT_ONCE
    assert flight.places() == 0
    carrier.wait_for_requests(first)
    while flight.is_busy:
        flight.results()


@ON_SQLITE
def test_places_that_are_not_used_are_there_for_the_next(services: Services, redis: Redis, carrier: Carrier) -> None:
    slow = Sender(Provider(services.settings), Throttle(redis, 20), services.phones, Timing(), threading.Event())

    for _ in range(50):
        flight = Flight(slow, for_seconds=20)
        assert flight.places() > 0
        flight.begin([], time.monotonic())
        assert not flight.is_busy


@ON_SQLITE
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(faults.http_error(401), Held), (faults.http_error(500), Unknown), (faults.http_error(400), Refused)],
    ids=["key", "outage", "puzzle"],
)
def test_what_is_wrong_with_every_message_is_not_asked_for_every_message(
    fault: faults.Fault, outcome: type[Outcome], services: Services, sender: Sender, carrier: Carrier
) -> None:
    carrier.script(*[fault] * 200)

    outcomes = fly(sender, batch(services, 200))

    assert {type(one) for one in outcomes.values()} == {outcome}
    assert len(outcomes) <= 2 * AT_ONCE


@ON_SQLITE
def test_what_was_claimed_too_long_ago_is_given_back_unsent(
    services: Services, sender: Sender, carrier: Carrier
) -> None:
    assert set(fly(sender, batch(services, 3), begun_ago=11).values()) == {NotTried()}
    assert carrier.requests == []


@ON_SQLITE
def test_a_worker_that_is_stopping_claims_nothing_new(services: Services, redis: Redis, carrier: Carrier) -> None:
    stopping = threading.Event()
    stopping.set()
    ending = Sender(Provider(services.settings), Throttle(redis, 1000), services.phones, Timing(), stopping)

    assert fly(ending, batch(services, 3)) == {}
    assert carrier.requests == []


@ON_SQLITE
def test_numbers_sealed_with_another_key_hold_the_outbox(services: Services, redis: Redis, carrier: Carrier) -> None:
    other = Sender(
        Provider(services.settings), Throttle(redis, 1000), PhoneBook("another key"), Timing(), threading.Event()
    )

    assert isinstance(fly(other, batch(services, 1))[1], Held)
    assert carrier.requests == []


@ON_SQLITE
def test_workers_share_one_rate(redis: Redis, services: Services) -> None:
    workers = [Throttle(redis, per_second=100) for _ in range(4)]

    began = time.monotonic()
    places = [workers[number % 4].wait_seconds(1) + time.monotonic() - began for number in range(200)]

    # A tenth of a second may be caught up with; the rest stand one behind the other.
    assert places[0] == pytest.approx(0, abs=0.3)
    assert places[-1] == pytest.approx(1.9, abs=0.3)


@ON_SQLITE
def test_what_is_claimed_together_goes_out_at_the_rate(services: Services, redis: Redis, carrier: Carrier) -> None:
    times: list[float] = []

    def note() -> faults.Fault:
        times.append(time.monotonic())
        return NO_FAULT

    carrier.weather = note
    sender = Sender(Provider(services.settings), Throttle(redis, 20), services.phones, Timing(), threading.Event())
    began = time.monotonic()

    fly(sender, batch(services, 12))

    # A tenth of a second may be caught up with.
    assert all(at - began > number / 20 - 0.11 for number, at in enumerate(times))


@ON_SQLITE
def test_a_carrier_that_is_asked_too_much_is_left_alone_and_then_asked_less(redis: Redis, services: Services) -> None:
    one, other = Throttle(redis, per_second=100), Throttle(redis, per_second=100)

    one.slow_down(3)

    assert other.wait_seconds(100) == pytest.approx(3, abs=0.2)
    # A hundred now take two seconds instead of one.
    assert other.wait_seconds(1) == pytest.approx(5, abs=0.2)


@ON_SQLITE
def test_the_answer_429_slows_all_workers_down(services: Services, redis: Redis, carrier: Carrier) -> None:
    sender = Sender(Provider(services.settings), Throttle(redis, 1000), services.phones, Timing(), threading.Event())
    carrier.script(faults.throttled("7"))

    fly(sender, batch(services, 1))

    assert 6 < Throttle(redis, 1000).wait_seconds(1) <= 7


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
    carrier.script(faults.late(1))

    jobs.drain(services, for_seconds=0.8)

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
