from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from gateway.models import DeliveryReport, Person
from gateway.services import Services
from gateway.sms import outbox, receipts, recovery, settling
from gateway.sms.outcomes import Accepted, Outcome, Unknown
from gateway.sweeps import SWEEPS, Sweep, sweep
from tests.gateway.sms.conftest import AMINA, NOW, OTIENO, TIMING, Owe, Row

LEASE, DOUBT = TIMING.lease.total_seconds(), TIMING.doubt.total_seconds()
Report = Callable[..., None]


def claim(services: Services, after: float) -> outbox.Claimed | None:
    with services.db.transaction() as session:
        return next(iter(outbox.claim(session, NOW + timedelta(seconds=after), TIMING, 1)), None)


def send(services: Services, outcome: Outcome, after: float = 0) -> None:
    claimed = claim(services, after)
    assert claimed
    with services.db.transaction() as session:
        now = NOW + timedelta(seconds=after)
        settling.settle(session, now, TIMING, [(claimed, outcome)])
        receipts.apply_waiting(session, now)


def sweep_at(services: Services, after: float) -> None:
    now = NOW + timedelta(seconds=after)
    with services.db.transaction() as session:
        recovery.end_leases(session, now, TIMING)
    with services.db.transaction() as session:
        receipts.apply_waiting(session, now)
    with services.db.transaction() as session:
        recovery.end_doubts(session, now, TIMING)
        recovery.expire(session, now)


@pytest.fixture
def report(services: Services) -> Report:
    def report(
        provider_id: str, status: str = "Success", *, phone: str = AMINA, after: float, reason: str = ""
    ) -> None:
        form = {"id": provider_id, "status": status, "phoneNumber": phone, "failureReason": reason}
        with services.db.transaction() as session:
            receipts.store(session, services.phones, form, NOW + timedelta(seconds=after))

    return report


def test_a_message_whose_worker_died_is_sent_once_more_and_marked(services: Services, owe: Owe, row: Row) -> None:
    message_id = owe()
    claim(services, 0)

    sweep_at(services, LEASE - 1)
    assert row(message_id).state == "sending"
    sweep_at(services, LEASE + 1)
    assert row(message_id).state == "unknown"
    sweep_at(services, LEASE + DOUBT)
    assert row(message_id).state == "unknown"
    assert not row(message_id).may_be_double
    sweep_at(services, LEASE + DOUBT + 2)
    assert row(message_id).state == "queued"
    assert row(message_id).may_be_double

    send(services, Accepted("again", "Success"), LEASE + DOUBT + 3)
    assert row(message_id).state == "submitted"
    assert row(message_id).resends == 1


def test_a_second_doubt_is_not_sent_a_third_time(services: Services, owe: Owe, row: Row) -> None:
    message_id = owe()
    send(services, Unknown("connection lost"))
    sweep_at(services, DOUBT + 1)
    send(services, Unknown("connection lost"), DOUBT + 2)

    sweep_at(services, 2 * DOUBT + 3)

    assert row(message_id).state == "unconfirmed"
    assert row(message_id).attempt == 2


def test_an_outage_of_the_carrier_loses_nothing_and_is_asked_less_and_less_often(
    services: Services, owe: Owe, row: Row
) -> None:
    message_id = owe()
    asked_at = 0.0
    pauses = []
    for _ in range(9):
        send(services, Unknown("HTTP 503"), asked_at)
        sweep_at(services, asked_at + DOUBT + 1)
        message = row(message_id)
        assert (message.state, message.may_be_double) == ("queued", True)
        pauses.append((message.not_before - NOW).total_seconds() - asked_at - DOUBT - 1)
        asked_at = (message.not_before - NOW).total_seconds()

    send(services, Accepted("ATXid_1", "Success"), asked_at)

    assert pauses == [number * DOUBT for number in (0, 1, 2, 3, 4, 5, 6, 6, 6)]
    assert row(message_id).state == "submitted"


def test_an_answer_that_is_lost_in_an_outage_still_has_its_one_resend(services: Services, owe: Owe, row: Row) -> None:
    message_id = owe()
    send(services, Unknown("HTTP 500"))
    sweep_at(services, DOUBT + 1)
    send(services, Unknown("connection lost"), DOUBT + 2)
    sweep_at(services, 2 * DOUBT + 3)
    assert row(message_id).state == "queued"

    send(services, Unknown("connection lost"), 2 * DOUBT + 4)
    sweep_at(services, 3 * DOUBT + 5)

    assert row(message_id).state == "unconfirmed"


