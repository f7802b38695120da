"""The hops in `/metrics`: counted where they are answered, by whichever of the web processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from gateway.services import Services
from tests.conftest import CALLBACK_TOKEN
from tests.standin.carrier import Carrier
from tests.standin.gateway import over_http
from tests.standin.outage import database_away
from tests.standin.processes import Processes, get

AMINA = "+254700000101"
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def hops_in(content: str) -> Counter[tuple[str, str]]:
    """By kind and outcome."""
    return Counter(
        {
            (sample.labels["kind"], sample.labels["outcome"]): int(sample.value)
            for family in text_string_to_metric_families(content)
            for sample in family.samples
            if sample.name == "hatua_hop_seconds_count"
        }
    )


@pytest.fixture
def before(app: Flask) -> Counter[tuple[str, str]]:
    """What other tests of this process have left."""
    return hops_in(app.test_client().get("/metrics").text)


def since(before: Counter[tuple[str, str]], app: Flask) -> dict[tuple[str, str], int]:
    return dict(hops_in(app.test_client().get("/metrics").text) - before)


def test_each_hop_is_counted_by_what_it_was_and_how_it_ended(
    app: Flask, carrier: Carrier, before: Counter[tuple[str, str]]
) -> None:
    call = carrier.dial(AMINA)
    call.choose("English")
    call.repeat()
    carrier.callback("ussd", {"sessionId": call.session_id, "phoneNumber": AMINA, "text": "7*7*7"})
    for label in ("Report a problem", "Garbage & dumping", "Illegal dumping", "Kasarani", "Clay City"):
        call.choose(label)
    call.press("Stage 7 market")
    call.choose("Send")

    assert since(before, app) == {
        ("first", "goes on"): 1,
        ("next", "goes on"): len(call.text.split("*")) - 1,
        ("repeated", "goes on"): 1,
        ("strange", "goes on"): 1,
        ("action", "ended"): 1,
    }
    content = app.test_client().get("/metrics").text
    assert AMINA[-6:] not in content
    assert "Stage 7" not in content


def test_what_could_not_be_answered_is_counted_apart(
    app: Flask,
    services: Services,
    carrier: Carrier,
    before: Counter[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = {"sessionId": "ATUid_1", "phoneNumber": AMINA, "serviceCode": carrier.ussd_code, "text": ""}
    carrier.callback("ussd", form | {"phoneNumber": "SAFARICOM"})
    call = carrier.dial(AMINA)
    call.choose("English")
    with database_away(app.extensions["hatua"].db):
        call.choose("My complaints")
    monkeypatch.setattr(app.wsgi_app, "_engine", None)
    carrier.callback("ussd", form)

    counted = since(before, app)

    assert counted["unread", "sorry"] == 1
    assert counted["unread", "failed"] == 1
    assert counted["next", "sorry"] == 1


@pytest.fixture
def gateway(environment: dict[str, str], carrier: Carrier, tmp_path: Path) -> Iterator[Processes]:
    with Processes(environment, tmp_path) as gateway:
        gateway.start("web")
        gateway.wait_until_ready()
        carrier.connect(over_http(gateway.url), CALLBACK_TOKEN)
        yield gateway


def test_every_web_process_tells_of_all_hops_and_a_new_server_begins_anew(gateway: Processes, carrier: Carrier) -> None:
    def shown() -> set[int]:
        answers = [get(gateway.port, "/metrics") for _ in range(20)]
        return {hops_in(answer[1])["first", "goes on"] for answer in answers if answer}

    for number in range(30):
        carrier.dial(f"+2547000001{number:02d}")
    assert shown() == {30}

    gateway.kill("web")
    gateway.start("web")
    gateway.wait_until_ready()
    assert shown() == {0}
    carrier.dial(AMINA)
    assert shown() == {1}
