"""The stand-in answers as the carrier was recorded, so a test that passes against it means something."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.standin import faults
from tests.standin.carrier import Carrier
from tests.standin.dialogue import Dialogue
from tests.standin.faults import Fault
from tests.standin.gateway import Answer
from tests.standin.screens import Screen, septets

AMINA = "+254700000101"


def send(carrier: Carrier, *, key: str | None = None, timeout: float = 5) -> requests.Response:
    return requests.post(
        f"{carrier.url}/version1/messaging",
        data={"username": carrier.username, "to": AMINA, "message": "Hatua 4821759", "bulkSMSMode": "1"},
        headers={"apiKey": key or carrier.api_key, "Accept": "application/json"},
        timeout=timeout,
    )


def test_an_accepted_message_is_answered_as_recorded_and_lies_in_the_inbox(carrier: Carrier) -> None:
    response = send(carrier)
    assert (response.status_code, response.headers["Content-Type"]) == (201, "application/json")
    [recipient] = response.json()["SMSMessageData"]["Recipients"]
    [message] = carrier.inbox(AMINA)
    assert recipient == {
        "cost": "KES 0.8000",
        "messageId": message.message_id,
        "messageParts": 1,
        "number": AMINA,
        "status": "Success",
        "statusCode": 101,
    }
    assert carrier.wait_for_sms(AMINA, containing="4821759") is message


def test_a_wrong_key_is_401_in_plain_text_and_sends_nothing(carrier: Carrier) -> None:
    response = send(carrier, key="another")
    assert (response.status_code, response.text) == (401, "The supplied authentication is invalid")
    assert not carrier.inbox(AMINA)


def test_a_request_cut_off_in_its_body_was_never_made(carrier: Carrier) -> None:
    whole = f"username={carrier.username}&to=%2B254700000101&message=Hatua"
    head = f"POST /version1/messaging HTTP/1.1\r\napiKey: {carrier.api_key}\r\nContent-Length: {len(whole)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", urlsplit(carrier.url).port)) as line:
        line.sendall((head + whole[:-3]).encode())
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) == b""

    assert not carrier.requests
    assert not carrier.sent


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "accepted"),
    [
        (faults.http_error(500), 500, "text/plain; charset=UTF-8", 0),
        (faults.throttled("7"), 429, "text/plain", 0),
        (faults.no_recipients(), 201, "application/json", 0),
        (faults.refused(406, "UserInBlacklist"), 201, "application/json", 0),
        (faults.failed_after_accepting(), 500, "text/plain", 1),
        (faults.late(0.01), 201, "application/json", 1),
        (faults.dripping(0.01), 201, "application/json", 1),
        (faults.with_charset(), 201, "application/json; charset=utf-8", 1),
        (faults.not_json(), 201, "text/html", 1),
    ],
)
def test_a_scripted_fault_meets_one_request(
    carrier: Carrier, fault: Fault, status: int, content_type: str, accepted: int
) -> None:
    carrier.script(fault)
    response = send(carrier)
    assert (response.status_code, response.headers["Content-Type"]) == (status, content_type)
    assert len(carrier.inbox(AMINA)) == accepted
    assert send(carrier).json()["SMSMessageData"]["Recipients"][0]["statusCode"] == 101


def test_a_refused_recipient_has_the_word_none_for_an_id(carrier: Carrier) -> None:
    carrier.script(faults.refused(403, "InvalidPhoneNumber"))
    [recipient] = send(carrier).json()["SMSMessageData"]["Recipients"]
    assert (recipient["messageId"], recipient["statusCode"], recipient["cost"]) == ("None", 403, "0")


@pytest.mark.parametrize(("fault", "accepted"), [(faults.dropped_before(), 0), (faults.accepted_then_dropped(), 1)])
def test_a_broken_line_gives_no_answer(carrier: Carrier, fault: Fault, accepted: int) -> None:
    carrier.script(fault)
    with pytest.raises(requests.exceptions.ConnectionError):
        send(carrier)
    assert len(carrier.inbox(AMINA)) == accepted


def test_a_late_answer_outlasts_a_timeout_but_not_the_stand_in(carrier: Carrier) -> None:
    carrier.script(faults.late(3600))
    with pytest.raises(requests.exceptions.ReadTimeout):
        send(carrier, timeout=0.1)
    assert len(carrier.wait_for_requests(1)) == 1


def test_what_was_accepted_is_on_disk(tmp_path: Path) -> None:
    with Carrier(ledger=tmp_path / "ledger") as carrier:
        send(carrier)
        [line] = (tmp_path / "ledger").read_text().splitlines()
        assert json.loads(line)["phone"] == AMINA


def test_waiting_for_a_message_that_does_not_come_names_what_came(carrier: Carrier) -> None:
    send(carrier)
    with pytest.raises(AssertionError, match="Hatua 4821759"):
        carrier.wait_for_sms(AMINA, containing="closed", timeout=0.01)


class Menu:
    """A gateway of three screens, to test the robot with."""

    def __init__(self) -> None:
        self.hops: list[dict[str, str]] = []

    def post(self, path: str, form: object) -> Answer:
        assert isinstance(form, dict)
        self.hops.append(form)
        screens = {
            "": "CON Choose:\n1. Taka\n2) Maji\n98.More",
            "98": "CON Choose:\n11. Mitaro\n0.Back 00.Home",
            "98*11": "END Asante",
        }
        return Answer(200, "text/plain; charset=utf-8", screens[form["text"]])


def test_a_dialogue_finds_a_label_on_a_later_page_and_sends_the_whole_transcript(carrier: Carrier) -> None:
    menu = Menu()
    carrier.connect(menu.post, "token")
    dialogue = carrier.dial(AMINA)
    assert dialogue.choose("mitaro").text == "Asante"
    assert dialogue.is_over
    assert [hop["text"] for hop in menu.hops] == ["", "98", "98*11"]
    assert len({hop["sessionId"] for hop in menu.hops}) == 1
    assert set(menu.hops[0]) == {"phoneNumber", "serviceCode", "text", "sessionId", "networkCode"}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, "text/plain", "END Sorry"),
        Answer(200, "text/html", "END Sorry"),
        Answer(200, "text/plain", "Sorry"),
        Answer(200, "text/plain", "END " + "x" * 157),
        Answer(200, "text/plain", "END Sorry 😀"),
    ],
)
def test_a_dialogue_refuses_what_the_carrier_would_refuse(answer: Answer) -> None:
    with pytest.raises(AssertionError):
        Dialogue(AMINA, "*384*1972#", lambda _: answer).dial()


def test_keys_on_one_line_are_options_and_longer_labels_win_over_parts_of_them() -> None:
    screen = Screen("CON Pick\n1. Maji\n2. Majitaka 24.5\n0.Back 00.Home 98.More")
    assert screen.options == {"Maji": "1", "Majitaka 24.5": "2", "Back": "0", "Home": "00", "More": "98"}
    assert (screen.number_of("maji"), screen.number_of("majitaka"), screen.number_of("Ma")) == ("1", "2", None)


def test_signs_of_the_extension_table_take_two_septets() -> None:
    assert (septets("abc"), septets("a€[")) == (3, 5)
