"""Incoming SMS through the job: what was stored is answered once, whatever else goes wrong."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, text

from gateway import clock, jobs
from gateway.models import IncomingSms, Message
from gateway.services import Services
from gateway.sms import incoming
from tests.gateway.sms.conftest import AMINA, OTIENO
from tests.standin.carrier import Carrier


@pytest.fixture(autouse=True)
def not_stopping() -> Iterator[None]:
    yield
    jobs.stopping.clear()


def receive(services: Services, words: str, *, phone: str = AMINA, id: str | None = None) -> None:
    form = {"from": phone, "to": "21972", "text": words, "id": id or f"{phone}:{words}"}
    with services.db.transaction() as session:
        incoming.store(session, services.phones, form, clock.now())


def owed(services: Services) -> int:
    with services.db.reading() as session:
        return session.scalar(select(func.count(Message.id))) or 0


def waiting(services: Services) -> int:
    with services.db.reading() as session:
        return session.scalar(select(func.count(IncomingSms.id)).where(IncomingSms.handled_at.is_(None))) or 0


def test_720_copies_have_one_answer(services: Services, carrier: Carrier) -> None:
    for _ in range(720):
        receive(services, "HELP", id="one")

    jobs.answer_waiting(services)
    jobs.answer_waiting(services)
    jobs.drain(services)

    assert len(carrier.sent) == 1
    assert carrier.sent[0].text.startswith("Hatua")


def test_jobs_at_once_answer_each_sms_once(services: Services) -> None:
    for number in range(12):
        receive(services, "HELP", phone=f"+2547000004{number:02d}")
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        jobs.answer_waiting(services)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert owed(services) == 12
    assert waiting(services) == 0


def test_a_name_that_texts_us_gets_no_answer(services: Services) -> None:
    receive(services, "You have won", phone="SAFARICOM")

    jobs.answer_waiting(services)

    assert waiting(services) == 0
    assert owed(services) == 0


def test_an_sms_and_its_effects_are_one_transaction(services: Services) -> None:
    receive(services, "HELP")
    break_answers(services)

    jobs.answer_waiting(services)

    assert waiting(services) == 1
    mend_answers(services)
    later(services)
    jobs.answer_waiting(services)
    assert waiting(services) == 0
    assert owed(services) == 1


def test_one_sms_that_fails_holds_up_nobody_and_quotes_nobody_in_the_log(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with services.db.transaction() as session:
        session.add(
            IncomingSms(
                provider_id="unreadable",
                phone_sealed="sealed with a key that is lost",
                to_code="21972",
                body="my secret words",
                sent_at=clock.now(),
                received_at=clock.now(),
            )
        )
    receive(services, "HELP", phone=OTIENO)

    jobs.answer_waiting(services)

    assert owed(services) == 1
    assert waiting(services) == 1
    assert "incoming sms failed" in caplog.text
    assert "secret" not in caplog.text
    assert OTIENO not in caplog.text


def test_after_some_attempts_an_sms_is_set_aside_with_an_apology(services: Services, carrier: Carrier) -> None:
    receive(services, "HELP")
    break_answers(services, only="sms.help")

    for _ in range(incoming.MOST_ATTEMPTS):
        later(services)
        jobs.answer_waiting(services)
    jobs.drain(services)

    assert waiting(services) == 0
    assert [sms.phone for sms in carrier.sent] == [AMINA]
    assert "did not understand" in carrier.sent[0].text or "hatukuelewa" in carrier.sent[0].text


def test_an_sms_that_cannot_even_be_apologised_for_is_set_aside(services: Services) -> None:
    receive(services, "HELP")
    receive(services, "HELP", phone=OTIENO)
    break_answers(services)

    for _ in range(incoming.MOST_ATTEMPTS):
        later(services)
        jobs.answer_waiting(services)

    assert waiting(services) == 0
    assert owed(services) == 0


def break_answers(services: Services, only: str = "") -> None:
    """The database refuses to owe messages, as it would where a table is broken."""
    condition = f"NEW.phrase = '{only}'" if only else "TRUE"
    with services.db.transaction() as session:
        if services.db.engine.dialect.name == "sqlite":
            session.execute(
                text(
                    f"CREATE TRIGGER broken BEFORE INSERT ON messages WHEN {condition} "
                    "BEGIN SELECT RAISE(ABORT, 'broken'); END"
                )
            )
        else:
            session.execute(
                text(
                    "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$ BEGIN RAISE EXCEPTION 'broken'; END $$"
                )
            )
            session.execute(
                text(
                    f"CREATE TRIGGER broken BEFORE INSERT ON messages FOR EACH ROW WHEN ({condition}) "
                    "EXECUTE FUNCTION broken()"
                )
            )


def mend_answers(services: Services) -> None:
    on = "" if services.db.engine.dialect.name == "sqlite" else " ON messages"
    with services.db.transaction() as session:
        session.execute(text(f"DROP TRIGGER broken{on}"))


def later(services: Services) -> None:
    with services.db.transaction() as session:
        session.execute(text("UPDATE incoming_sms SET retry_at = NULL"))
