from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from gateway.models import IncomingSms
from gateway.services import Services
from gateway.sms import incoming
from tests.gateway.sms.conftest import AMINA, NOW, OTIENO

Store = Callable[..., bool]


@pytest.fixture
def store(services: Services) -> Store:
    def store(text: str = "STATUS", *, phone: str = AMINA, id: str | None = None, date: str = "") -> bool:
        form = {"from": phone, "to": "21972", "text": text, "date": date} | ({"id": id} if id else {})
        with services.db.transaction() as session:
            return incoming.store(session, services.phones, form, NOW)

    return store


def only_row(services: Services) -> IncomingSms:
    with services.db.reading() as session:
        return session.scalars(select(IncomingSms)).one()


def take(services: Services, after: int = 0, at: datetime = NOW) -> str | None:
    with services.db.transaction() as session:
        row = incoming.next_waiting(session, at, after)
        return row.body if row and incoming.finish(session, row, at) else None


def test_720_copies_are_one_row(services: Services, store: Store) -> None:
    taken = [store("DONE 4821759 truck sent", id="one") for _ in range(720)]

    assert taken == [True] + [False] * 719
    assert only_row(services).body == "DONE 4821759 truck sent"


def test_copies_at_once_are_one_row(services: Services, store: Store) -> None:
    taken: list[bool] = []
    threads = [threading.Thread(target=lambda: taken.append(store(id="one"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == [False] * 7 + [True]


def test_without_an_id_the_same_words_at_the_same_time_are_the_same_sms(services: Services, store: Store) -> None:
    assert store("YES 4821759", date="2026-03-02 09:20:11")
    assert not store("YES 4821759", date="2026-03-02 09:20:11")
    assert store("YES 4821759", date="2026-03-02 09:20:12")
    assert store("YES 4821759", date="2026-03-02 09:20:11", phone=OTIENO)


@pytest.mark.parametrize(
    ("date", "sent_at"),
    [
        ("2026-03-02T06:04:45Z", datetime(2026, 3, 2, 6, 4, 45, tzinfo=UTC)),
        ("2026-03-02 06:04:45", datetime(2026, 3, 2, 6, 4, 45, tzinfo=UTC)),
        ("2026-03-02T06:04:45.500Z", datetime(2026, 3, 2, 6, 4, 45, 500_000, tzinfo=UTC)),
        ("2026-03-02T09:04:45+03:00", datetime(2026, 3, 2, 6, 4, 45, tzinfo=UTC)),
        ("yesterday", NOW),
        ("", NOW),
    ],
)
def test_a_date_in_any_form_is_understood_or_is_now(
    date: str, sent_at: datetime, services: Services, store: Store
) -> None:
    store(date=date)

    assert only_row(services).sent_at == sent_at


@pytest.mark.parametrize(
    ("phone", "text", "id"),
    [
        (AMINA, "nul \x00 nul", "with \x00 nul"),
        (AMINA, "😀" * 2500, "emoji"),
        (AMINA, "x" * 10_000, "y" * 10_000),
        ("SAFARICOM", "You have won", "name"),
        ("22384", "Bundle", "short code"),
        ("", "", ""),
        (" 254700000101", "encoded plus", "plus"),
    ],
)
def test_odd_content_is_stored_once(phone: str, text: str, id: str, services: Services, store: Store) -> None:
    assert store(text, phone=phone, id=id)
    assert not store(text, phone=phone, id=id)

    row = only_row(services)
    assert len(row.body) == len(text)
    assert "\x00" not in row.body
    assert row.phone_sealed is None or services.phones.open(row.phone_sealed) == AMINA


def test_the_number_is_not_readable_in_the_row(services: Services, store: Store) -> None:
    store()

    row = only_row(services)
    assert row.phone_hash == services.phones.hash(AMINA)
    assert AMINA[1:] not in f"{row.phone_sealed}{row.phone_hash}{row.provider_id}"


def test_sms_are_taken_oldest_first_and_once(services: Services, store: Store) -> None:
    for text in ("one", "two"):
        store(text, id=text)

    assert [take(services), take(services), take(services)] == ["one", "two", None]


def test_one_phone_is_answered_in_order_by_any_number_of_workers(services: Services, store: Store) -> None:
    if services.db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time: nothing to overtake")
    for text in ("ACK 4821759", "DONE 4821759 truck sent"):
        store(text, id=text)
    store("STATUS", id="other", phone=OTIENO)

    with services.db.transaction() as first_worker:
        first = incoming.next_waiting(first_worker, NOW, 0)
        assert first and first.body == "ACK 4821759"
        assert take(services) == "STATUS"
        assert take(services) is None
        incoming.finish(first_worker, first, NOW)
    assert take(services) == "DONE 4821759 truck sent"


def test_one_that_fails_waits_longer_each_time_and_is_then_set_aside(services: Services, store: Store) -> None:
    store("breaks", id="bad")
    store("works", id="good")
    with services.db.reading() as session:
        bad = session.scalars(select(IncomingSms.id).where(IncomingSms.provider_id == "bad")).one()
    now = NOW

    for attempt in range(incoming.MOST_ATTEMPTS):
        with services.db.transaction() as session:
            row = incoming.next_waiting(session, now, 0)
            assert row is not None
            assert row.id == bad
        with services.db.transaction() as session:
            set_aside = incoming.put_back(session, bad, now)
        assert (set_aside is not None) == (attempt == incoming.MOST_ATTEMPTS - 1)
        now += timedelta(minutes=3)

    assert take(services, at=now) == "works"
    assert take(services, at=now) is None


def test_one_that_failed_does_not_hold_up_the_same_phone(services: Services, store: Store) -> None:
    store("breaks", id="bad")
    store("works", id="good")
    with services.db.transaction() as session:
        row = incoming.next_waiting(session, NOW, 0)
        assert row
        incoming.put_back(session, row.id, NOW)

    assert take(services) == "works"


def test_an_sms_that_somebody_handled_meanwhile_is_left_alone(services: Services, store: Store) -> None:
    store()
    with services.db.transaction() as session:
        row = incoming.next_waiting(session, NOW, 0)
        assert row
    assert take(services) == "STATUS"

    with services.db.transaction() as session:
        assert not incoming.finish(session, row, NOW)
        assert incoming.put_back(session, row.id, NOW) is None
        assert session.scalar(select(func.max(IncomingSms.attempts))) == 0