def test_an_outage_that_outlives_a_message_leaves_it_unconfirmed(services: Services, owe: Owe, row: Row) -> None:
    waiting, in_doubt = owe(AMINA), owe(OTIENO)
    send(services, Unknown("HTTP 500"))
    sweep_at(services, DOUBT + 1)
    send(services, Unknown("HTTP 500"), DOUBT + 1)

    sweep_at(services, 100 * 3600)

    assert {row(waiting).state, row(in_doubt).state} == {"unconfirmed"}


def test_a_sweep_done_twice_does_nothing_twice(services: Services, owe: Owe, row: Row) -> None:
    message_id = owe()
    send(services, Unknown("connection lost"))

    for _ in range(3):
        sweep_at(services, DOUBT + 1)

    assert row(message_id).state == "queued"
    assert row(message_id).resends == 1


def test_an_answer_that_comes_after_the_lease_still_counts(services: Services, owe: Owe, row: Row) -> None:
    message_id = owe()
    claimed = claim(services, 0)
    assert claimed
    sweep_at(services, LEASE + 1)

    with services.db.transaction() as session:
        settling.settle(session, NOW + timedelta(seconds=40), TIMING, [(claimed, Accepted("late", "Success"))])

    assert row(message_id).state == "submitted"
    assert row(message_id).provider_id == "late"


def test_a_report_ends_a_doubt_without_a_second_sms(services: Services, owe: Owe, row: Row, report: Report) -> None:
    message_id = owe()
    send(services, Unknown("connection lost"))
    report("ATXid_1", "Sent", after=3)
    report("ATXid_1", "Success", after=4)

    sweep_at(services, 5)

    message = row(message_id)
    assert (message.state, message.provider_id, message.provider_status) == ("delivered", "ATXid_1", "Success")
    assert not message.may_be_double


def test_a_report_that_nobody_has_looked_at_yet_stops_the_resend(
    services: Services, owe: Owe, row: Row, report: Report
) -> None:
    message_id = owe()
    send(services, Unknown("connection lost"))
    report("ATXid_1", after=3)

    with services.db.transaction() as session:
        recovery.end_doubts(session, NOW + timedelta(seconds=DOUBT + 1), TIMING)

    assert row(message_id).state == "unknown"


def test_a_report_heard_before_the_claim_speaks_of_another_message(
    services: Services, owe: Owe, row: Row, report: Report
) -> None:
    report("old", "Sent", after=-60)
    message_id = owe()
    send(services, Unknown("connection lost"))
    report("old", "Success", after=3)

    sweep_at(services, DOUBT + 1)

    assert row(message_id).state == "queued"
    assert row(message_id).provider_id is None


def test_a_report_for_another_phone_ends_nobody_elses_doubt(
    services: Services, owe: Owe, row: Row, report: Report
) -> None:
    message_id = owe()
    send(services, Unknown("connection lost"))
    report("ATXid_1", phone=OTIENO, after=3)

    sweep_at(services, DOUBT + 1)

    assert row(message_id).state == "queued"


def test_a_second_unknown_id_does_not_replace_the_first(services: Services, owe: Owe, row: Row, report: Report) -> None:
    message_id = owe()
    send(services, Unknown("connection lost"))
    report("first", "Sent", after=3)
    report("second", "Failed", after=4)

    sweep_at(services, 5)

    assert (row(message_id).state, row(message_id).provider_id) == ("submitted", "first")


def test_a_report_after_unconfirmed_still_wins(services: Services, owe: Owe, row: Row, report: Report) -> None:
    message_id = owe()
    send(services, Unknown("connection lost"))
    sweep_at(services, DOUBT + 1)
    send(services, Unknown("connection lost"), DOUBT + 2)
    sweep_at(services, 2 * DOUBT + 3)
    report("ATXid_1", after=2 * DOUBT + 10)

    sweep_at(services, 2 * DOUBT + 11)

    assert row(message_id).state == "delivered"


