from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from gateway import jobs
from gateway.app import create_app
from gateway.config import Settings
from gateway.models import DeliveryReport, IncomingSms, Message, Person
from gateway.services import Services
from gateway.web import copies
from tests.conftest import CALLBACK_TOKEN
from tests.standin.carrier import Carrier
from tests.standin.outage import database_away

AMINA = "+254700000101"
PATHS = ("sms", "sms/delivery", "sms/optout")

Count = Callable[[type], int]


@pytest.fixture
def app_services(app: Flask) -> Services:
    services: Services = app.extensions["hatua"]
    return services


@pytest.fixture
def count(app_services: Services) -> Count:
    def count(table: type) -> int:
        with app_services.db.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    return count


def test_an_sms_is_stored_and_answered_at_once(carrier: Carrier, app: Flask, count: Count) -> None:
    answer = carrier.send_sms(AMINA, "STATUS")

    assert (answer.status, answer.body) == (200, "OK")
    assert answer.content_type.startswith("text/plain")
    assert count(IncomingSms) == 1
    assert count(Message) == 0


def test_copies_are_answered_alike_and_stored_once(carrier: Carrier, app: Flask, count: Count) -> None:
    answers = {carrier.send_sms(AMINA, "STATUS", id="one").status for _ in range(20)}

    assert answers == {200}
    assert count(IncomingSms) == 1


def test_the_carriers_twelve_hours_of_copies_make_one_answer(
    carrier: Carrier, app: Flask, app_services: Services, count: Count
) -> None:
    def post(_: int) -> int:
        return carrier.send_sms(AMINA, "STATUS", id="ec9adc86").status

    with ThreadPoolExecutor(8) as threads:
        before = list(threads.map(post, range(360)))
        jobs.answer_waiting(app_services)
        after = list(threads.map(post, range(360)))
    jobs.answer_waiting(app_services)
    jobs.drain(app_services)

    assert set(before + after) == {200}
    assert (count(IncomingSms), count(Message)) == (1, 1)
    assert len(carrier.sent) == 1


def test_a_copy_costs_the_database_nothing_and_is_answered_while_it_is_away(
    carrier: Carrier, app: Flask, app_services: Services, count: Count
) -> None:
    carrier.send_sms(AMINA, "STATUS", id="one")

    with database_away(app_services.db):
        copy, new = carrier.send_sms(AMINA, "STATUS", id="one"), carrier.send_sms(AMINA, "STATUS", id="two")
    again = carrier.send_sms(AMINA, "STATUS", id="two")

    assert (copy.status, new.status, again.status) == (200, 503, 200)
    assert count(IncomingSms) == 2


def test_the_newest_of_very_many_sms_are_remembered_and_the_memory_does_not_grow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copies, "_MOST", 3)
    lately = copies.Copies()

    for identity in ("1", "2", "3", "3", "4"):
        lately.add(identity)

    assert [identity in lately for identity in ("1", "2", "3", "4")] == [False, True, True, True]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token", ["wrong", CALLBACK_TOKEN[:-1], CALLBACK_TOKEN + "x", "%00", "é", "%2e%2e"])
def test_a_wrong_token_is_not_found_and_nothing_is_stored(
    token: str, path: str, client: FlaskClient, count: Count
) -> None:
    answer = client.post(f"/at/{token}/{path}", data={"id": "1", "from": AMINA, "text": "STATUS", "status": "Sent"})

    assert answer.status_code == 404
    assert count(IncomingSms) == count(DeliveryReport) == count(Person) == 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&&&=&",
        b"from=%00&text=%00&id=%00&status=%00&phoneNumber=%00",
        b"id=%ff%fe&from=%ff&text=%ff&status=%ff",
        b'{"id": "1"}',
        b"id=" + b"x" * 10_000 + b"&text=" + b"%F0%9F%98%80" * 800 + b"&status=" + b"y" * 5_000,
        b"from=SAFARICOM&text=You+have+won&id=7&phoneNumber=SAFARICOM",
        b"text=" + b"x" * 100_000,
        b"id=1&id=2&from=a&from=b&text=x&text=y",
    ],
    ids=["empty", "separators", "NUL", "no UTF-8", "JSON", "long", "a name", "too long", "twice"],
)
def test_odd_content_from_the_right_place_is_answered_200(body: bytes, path: str, client: FlaskClient) -> None:
    answer = client.post(
        f"/at/{CALLBACK_TOKEN}/{path}", data=body, content_type="application/x-www-form-urlencoded; charset=UTF-8"
    )

    assert (answer.status_code, answer.text) == (200, "OK")


def test_a_report_is_stored_whatever_it_says(carrier: Carrier, app: Flask, count: Count) -> None:
    for status in ("Sent", "Sent", "Success", "QuantumState", ""):
        assert carrier.post_delivery_report("ATXid_1", status, phone=AMINA).status == 200

    assert count(DeliveryReport) == 4


def test_an_opt_out_counts_once_and_also_of_a_stranger(
    carrier: Carrier, app: Flask, app_services: Services, count: Count
) -> None:
    def stopped_at() -> object:
        with app_services.db.reading() as session:
            return session.scalars(select(Person.sms_stopped_at)).one()

    carrier.callback("sms/optout", {"senderId": "21972", "phoneNumber": AMINA})
    first = stopped_at()
    carrier.callback("sms/optout", {"senderId": "21972", "phoneNumber": " 254700000101"})

    assert first is not None
    assert stopped_at() == first


@pytest.mark.parametrize("path", PATHS)
def test_while_the_database_is_away_the_carrier_is_asked_to_call_again(
    path: str, carrier: Carrier, app: Flask, app_services: Services
) -> None:
    with app_services.db.engine.begin() as connection:
        for table in ("incoming_sms", "delivery_reports", "people"):
            connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))

    answer = carrier.callback(path, {"id": "1", "from": AMINA, "phoneNumber": AMINA, "status": "Sent"})

    assert answer.status == 503


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_without_redis_an_sms_is_stored_all_the_same(settings: Settings) -> None:
    app = create_app(dataclasses.replace(settings, redis_url="unix:///nowhere/redis.sock"))
    services: Services = app.extensions["hatua"]

    answer = app.test_client().post(f"/at/{CALLBACK_TOKEN}/sms", data={"id": "1", "from": AMINA, "text": "STATUS"})

    assert answer.status_code == 200
    with services.db.reading() as session:
        assert session.scalar(select(func.count(IncomingSms.id))) == 1
    services.db.dispose()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_token_is_not_in_the_log_of_a_failed_request(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(app.extensions, "hatua", None)

    answer = app.test_client().post(f"/at/{CALLBACK_TOKEN}/sms", data={"from": AMINA})

    assert answer.status_code == 500
    assert "/at/***/sms" in caplog.text
    assert CALLBACK_TOKEN not in caplog.text
