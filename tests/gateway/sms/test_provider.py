from __future__ import annotations

import dataclasses
import socket
import threading

import pytest

from gateway.config import Settings
from gateway.sms import provider
from gateway.sms.outcomes import Accepted, Held, NotSent, Outcome, Refused, Unknown
from gateway.sms.provider import Provider
from tests.standin import faults
from tests.standin.carrier import Carrier
from tests.standin.faults import Fault

PHONE = "+254700000101"
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@dataclasses.dataclass(frozen=True)
class Case:
    label: str
    fault: Fault
    outcome: Outcome


def body(content: str, http: int = 201) -> Fault:
    return Fault(accepts=False, status=http, body=content)


def answered(code: int, status: str) -> Fault:
    recipient = f'{{"statusCode":{code},"messageId":"ATXid_1","status":"{status}"}}'
    return body(f'{{"SMSMessageData":{{"Message":"Sent to 1/1","Recipients":[{recipient}]}}}}')


CASES = (
    Case("key", faults.http_error(401), Held("HTTP 401")),
    Case("forbidden", faults.http_error(403), Held("HTTP 403")),
    Case("wrong address", faults.http_error(404), Held("HTTP 404")),
    Case("redirect", Fault(accepts=False, status=302, headers=(("Location", "/elsewhere"),)), Held("HTTP 302")),
    Case("bad request", faults.http_error(400), Refused("HTTP 400", is_puzzling=True)),
    Case("throttled", faults.throttled("7"), NotSent("HTTP 429", retry_after=7.0)),
    Case(
        "throttled until a date that is over",
        faults.throttled("Wed, 21 Oct 2015 07:28:00 GMT"),
        NotSent("HTTP 429", retry_after=0.0),
    ),
    Case(
        "throttled for ever",
        faults.throttled("Fri, 21 Oct 2095 07:28:00 GMT"),
        NotSent("HTTP 429", retry_after=300.0),
    ),
    Case("throttled until no date", faults.throttled("soon"), NotSent("HTTP 429", retry_after=1.0)),
    Case("throttled until no number", faults.throttled("nan"), NotSent("HTTP 429", retry_after=1.0)),
    Case("throttled without a word", faults.throttled(""), NotSent("HTTP 429", retry_after=1.0)),
    Case("no money", faults.http_error(402), Held("HTTP 402")),
    Case("wrong method", faults.http_error(405), Held("HTTP 405")),
    Case("moved", Fault(accepts=False, status=307, headers=(("Location", "/elsewhere"),)), Held("HTTP 307")),
    Case("gone", faults.http_error(410), Refused("HTTP 410", is_puzzling=True)),
    Case("too large", faults.http_error(413), Refused("HTTP 413", is_puzzling=True)),
    Case("500", faults.http_error(500), Unknown("HTTP 500")),
    Case("502 over HTTP", faults.http_error(502), Unknown("HTTP 502")),
    Case("503", faults.http_error(503), Unknown("HTTP 503")),
    Case("504", faults.http_error(504), Unknown("HTTP 504")),
    Case("500 after accepting", faults.failed_after_accepting(), Unknown("HTTP 500")),
    Case("request timeout", faults.http_error(408), Unknown("HTTP 408")),
    Case("no JSON", faults.not_json(), Unknown("answer not understood")),
    Case("cut JSON", body('{"SMSMessageData":{"Rec'), Unknown("answer not understood")),
    Case("a list", body("[]"), Unknown("answer not understood")),
    Case("no data", body('{"SMSMessageData":null}'), Unknown("answer not understood")),
    Case("sender", faults.no_recipients("InvalidSenderId"), Held("InvalidSenderId")),
    Case("number", faults.no_recipients("InvalidPhoneNumber"), Refused("InvalidPhoneNumber")),
    Case("landline", faults.no_recipients("UnsupportedNumberType"), Refused("UnsupportedNumberType")),
    Case("nobody for want of money", faults.no_recipients("InsufficientBalance"), Held("InsufficientBalance")),
    Case(
        "nobody who wants it",
        faults.no_recipients("UserInBlackList"),
        Refused("UserInBlacklist", stops_number=True),
    ),
    Case("nobody by any route", faults.no_recipients("CouldNotRoute"), Refused("CouldNotRoute")),
    Case("nobody, and no word", faults.no_recipients(""), NotSent("no recipients")),
    Case("nobody, and a new word", faults.no_recipients("Whatever"), NotSent("no recipients")),
    Case("accepted as 100", answered(100, "Processed"), Accepted("ATXid_1", "Processed")),
    Case("accepted as 101", answered(101, "Sent"), Accepted("ATXid_1", "Sent")),
    Case("accepted as 102", answered(102, "Queued"), Accepted("ATXid_1", "Queued")),
    Case("accepted as something new", answered(103, "Whatever"), Accepted("ATXid_1", "Whatever")),
    Case("held for review", faults.refused(401, "RiskHold"), Held("RiskHold")),
    Case("402", faults.refused(402, "InvalidSenderId"), Held("InvalidSenderId")),
    Case("403", faults.refused(403, "InvalidPhoneNumber"), Refused("InvalidPhoneNumber")),
    Case("404", faults.refused(404, "UnsupportedNumberType"), Refused("UnsupportedNumberType")),
    Case("balance", faults.refused(405, "InsufficientBalance"), Held("InsufficientBalance")),
    Case("blacklist", faults.refused(406, "UserInBlacklist"), Refused("UserInBlacklist", stops_number=True)),
    Case("no route", faults.refused(407, "CouldNotRoute"), Refused("CouldNotRoute")),
    Case("do not disturb", faults.refused(409, "DoNotDisturbRejection"), Refused("DoNotDisturbRejection")),
    Case("carrier's fault", faults.refused(500, "InternalServerError"), NotSent("InternalServerError")),
    Case("gateway's fault", faults.refused(501, "GatewayError"), NotSent("GatewayError")),
    Case("disputed", faults.refused(502, "RejectedByGateway"), NotSent("RejectedByGateway", tries=2)),
    Case("a new code", faults.refused(499, "Whatever"), Refused("499 Whatever", is_puzzling=True)),
    Case(
        "409 over HTTP",
        dataclasses.replace(faults.refused(409, "DoNotDisturbRejection"), status=409),
        Refused("DoNotDisturbRejection"),
    ),
    Case("dropped before", faults.dropped_before(), Unknown("connection lost")),
    Case("dropped after accepting", faults.accepted_then_dropped(), Unknown("connection lost")),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_every_answer_has_its_class(case: Case, settings: Settings, carrier: Carrier) -> None:
    carrier.script(case.fault)

    outcome = Provider(settings).send_one(PHONE, "Hatua 4821759: seen")

    assert outcome == case.outcome
    assert len(carrier.requests) == 1


def test_no_row_of_the_tables_is_without_a_case(backend: str) -> None:
    of_recipients = {case.fault.refusal[0] for case in CASES if case.fault.refusal}
    of_http = {case.fault.status for case in CASES}
    of_words = {case.outcome.reason.lower() for case in CASES if isinstance(case.outcome, (Held, Refused))}

    assert of_recipients >= provider._BY_CODE.keys() >= {401, 402, 403, 404, 405, 406, 407, 409, 500, 501, 502}
    assert of_http >= provider._BY_HTTP.keys()
    assert of_words >= provider._BY_WORD.keys()
    assert {case.label for case in CASES} >= {f"accepted as {code}" for code in provider._ACCEPTED_CODES}


def test_an_accepted_message_keeps_what_the_carrier_said(settings: Settings, carrier: Carrier) -> None:
    settings = dataclasses.replace(settings, at_sender="21972")

    outcome = Provider(settings).send_one(PHONE, "Hatua 4821759: seen")

    assert outcome == Accepted(carrier.sent[0].message_id, "Success", 1, "KES 0.8000")
    assert carrier.requests[0] == {
        "username": "hatua",
        "to": PHONE,
        "message": "Hatua 4821759: seen",
        "bulkSMSMode": "1",
        "from": "21972",
    }


def test_without_a_sender_none_is_named(settings: Settings, carrier: Carrier) -> None:
    Provider(settings).send_one(PHONE, "Hatua")

    assert "from" not in carrier.requests[0]


def test_a_content_type_with_a_charset_is_still_json(settings: Settings, carrier: Carrier) -> None:
    carrier.script(faults.with_charset())

    assert isinstance(Provider(settings).send_one(PHONE, "Hatua"), Accepted)


def test_an_accepted_message_without_an_id_has_none(settings: Settings, carrier: Carrier) -> None:
    carrier.script(
        body(
            '{"SMSMessageData":{"Message":"Sent","Recipients":[{"statusCode":"101","messageId":"None","status":"x"}]}}'
        )
    )

    assert Provider(settings).send_one(PHONE, "Hatua") == Accepted(None, "x")


def test_a_refused_connection_is_a_definite_no(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = dataclasses.replace(settings, at_api_url=f"http://127.0.0.1:{taken.getsockname()[1]}")

        assert Provider(nobody).send_one(PHONE, "Hatua") == NotSent("no connection")


def test_a_host_that_cannot_be_found_is_a_definite_no(settings: Settings) -> None:
    nowhere = dataclasses.replace(settings, at_api_url="http://carrier.invalid")

    assert Provider(nowhere).send_one(PHONE, "Hatua") == NotSent("no connection")


@pytest.mark.parametrize("fault", [faults.late(30), faults.dripping(30)], ids=["silent", "dripping"])
def test_an_answer_that_takes_too_long_is_a_doubt(
    fault: Fault, settings: Settings, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "READ_SECONDS", 0.3)
    monkeypatch.setattr(provider, "CONNECT_SECONDS", 0.3)
    carrier.script(fault)

    assert isinstance(Provider(settings).send_one(PHONE, "Hatua"), Unknown)
    assert len(carrier.sent) == 1


@pytest.mark.parametrize(
    "phone", ["", "0700000101", "+254700000101\n", "21972", "+٢٥٤٧٠٠٠٠٠١٠١", "+254700000101,+254700000102"]
)
def test_what_is_no_number_is_never_sent_to(phone: str, settings: Settings, carrier: Carrier) -> None:
    assert isinstance(Provider(settings).send_one(phone, "Hatua"), Refused)
    assert carrier.requests == []


def test_connections_stay_open_and_are_not_shared_between_threads(settings: Settings) -> None:
    """Counted by the far end: one connection for each thread, whatever it sends."""
    with Carrier() as carrier:
        counted = dataclasses.replace(
            settings, at_api_url=carrier.url, at_api_key=carrier.api_key, at_username=carrier.username
        )
        connections = []
        accept = carrier._server.get_request
        carrier._server.get_request = lambda: connections.append(None) or accept()  # type: ignore[method-assign,func-returns-value]
        to_send = Provider(counted)

        def send_ten() -> None:
            for number in range(10):
                to_send.send_one(PHONE, f"Hatua {number}")

        threads = [threading.Thread(target=send_ten) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(carrier.sent) == 30
        assert len(connections) == 3
