from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from gateway import readings
from gateway.models import Message
from gateway.services import Services
from gateway.sms import alarms, gate, incoming, outbox, settling, standing
from gateway.sms.alarms import Watch
from gateway.sms.outcomes import Accepted, Unknown
from gateway.sms.standing import Waiting
from tests.gateway.sms.conftest import AMINA, NOW, OTIENO, TIMING, Owe


def names(services: Services, *, minutes: float = 0) -> set[str]:
    with services.db.reading() as session:
        return {alarm.name for alarm in alarms.ringing(session, NOW + timedelta(minutes=minutes))}


def clock_at(services: Services, minutes: float) -> None:
    with services.db.transaction() as session:
        readings.write(session, readings.CLOCK, "", NOW + timedelta(minutes=minutes))


def waiting(services: Services, *, minutes: float = 0) -> Waiting:
    with services.db.reading() as session:
        return standing.waiting(session, NOW + timedelta(minutes=minutes))


def test_a_clock_that_was_never_there_or_went_away_is_an_alarm(services: Services) -> None:
    assert names(services) == {alarms.CLOCK_SILENT}

    clock_at(services, 0)
    assert names(services, minutes=0.9) == set()
    assert names(services, minutes=1.1) == {alarms.CLOCK_SILENT}
    clock_at(services, 2)
    assert names(services, minutes=2) == set()


def test_a_message_that_could_have_been_sent_for_long_is_an_alarm(services: Services, owe: Owe) -> None:
    owe()
    clock_at(services, 3)

    assert alarms.MESSAGE_OVERDUE not in names(services, minutes=1.9)
    assert names(services, minutes=3) == {alarms.MESSAGE_OVERDUE}


def test_a_message_that_must_wait_is_none(services: Services, owe: Owe) -> None:
    owe(AMINA)
    owe(AMINA)
    with services.db.transaction() as session:
        outbox.claim(session, NOW, TIMING, 10)
    owe(OTIENO)
    with services.db.transaction() as session:
        session.execute(update(Message).where(Message.claimed_at.is_(None)).values(not_before=NOW + timedelta(hours=8)))

    assert alarms.MESSAGE_OVERDUE not in names(services, minutes=30)


def test_a_doubt_that_does_not_end_is_an_alarm(services: Services, owe: Owe) -> None:
    owe()
    with services.db.transaction() as session:
        (claimed,) = outbox.claim(session, NOW, TIMING, 1)
        settling.settle(session, NOW, TIMING, [(claimed, Unknown("HTTP 500"))])

    assert alarms.DOUBT_OVERDUE not in names(services, minutes=9)
    assert alarms.DOUBT_OVERDUE in names(services, minutes=11)


def test_an_incoming_sms_that_nobody_answers_is_an_alarm(services: Services) -> None:
    with services.db.transaction() as session:
        incoming.store(session, services.phones, {"id": "1", "from": AMINA, "text": "STATUS"}, NOW)

    assert alarms.INCOMING_OVERDUE not in names(services, minutes=1)
    assert alarms.INCOMING_OVERDUE in names(services, minutes=3)


def test_a_held_outbox_is_an_alarm_with_its_reason(services: Services) -> None:
    clock_at(services, 0)
    with services.db.transaction() as session:
        gate.hold(session, NOW, "InsufficientBalance", NOW + timedelta(minutes=1))

    with services.db.reading() as session:
        (alarm,) = alarms.ringing(session, NOW)
    assert alarm.name == alarms.OUTBOX_HELD
    assert "InsufficientBalance" in alarm.words


def test_the_log_says_when_an_alarm_begins_and_ends_and_nothing_between(caplog: pytest.LogCaptureFixture) -> None:
    watch, silent = Watch(), alarms.Alarm(alarms.CLOCK_SILENT, "No clock")
    caplog.set_level("INFO")

    for found in ([], [silent], [silent], []):
        watch.see(found)

    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


def test_what_waits_is_counted_by_state(services: Services, owe: Owe) -> None:
    for phone in (AMINA, AMINA, OTIENO):
        owe(phone)
    with services.db.transaction() as session:
        first, second = outbox.claim(session, NOW, TIMING, 10)
        settling.settle(session, NOW, TIMING, [(first, Unknown("HTTP 500")), (second, Accepted(None, "Success"))])

    found = waiting(services, minutes=5)

    assert found.messages == {"queued": 1, "sending": 0, "unknown": 1}
    assert found.oldest_doubt == timedelta(minutes=5)
    assert found.oldest_due == timedelta(0)


def test_the_last_day_counts_states_parts_doubles_and_cost(services: Services, owe: Owe) -> None:
    owe("+254700000109", now=NOW - timedelta(days=2))
    for number in range(4):
        owe(f"+25470000010{number}")
    with services.db.transaction() as session:
        claimed = [one for one in outbox.claim(session, NOW, TIMING, 10) if one.not_before == NOW]
        outcomes = [Accepted(f"ATXid_{number}", "Success", 1, "KES 0.8000") for number in range(3)]
        settling.settle(session, NOW, TIMING, list(zip(claimed, outcomes, strict=False)))
        session.execute(update(Message).where(Message.id == claimed[0].id).values(may_be_double=True))

    with services.db.reading() as session:
        day = standing.last_day(session, NOW + timedelta(minutes=1))

    assert day.messages == {"submitted": 3, "sending": 1}
    assert (day.doubles, day.parts) == (1, 3)
    assert {currency: float(cost) for currency, cost in day.cost.items()} == {"KES": 2.4}