def test_one_report_ends_one_doubt_also_where_an_older_one_is_left(
    services: Services, owe: Owe, row: Row, report: Report
) -> None:
    older, newer = owe(), owe()
    send(services, Unknown("connection lost"))
    sweep_at(services, DOUBT + 1)
    send(services, Unknown("connection lost"), DOUBT + 2)
    sweep_at(services, 2 * DOUBT + 3)
    send(services, Unknown("connection lost"), 2 * DOUBT + 4)
    report("ATXid_1", after=2 * DOUBT + 5)

    sweep_at(services, 2 * DOUBT + 6)

    assert row(older).state == "unconfirmed"
    assert (row(newer).state, row(newer).provider_id) == ("delivered", "ATXid_1")


def test_a_report_that_comes_before_the_answer_is_joined(
    services: Services, owe: Owe, row: Row, report: Report
) -> None:
    message_id = owe()
    report("ATXid_1", after=0)

    send(services, Accepted("ATXid_1", "Success"))

    assert row(message_id).state == "delivered"


@pytest.mark.parametrize(
    ("words", "state", "status"),
    [
        (["Sent"], "submitted", "Sent"),
        (["Success"], "delivered", "Success"),
        (["Success", "Sent"], "delivered", "Success"),
        (["Failed", "Success"], "failed", "Failed"),
        (["AbsentSubscriber"], "failed", "AbsentSubscriber"),
        (["AbsentSubscriber", "Success"], "delivered", "Success"),
        (["Expired", "Buffered"], "failed", "Expired"),
        (["Rejected"], "failed", "Rejected"),
        (["Buffered", "Submitted", "Sent"], "submitted", "Buffered"),
        (["QuantumState"], "submitted", "QuantumState"),
        (["Success", "QuantumState"], "delivered", "Success"),
        (["", "Sent"], "submitted", "Sent"),
    ],
)
def test_reports_move_a_message_only_upward(
    words: list[str], state: str, status: str, services: Services, owe: Owe, row: Row, report: Report
) -> None:
    message_id = owe()
    send(services, Accepted("ATXid_1", "Success"))

    for after, word in enumerate(words):
        report("ATXid_1", word, after=after + 1)
        report("ATXid_1", word, after=after + 1)
        sweep_at(services, after + 2)

    assert (row(message_id).state, row(message_id).provider_status) == (state, status)
    with services.db.reading() as session:
        assert session.scalar(select(func.count(DeliveryReport.id))) == len(words)
        assert session.scalar(select(func.count()).where(DeliveryReport.applied_at.is_(None))) == 0


def test_reports_that_arrive_together_in_the_wrong_order_end_the_same(
    services: Services, owe: Owe, row: Row, report: Report
) -> None:
    message_id = owe()
    send(services, Accepted("ATXid_1", "Success"))
    for word in ("Success", "Submitted", "Sent"):
        report("ATXid_1", word, after=1)

    sweep_at(services, 2)

    assert row(message_id).state == "delivered"


def test_a_number_that_does_not_exist_gets_nothing_unasked_again(
    services: Services, owe: Owe, row: Row, report: Report
) -> None:
    message_id = owe()
    send(services, Accepted("ATXid_1", "Success"))
    report("ATXid_1", "Failed", after=1, reason="UserDoesNotExist")

    sweep_at(services, 2)

    assert row(message_id).reason == "UserDoesNotExist"
    with services.db.reading() as session:
        assert session.scalars(select(Person.sms_stopped_by)).one() == "UserDoesNotExist"


def test_what_is_too_old_is_not_sent_any_more(services: Services, owe: Owe, row: Row) -> None:
    perhaps_sent = owe(AMINA)
    send(services, Unknown("connection lost"))
    never_sent = owe(OTIENO)
    sweep_at(services, DOUBT + 1)

    sweep_at(services, 100 * 3600)

    assert row(never_sent).state == "expired"
    assert row(perhaps_sent).state == "unconfirmed"
    assert claim(services, 101 * 3600) is None


def test_a_sweep_that_fails_does_not_keep_the_others_from_running(services: Services, owe: Owe, row: Row) -> None:
    message_id = owe()
    claim(services, 0)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    failed = sweep(services, NOW + timedelta(hours=1), sweeps=(Sweep("broken", fail), *SWEEPS))

    assert failed == ["broken"]
    assert row(message_id).state == "unknown"


def test_a_sweep_as_of_a_later_time_does_not_expire_messages(services: Services, owe: Owe, row: Row) -> None:
    message_id = owe()

    sweep(services, NOW, as_of=NOW + timedelta(days=365))

    assert row(message_id).state == "queued"
