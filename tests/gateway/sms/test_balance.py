from __future__ import annotations

import dataclasses
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from gateway import clock, jobs
from gateway.models import Message
from gateway.services import Services
from gateway.sms import alarms, balance
from gateway.sms.balance import Balance
from gateway.sms.provider import Provider
from tests.gateway.sms.conftest import NOW, Owe
from tests.standin.carrier import Carrier


def note(services: Services, said: str | None, *, minutes: float = 0) -> None:
    with services.db.transaction() as session:
        balance.note(session, said, NOW + timedelta(minutes=minutes))


def read(services: Services) -> Balance | None:
    with services.db.reading() as session:
        return balance.read(session)


def rings(services: Services, name: str, *, minutes: float = 0) -> bool:
    with services.db.reading() as session:
        return name in {alarm.name for alarm in alarms.ringing(session, NOW + timedelta(minutes=minutes))}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_carrier_is_asked_in_its_own_way(services: Services, carrier: Carrier) -> None:
    assert Provider(services.settings).balance() == "KES 1785.5000"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_wrong_key_or_no_carrier_is_no_balance(services: Services, carrier: Carrier) -> None:
    for wrong in ({"at_api_key": "another"}, {"at_api_url": "http://carrier.invalid"}):
        assert Provider(dataclasses.replace(services.settings, **wrong)).balance() is None


@pytest.mark.parametrize(
    ("said", "is_low"),
    [("KES 1785.5000", False), ("KES 399.9900", True), ("KES -3.0000", True), ("USD 0.9000", False)],
)
def test_less_than_a_day_costs_is_low(said: str, is_low: bool, services: Services) -> None:
    note(services, said)

    found = read(services)
    assert found is not None
    assert found.is_low is is_low
    assert rings(services, alarms.BALANCE_LOW) is is_low


def test_a_busy_day_needs_more(services: Services, owe: Owe) -> None:
    owe()
    with services.db.transaction() as session:
        session.execute(update(Message).values(cost="KES 5000.0000", created_at=NOW - timedelta(hours=1)))

    note(services, "KES 1785.5000")

    assert read(services) == Balance("KES", Decimal("1785.5000"), Decimal("5000.0000"))
    assert rings(services, alarms.BALANCE_LOW)


def test_the_last_balance_stays_while_the_carrier_is_silent_for_a_while(services: Services) -> None:
    note(services, "KES 1785.5000")
    note(services, None, minutes=50)
    assert not rings(services, alarms.BALANCE_UNKNOWN, minutes=50)

    for strange in (None, "a lot", "KES"):
        note(services, strange, minutes=70)
        assert rings(services, alarms.BALANCE_UNKNOWN, minutes=70)
    found = read(services)
    assert found is not None
    assert found.amount == Decimal("1785.5000")


def test_the_clock_asks_every_ten_minutes(services: Services, carrier: Carrier) -> None:
    jobs.look_up_balance(services)

    found = read(services)
    assert found is not None
    assert found.currency == "KES"
    with services.db.reading() as session:
        assert not balance.is_stale(session, clock.now() + timedelta(minutes=9))
        assert balance.is_stale(session, clock.now() + timedelta(minutes=11))
