from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask

from gateway import clock
from gateway.models import Message
from gateway.services import Services
from gateway.sms import outbox, recovery, settling
from gateway.sms.outcomes import Accepted, Outcome, Refused, Unknown
from gateway.sms.timing import Timing
from tests.gateway.sms.conftest import AMINA, OTIENO, Owe, Row

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    def run(*arguments: object, typed: str | None = None) -> Result:
        return app.test_cli_runner().invoke(args=["messages", *map(str, arguments)], input=typed)

    return run


def end(services: Services, outcome: Outcome) -> None:
    """Sends what is due, with this outcome."""
    with services.db.transaction() as session:
        claimed = outbox.claim(session, clock.now(), Timing(), 10)
        settling.settle(session, clock.now(), Timing(), [(one, outcome) for one in claimed])


@pytest.fixture
def refused(services: Services, owe: Owe) -> int:
    message_id = owe(now=clock.now())
    end(services, Refused("CouldNotRoute"))
    return message_id


def test_the_list_shows_what_is_owed_but_no_number_and_no_words(run: Run, owe: Owe, row: Row) -> None:
    message_id = owe(now=clock.now() - timedelta(minutes=30))

    shown = run("list").output

    assert f"{message_id}" in shown
    assert "officer.note.ok" in shown
    assert "0700***101" in shown
    assert "30 min" in shown
    assert AMINA not in shown
    assert row(message_id).body not in shown


def test_the_list_says_what_is_wrong(run: Run, owe: Owe) -> None:
    owe(now=clock.now() - timedelta(minutes=30))

    assert "could have been sent 30 min ago" in run("list").stderr


def test_finished_messages_are_listed_by_state_the_latest_first(run: Run, services: Services, owe: Owe) -> None:
    first, second = owe(AMINA, now=clock.now()), owe(OTIENO, now=clock.now())
    end(services, Refused("CouldNotRoute"))
    waiting = owe(OTIENO, now=clock.now())

    lines = [line.split()[0] for line in run("list", "--state", "refused").stdout.splitlines()]

    assert lines == ["id", str(second), str(first), "2"]
    assert [line.split()[0] for line in run("list").stdout.splitlines()][1] == str(waiting)


def test_a_message_shows_all_but_its_words_until_it_is_asked_for_them(run: Run, refused: int, row: Row) -> None:
    shown = run("show", refused).output

    assert "CouldNotRoute" in shown
    assert row(refused).body not in shown
    assert row(refused).body in run("show", refused, "--body").output
    assert AMINA not in shown


def test_a_message_that_is_not_there_is_said_so(run: Run) -> None:
    assert run("show", 404).exit_code == 1


def test_what_was_refused_is_sent_again_after_a_yes(run: Run, refused: int, row: Row, services: Services) -> None:
    assert run("retry", refused, typed="n\n").exit_code == 1
    assert row(refused).state == "refused"

    assert run("retry", refused, typed="y\n").exit_code == 0

    assert row(refused).state == "queued"
    assert not row(refused).may_be_double
    end(services, Accepted("ATXid_1", "Success"))
    assert row(refused).state == "submitted"


def test_what_is_unconfirmed_is_sent_again_with_a_warning_and_a_mark(
    run: Run, owe: Owe, row: Row, services: Services
) -> None:
    settings = services.settings
    message_id = owe(now=clock.now() - 2 * timedelta(hours=72))
    with services.db.transaction() as session:
        session.get_one(Message, message_id).expires_at = clock.now() + timedelta(seconds=60)
    end(services, Unknown("connection lost"))
    with services.db.transaction() as session:
        recovery.end_doubts(session, clock.now() + timedelta(hours=1), Timing.of(settings))
    assert row(message_id).state == "unconfirmed"

    asked = run("retry", message_id, typed="y\n")

    assert "1 of them may then arrive twice" in asked.output
    assert (row(message_id).state, row(message_id).may_be_double) == ("queued", True)
    assert row(message_id).expires_at > clock.now() + timedelta(hours=71)


def test_what_was_sent_or_is_waiting_is_never_sent_again_by_hand(
    run: Run, owe: Owe, row: Row, services: Services
) -> None:
    sent = owe(AMINA, now=clock.now())
    end(services, Accepted("ATXid_1", "Success"))
    waiting = owe(OTIENO, now=clock.now())

    assert run("retry", sent, waiting, 404, "--yes").exit_code == 1

    assert row(sent).state == "submitted"
    assert row(waiting).attempt == 0


def test_a_held_outbox_sends_nothing_until_it_is_released(run: Run, owe: Owe, row: Row, services: Services) -> None:
    message_id = owe(now=clock.now())
    run("hold", "--reason", "the sender id is being changed")

    end(services, Accepted("ATXid_1", "Success"))
    assert row(message_id).state == "queued"
    assert "the sender id is being changed" in run("list").stderr

    assert "is open" in run("release").output
    end(services, Accepted("ATXid_1", "Success"))
    assert row(message_id).state == "submitted"
    assert "was not held" in run("release").output


def test_a_number_of_another_key_does_not_hide_the_rest(run: Run, owe: Owe, app: Flask, services: Services) -> None:
    owe(now=clock.now())
    app.extensions["hatua"] = dataclasses.replace(
        services, phones=type(services.phones)("another key"), settings=services.settings
    )

    assert "(other key)" in run("list").output
