"""Everything is killed while a town reports, and at the end nothing is lost, nothing is doubled without a mark, and
everybody was told things in their order. `make chaos` does it for longer.

CHAOS_SECONDS, CHAOS_RESIDENTS and CHAOS_SEED choose how long the killing goes on, how many call at once, and how it
begins.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from gateway import clock
from gateway.db import Database
from gateway.phones import PhoneBook
from gateway.sms import standing
from tests.crash import judge
from tests.crash.disasters import GATEWAY, Disasters, redis_server
from tests.crash.town import OFFICERS, ROSTER, SUPERVISOR, Town
from tests.journeys.conftest import flask
from tests.standin import postgres
from tests.standin.carrier import NO_FAULT, Carrier
from tests.standin.gateway import over_http
from tests.standin.processes import Processes

pytestmark = pytest.mark.crash

SECONDS = float(os.environ.get("CHAOS_SECONDS", "30"))
SEED = int(os.environ.get("CHAOS_SEED", "20261122"))
RESIDENTS = int(os.environ.get("CHAOS_RESIDENTS", "3"))
#: Bad weather at the carrier, and nothing killed yet.
PROLOGUE_SECONDS = 15
REST_WITHIN_SECONDS = 120
TOKEN = "made-up-token-for-the-callbacks"
PHONE_KEY = "made-up-phone-key"


def test_nothing_is_lost_while_everything_is_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger, logs = tmp_path / "ledger", tmp_path / "logs"
    logs.mkdir()
    with ExitStack() as servers:
        carrier = servers.enter_context(Carrier(ledger=ledger))
        redis = servers.enter_context(redis_server(tmp_path))
        database = servers.enter_context(postgres.own_server({}))
        database.start()
        environment = {
            "CARRIER": "africastalking",
            "AT_USERNAME": carrier.username,
            "AT_API_KEY": carrier.api_key,
            "AT_API_URL": carrier.url,
            "CALLBACK_TOKEN": TOKEN,
            "SECRET_KEY": "made-up-secret-key",
            "PHONE_KEY": PHONE_KEY,
            "DATABASE_URL": database.url.render_as_string(),
            "REDIS_URL": redis.url,
            "QUIET_HOURS": "",
            "SEND_PER_SECOND": "200",
            "SWEEP_SECONDS": "1",
        }
        with Processes(environment, logs) as gateway:
            people = tmp_path / "people.csv"
            people.write_text(ROSTER)
            for command in (("db", "upgrade"), ("roster", "load", str(people))):
                done = flask(gateway.environment, *command)
                assert done.returncode == 0, done.stderr
            gateway.start(*GATEWAY)
            gateway.wait_until_ready()
            carrier.connect(over_http(gateway.url), TOKEN)

            town = Town(carrier, SEED)
            disasters = Disasters(gateway, database, redis, random.Random(SEED))
            store = servers.enter_context(closing_database(environment["DATABASE_URL"]))
            carrier.weather = town.weather
            town.open(RESIDENTS)
            try:
                time.sleep(PROLOGUE_SECONDS)
                first_kill_at = time.time()
                disasters.rage(SECONDS)
                town.stop_calling()
                carrier.weather = lambda: NO_FAULT
                disasters.end()
                rested_after = _rest(store, town)
            finally:
                disasters.end()
                town.close()

            assert town.faults == []
            phones = PhoneBook(PHONE_KEY)
            with store.reading() as session:
                owing = judge.owed(session, phones)
                judge.every_reference_exists_once(session, phones, town.seen)
                judge.every_sms_that_came_in_had_one_effect(session, town.taken)
    sent = judge.accepted(ledger)
    missing = judge.every_owed_message_was_accepted_or_says_why_not(sent, owing)
    doubles = judge.doubles_are_rare_marked_and_have_a_cause(sent, owing, first_kill_at)
    judge.order_is_kept(sent, owing, {*OFFICERS, SUPERVISOR})
    with capsys.disabled():
        print(  # noqa: T201 - the figures are what a longer run is for
            f"\nchaos seed={SEED}: {sum(disasters.happened.values())} blows {dict(disasters.happened)}; "
            f"{len(town.seen)} reports, {len(town.taken)} SMS in, {len(owing)} messages owed, "
            f"{len(missing)} never accepted {dict(Counter(row.state for row in missing))}, {len(doubles)} twice, "
            f"{sum(row.may_be_double for row in owing)} marked, at rest after {rested_after:.0f} s"
        )
    assert len(town.seen) > SECONDS / 10, "hardly anybody got through"
    assert len(owing) > 3 * len(town.seen)


@contextmanager
def closing_database(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()


def _rest(store: Database, town: Town) -> float:
    """Until nothing is owed and nobody has anything to say; how long that took."""
    began = time.monotonic()
    calm = 0
    while calm < 6:
        time.sleep(0.5)
        with store.reading() as session:
            assert time.monotonic() < began + REST_WITHIN_SECONDS, standing.waiting(session, clock.now())
            calm = calm + 1 if not town.is_busy and judge.is_at_rest(session) else 0
    return time.monotonic() - began
