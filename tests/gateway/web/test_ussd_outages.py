"""The application with a store away: what was confirmed is filed once, a call that was cut off goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select

from gateway.models import Complaint, Message
from gateway.services import Services
from gateway.ussd.calls import file_kept_reports
from tests.standin.carrier import Carrier
from tests.standin.dialogue import Dialogue
from tests.standin.outage import database_away
from tests.standin.screens import Screen

RESIDENT = "+254700000001"
REPORT = ("Report a problem", "Garbage & dumping", "Illegal dumping", "Kasarani", "Clay City")


@pytest.fixture
def services(app: Flask) -> Services:
    services: Services = app.extensions["hatua"]
    return services


def to_the_landmark(carrier: Carrier) -> Dialogue:
    call = carrier.dial(RESIDENT)
    if call.screen.number_of("English"):
        call.choose("English")
    for label in REPORT:
        call.choose(label)
    return call


def to_the_confirmation(carrier: Carrier) -> Dialogue:
    call = to_the_landmark(carrier)
    call.press("Stage 7*8")
    return call


def messages(services: Services, phrase: str) -> list[Message]:
    with services.db.reading() as session:
        return list(session.scalars(select(Message).where(Message.phrase == phrase)))


def complaints(services: Services) -> list[Complaint]:
    with services.db.reading() as session:
        return list(session.scalars(select(Complaint)))


def test_a_report_confirmed_while_the_database_is_away_is_filed_once_and_its_number_sent(
    services: Services, carrier: Carrier
) -> None:
    call = to_the_landmark(carrier)
    with database_away(services.db):
        call.press("Stage 7*8")
        end = call.choose("Send")
        assert "saved" in end.text
        assert call.repeat() == end
        file_kept_reports(services)

    assert complaints(services) == []
    file_kept_reports(services)
    file_kept_reports(services)

    (complaint,) = complaints(services)
    assert complaint.landmark == "Stage 7*8"
    assert complaint.promise_due_at - complaint.filed_at == services.settings.promise
    (receipt,) = messages(services, "sms.received")
    assert complaint.reference in receipt.body


def test_a_kept_report_holds_no_phone_number(services: Services, carrier: Carrier, redis: Redis) -> None:
    call = to_the_confirmation(carrier)
    with database_away(services.db):
        call.choose("Send")

    kept = b"".join(redis.lrange("ussd:kept", 0, -1))
    assert kept
    assert b"700000001" not in kept


def test_a_report_that_can_never_be_filed_is_set_aside_and_holds_up_nobody(
    services: Services, carrier: Carrier, redis: Redis
) -> None:
    redis.rpush("ussd:kept", '{"action": "unknown"}', "not even json")
    call = to_the_confirmation(carrier)
    with database_away(services.db):
        call.choose("Send")

    file_kept_reports(services)

    assert len(complaints(services)) == 1
    assert redis.llen("ussd:kept") == 0
    assert redis.llen("ussd:kept:aside") == 2


def test_a_new_call_without_the_database_is_answered_in_the_language_it_had(
    services: Services, carrier: Carrier
) -> None:
    carrier.dial(RESIDENT).choose("Kiswahili")
    with database_away(services.db):
        assert carrier.dial(RESIDENT).screen.number_of("Ripoti shida")


def test_with_both_stores_away_the_caller_is_told_politely(services: Services, carrier: Carrier, redis: Redis) -> None:
    call = to_the_confirmation(carrier)
    redis.flushall()
    with database_away(services.db):
        assert call.choose("Send").text.startswith("Samahani")
    assert complaints(services) == []


def test_redis_may_be_emptied_before_every_hop_of_the_real_thing(
    services: Services, carrier: Carrier, redis: Redis
) -> None:
    calm, rough = carrier.dial(RESIDENT), carrier.dial("+254700000002")
    for answer in ("1", "1", "1", "2", "98", "0", "zzz", "7", "1", "Kwa 1*1 soko"):
        calm.press(answer)
        redis.flushall()
        assert rough.press(answer) == calm.screen
        redis.flushall()
        assert rough.repeat() == calm.screen
    redis.flushall()
    rough.choose("Send")
    redis.flushall()
    rough.repeat()

    assert len(complaints(services)) == 1


def test_who_was_cut_off_gets_one_sms_a_day_that_says_how_to_go_on(services: Services, carrier: Carrier) -> None:
    call = to_the_confirmation(carrier)
    for _ in range(3):
        assert carrier.hang_up(call).status == 200
    again = carrier.dial(RESIDENT)
    again.choose("Continue")
    carrier.hang_up(again)

    (sms,) = messages(services, "sms.resume")
    assert "30 minutes" in sms.body
    assert sms.expires_at - sms.created_at == timedelta(minutes=30)
    assert "Stage" not in sms.body


def test_who_was_cut_off_goes_on_where_the_report_stood(services: Services, carrier: Carrier, redis: Redis) -> None:
    call = to_the_confirmation(carrier)
    carrier.hang_up(call)
    redis.flushall()

    again = carrier.dial(RESIDENT)

    assert again.choose("Continue") == call.screen
    again.choose("Send")
    assert complaints(services)[0].landmark == "Stage 7*8"


@pytest.mark.parametrize("says_what_was_typed", [True, False])
def test_who_was_cut_off_after_the_loss_of_redis_is_told_and_goes_on(
    services: Services, carrier: Carrier, redis: Redis, says_what_was_typed: bool
) -> None:
    call = to_the_confirmation(carrier)
    redis.flushall()
    typed, call.text = call.text, call.text if says_what_was_typed else ""
    for _ in range(2):
        assert carrier.hang_up(call).status == 200
    call.text = typed

    assert len(messages(services, "sms.resume")) == 1
    again = carrier.dial(RESIDENT)
    assert "Stage" not in again.screen.text
    assert again.choose("Continue") == call.screen
    again.choose("Send")
    assert complaints(services)[0].landmark == "Stage 7*8"


def test_a_choice_that_only_the_notice_knows_of_is_kept(services: Services, carrier: Carrier, redis: Redis) -> None:
    call = to_the_landmark(carrier)
    redis.flushall()
    carrier.hang_up(call)
    redis.flushall()

    assert carrier.dial(RESIDENT).choose("Continue") == call.screen


def test_a_text_that_was_not_noted_is_asked_again_and_filed_as_typed(
    services: Services, carrier: Carrier, redis: Redis
) -> None:
    call = to_the_landmark(carrier)
    question = call.screen
    with database_away(services.db):
        call.press("Stage 7")
    redis.flushall()

    assert call.press("1") == question
    assert complaints(services) == []
    redis.flushall()
    call.press("Stage 7*8")
    redis.flushall()
    call.choose("Send")
    assert [complaint.landmark for complaint in complaints(services)] == ["Stage 7*8"]


@pytest.mark.parametrize("status", ["Success", ""])
def test_a_call_that_ended_well_is_followed_by_nothing(services: Services, carrier: Carrier, status: str) -> None:
    call = to_the_confirmation(carrier)
    carrier.hang_up(call, status)

    assert messages(services, "sms.resume") == []


def test_a_notice_with_another_phone_texts_nobody(services: Services, carrier: Carrier, client: FlaskClient) -> None:
    call = to_the_confirmation(carrier)
    call.phone = "+254700000009"

    assert carrier.hang_up(call).status == 200
    assert messages(services, "sms.resume") == []


def test_every_screen_of_an_outage_is_a_screen(services: Services, carrier: Carrier) -> None:
    carrier.dial("+254700000005")
    with database_away(services.db):
        call = carrier.dial(RESIDENT)
        call.choose("English")
        call.choose("My complaints")

    for screen in call.screens:
        assert isinstance(screen, Screen)
    assert call.is_over
