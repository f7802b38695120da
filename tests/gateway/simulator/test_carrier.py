"""The stand-in of Africa's Talking: its answers, and what waits for each phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from africastalking.SMS import SMSService
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from gateway.config import Settings
from gateway.simulator.carrier import MESSAGE_LIFE, MOST_MESSAGES

AMINA = "+254700000001"
OTIENO = "+254700000101"
SEND = "/simulator/carrier/version1/messaging"


@pytest.fixture
def sms(settings: Settings, address: str) -> SMSService:
    """The carrier's own SDK, as the worker uses it."""
    sms = SMSService(settings.at_username, settings.at_api_key)
    sms._baseUrl = f"{address}/simulator/carrier/version1"
    return sms


def send(client: FlaskClient, settings: Settings, key: str | None = None, **form: str) -> TestResponse:
    fields = {"username": settings.at_username, "to": AMINA, "message": "Habari", "bulkSMSMode": "1"} | form
    return client.post(SEND, data=fields, headers={"apiKey": settings.at_api_key if key is None else key})


def inbox(client: FlaskClient, phone: str) -> list[dict[str, str]]:
    messages: list[dict[str, str]] = client.post("/simulator/inbox", json={"numbers": [phone]}).json["inboxes"][phone]
    return messages


def recipients(response: TestResponse) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = response.json["SMSMessageData"]["Recipients"]
    return found


def test_the_sdk_understands_the_answer_and_the_message_waits_in_the_phone(
    client: FlaskClient, settings: Settings, sms: SMSService
) -> None:
    answer = sms.send("Report 4821759 received.", [AMINA], sender_id=settings.sms_code)

    (recipient,) = answer["SMSMessageData"]["Recipients"]
    (message,) = inbox(client, AMINA)
    assert (recipient["statusCode"], recipient["number"], recipient["messageParts"]) == (101, AMINA, 1)
    assert recipient["messageId"] == message["id"]
    assert (message["text"], message["sender"]) == ("Report 4821759 received.", settings.sms_code)


def test_the_answer_is_json_without_a_charset_as_the_sdk_needs_it(client: FlaskClient, settings: Settings) -> None:
    response = send(client, settings)

    assert response.status_code == 201
    assert response.headers["Content-Type"] == "application/json"


def test_a_message_reaches_only_the_phone_it_was_sent_to(client: FlaskClient, settings: Settings) -> None:
    send(client, settings, to=OTIENO, message="New job")

    assert inbox(client, AMINA) == []
    assert [message["text"] for message in inbox(client, OTIENO)] == ["New job"]


def test_one_request_may_name_several_phones(client: FlaskClient, settings: Settings) -> None:
    response = send(client, settings, to=f"{AMINA},{OTIENO}")

    assert [one["statusCode"] for one in recipients(response)] == [101, 101]
    assert inbox(client, AMINA)[0]["id"] != inbox(client, OTIENO)[0]["id"]


def test_a_phone_asked_for_in_another_form_has_the_same_inbox(client: FlaskClient, settings: Settings) -> None:
    send(client, settings)

    answer = client.post("/simulator/inbox", json={"numbers": ["0700 000 001", "no number"]}).json

    assert [message["text"] for message in answer["inboxes"]["0700 000 001"]] == ["Habari"]
    assert answer["inboxes"]["no number"] == []


def test_a_phone_keeps_its_newest_messages_in_order(client: FlaskClient, settings: Settings) -> None:
    for number in range(MOST_MESSAGES + 3):
        send(client, settings, message=f"message {number}")

    texts = [message["text"] for message in inbox(client, AMINA)]

    assert texts == [f"message {number}" for number in range(3, MOST_MESSAGES + 3)]


def test_messages_are_forgotten_after_a_day_and_no_key_names_a_number(
    client: FlaskClient, settings: Settings, redis: Redis
) -> None:
    send(client, settings)

    (key,) = redis.keys("simulator:*")

    assert timedelta() < timedelta(seconds=redis.ttl(key)) <= MESSAGE_LIFE
    assert b"700000001" not in key


@pytest.mark.parametrize("wrong", [{"key": "guessed"}, {"key": ""}, {"username": "somebody"}])
def test_a_sender_without_the_key_is_refused_as_the_carrier_refuses(
    client: FlaskClient, settings: Settings, wrong: dict[str, str]
) -> None:
    response = send(client, settings, **wrong)

    assert (response.status_code, response.mimetype) == (401, "text/plain")
    assert response.text == "The supplied authentication is invalid"
    assert inbox(client, AMINA) == []


@pytest.mark.parametrize("field", ["to", "message"])
def test_a_request_without_a_needed_field_is_refused(client: FlaskClient, settings: Settings, field: str) -> None:
    assert send(client, settings, **{field: ""}).status_code == 400


def test_a_number_that_is_none_is_refused_within_an_accepted_request(client: FlaskClient, settings: Settings) -> None:
    response = send(client, settings, to=f"+999,{AMINA}")

    refused, accepted = recipients(response)
    assert response.status_code == 201
    assert (refused["statusCode"], refused["status"], refused["messageId"]) == (403, "InvalidPhoneNumber", "None")
    assert accepted["statusCode"] == 101


def test_a_sender_that_is_not_ours_is_named_and_nobody_is_sent_anything(
    client: FlaskClient, settings: Settings
) -> None:
    response = send(client, settings, **{"from": "SOMEBODY"})

    assert response.status_code == 201
    assert response.json == {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}
    assert inbox(client, AMINA) == []


def test_a_long_message_costs_two_parts(client: FlaskClient, settings: Settings) -> None:
    (recipient,) = recipients(send(client, settings, message="a" * 161))

    assert (recipient["messageParts"], recipient["cost"]) == (2, "KES 1.6000")


@pytest.mark.parametrize("body", [None, [], {}, {"numbers": AMINA}, {"numbers": [AMINA] * 5}])
def test_an_odd_question_about_inboxes_is_refused(client: FlaskClient, body: object) -> None:
    assert client.post("/simulator/inbox", json=body).status_code == 400


class TestWithoutRedis:
    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return {**environment, "REDIS_URL": "unix:///nowhere/redis.sock"}

    def test_the_page_and_the_worker_are_told_to_come_again(self, client: FlaskClient, settings: Settings) -> None:
        assert client.post("/simulator/inbox", json={"numbers": [AMINA]}).status_code == 503
        assert send(client, settings).status_code == 503
