from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from gateway import clock
from gateway.services import Services
from gateway.sms import outbox
from gateway.sms.timing import Timing
from tests.gateway.sms.conftest import Owe, Row


def test_a_sweep_by_hand_does_what_is_due(app: Flask, services: Services, owe: Owe, row: Row) -> None:
    message_id = owe(now=clock.now() - timedelta(hours=1))
    with services.db.transaction() as session:
        outbox.claim(session, clock.now() - timedelta(minutes=10), Timing(), 1)

    result = app.test_cli_runner().invoke(args=["clock", "sweep"])

    assert result.exit_code == 0, result.output
    assert row(message_id).state == "unknown"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "instant", ["2026-11-25", "2026-11-25T10:40", "2026-11-25T10:40:00Z", "2026-11-25T10:40+03:00"]
)
def test_a_sweep_may_be_as_of_another_time(instant: str, app: Flask, services: Services, owe: Owe, row: Row) -> None:
    message_id = owe(now=clock.now())

    result = app.test_cli_runner().invoke(args=["clock", "sweep", "--now", instant])

    assert result.exit_code == 0, result.output
    assert row(message_id).state == "queued"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_time_that_is_none_is_said_so(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["clock", "sweep", "--now", "tomorrow"])

    assert result.exit_code == 2
    assert "2026-11-25T10:40" in result.output
