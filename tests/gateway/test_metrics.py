from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from gateway import clock, jobs, people, readings
from gateway.services import Services
from gateway.sms import gate, outbox
from tests.standin import faults
from tests.standin.carrier import Carrier

AMINA, OTIENO = "+254700000101", "+254711000001"


def scrape(client: FlaskClient) -> dict[str, Mapping[str, float]]:
    """Value by label, by metric; `""` where it has none."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain; version=")
    return {
        family.name: {"".join(sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(response.text)
        if family.type == "gauge"
    }


def owe(services: Services, phone: str, key: str) -> None:
    with services.db.transaction() as session:
        outbox.owe(
            session,
            services.settings,
            person=people.find_or_add(session, services.phones, phone, clock.now()),
            phrase="officer.note.ok",
            values={"ref": "4821759"},
            dedupe_key=key,
            now=clock.now(),
        )


def test_the_outbox_is_shown_by_state_and_nobody_by_number(
    client: FlaskClient, services: Services, carrier: Carrier, redis: Redis
) -> None:
    with services.db.transaction() as session:
        readings.write(session, readings.CLOCK, "", clock.now())
    owe(services, AMINA, "1")
    owe(services, AMINA, "2")
    owe(services, OTIENO, "3")
    carrier.script(faults.accepted_then_dropped())
    jobs.drain(services)

    shown = scrape(client)

    assert shown["hatua_database_up"] == {"": 1}
    assert sum(shown["hatua_messages_waiting"].values()) + shown["hatua_messages_last_day"]["submitted"] == 3
    assert shown["hatua_messages_waiting"]["unknown"] == 1
    assert shown["hatua_message_parts_last_day"][""] == shown["hatua_messages_last_day"]["submitted"]
    assert shown["hatua_message_cost_last_day"]["KES"] > 0
    assert shown["hatua_clock_silent_seconds"][""] < 5
    assert not any(shown["hatua_alarm"].values())
    content = client.get("/metrics").text
    assert not any(number[-6:] in content for number in (AMINA, OTIENO))


def test_a_held_outbox_and_its_reason_are_shown(client: FlaskClient, services: Services) -> None:
    with services.db.transaction() as session:
        gate.hold(session, clock.now(), "HTTP 401", clock.now())
    assert scrape(client)["hatua_outbox_held"] == {"HTTP 401": 1}

    with services.db.transaction() as session:
        gate.hold(session, clock.now(), "ask Njeri 0711 000 003", probe_at=None)
    shown = scrape(client)
    assert shown["hatua_outbox_held"] == {"by hand": 1}
    assert shown["hatua_alarm"]["outbox_held"] == 1


def test_every_alarm_has_its_line_also_when_all_is_well(client: FlaskClient, services: Services) -> None:
    with services.db.transaction() as session:
        readings.write(session, readings.CLOCK, "", clock.now())

    shown = scrape(client)

    assert len(shown["hatua_alarm"]) == 7
    assert set(shown["hatua_alarm"].values()) == {0}


def test_without_the_database_the_answer_says_so(client: FlaskClient, app: Flask, services: Services) -> None:
    with services.db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE messages RENAME TO messages_away")

    assert scrape(client) == {"hatua_database_up": {"": 0}}
