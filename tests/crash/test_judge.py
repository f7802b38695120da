"""The judge of the chaos is shown each kind of violation and finds it: a check that never fails proves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.models import IncomingSms
from gateway.services import Services
from gateway.sms import incoming
from tests.crash import judge
from tests.crash.judge import Accepted, Owed
from tests.crash.town import Seen
from tests.gateway.cast import AMINA, BRIAN, HARAMBEE, NOW, OTIENO, PHONES, file_complaint, load_roster

RECEIPT = Owed(1, AMINA, "Hatua 4821759: received.", "sms.received", "submitted", may_be_double=False)
QUESTION = Owed(2, AMINA, "Hatua 4821759: the county says DONE.", "sms.resolved", "submitted", may_be_double=False)
FIRST_KILL_AT = 1000.0

Ledger = Callable[..., list[Accepted]]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """What the carrier wrote to disk for these, in this order, one second after the other."""

    def ledger(*taken: Owed, since: float = 0, is_answered: bool = True) -> list[Accepted]:
        entries = [
            {"phone": one.phone, "text": one.text, "at": since + number, "is_answered": is_answered}
            for number, one in enumerate(taken)
        ]
        path = tmp_path / "ledger"
        path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
        return judge.accepted(path)

    return ledger


def test_what_was_owed_and_accepted_is_not_missed(ledger: Ledger) -> None:
    assert judge.every_owed_message_was_accepted_or_says_why_not(ledger(RECEIPT, QUESTION), [RECEIPT, QUESTION]) == []


@pytest.mark.parametrize("state", ["submitted", "delivered", "failed"])
def test_a_message_that_was_never_accepted_and_does_not_say_so_is_lost(state: str, ledger: Ledger) -> None:
    with pytest.raises(AssertionError, match="lost, and not said so"):
        judge.every_owed_message_was_accepted_or_says_why_not(
            ledger(RECEIPT), [RECEIPT, replace(QUESTION, state=state)]
        )


def test_one_of_two_equal_messages_that_was_never_accepted_is_lost(ledger: Ledger) -> None:
    with pytest.raises(AssertionError, match="lost, and not said so"):
        judge.every_owed_message_was_accepted_or_says_why_not(ledger(RECEIPT), [RECEIPT, replace(RECEIPT, id=2)])


def test_a_message_that_says_that_it_was_not_sent_is_counted_and_not_lost(ledger: Ledger) -> None:
    unsent = replace(QUESTION, state="unconfirmed")

    assert judge.every_owed_message_was_accepted_or_says_why_not(ledger(RECEIPT), [RECEIPT, unsent]) == [unsent]


def test_a_message_that_nobody_owed_is_found(ledger: Ledger) -> None:
    with pytest.raises(AssertionError, match="nobody owed"):
        judge.every_owed_message_was_accepted_or_says_why_not(ledger(RECEIPT, QUESTION), [RECEIPT])


def test_the_words_of_one_person_at_another_are_found(ledger: Ledger) -> None:
    with pytest.raises(AssertionError, match="lost, and not said so"):
        judge.every_owed_message_was_accepted_or_says_why_not(ledger(replace(RECEIPT, phone=BRIAN)), [RECEIPT])


def test_twice_without_a_mark_is_found(ledger: Ledger) -> None:
    with pytest.raises(AssertionError, match="twice, and not said so"):
        judge.doubles_are_rare_marked_and_have_a_cause(
            ledger(RECEIPT, RECEIPT, is_answered=False), [RECEIPT], FIRST_KILL_AT
        )


def test_three_times_is_not_excused_by_one_mark(ledger: Ledger) -> None:
    marked = replace(RECEIPT, may_be_double=True)

    with pytest.raises(AssertionError, match="twice, and not said so"):
        judge.doubles_are_rare_marked_and_have_a_cause(
            ledger(RECEIPT, RECEIPT, RECEIPT, is_answered=False), [marked], FIRST_KILL_AT
        )


def test_twice_although_nothing_was_killed_and_the_answer_came_is_found(ledger: Ledger) -> None:
    marked = replace(RECEIPT, may_be_double=True)

    with pytest.raises(AssertionError, match="although the first answer came"):
        judge.doubles_are_rare_marked_and_have_a_cause(ledger(RECEIPT, RECEIPT), [marked], FIRST_KILL_AT)


@pytest.mark.parametrize(("since", "is_answered"), [(0.0, False), (FIRST_KILL_AT, True)], ids=["line cut", "killed"])
def test_a_marked_double_with_a_cause_is_counted(since: float, is_answered: bool, ledger: Ledger) -> None:
    marked = replace(RECEIPT, may_be_double=True)
    sent = ledger(RECEIPT, RECEIPT, since=since, is_answered=is_answered)

    assert judge.doubles_are_rare_marked_and_have_a_cause(sent, [marked], FIRST_KILL_AT) == [marked]


def test_two_equal_messages_that_were_both_owed_are_no_double(ledger: Ledger) -> None:
    again = replace(RECEIPT, id=2)

    assert judge.doubles_are_rare_marked_and_have_a_cause(ledger(RECEIPT, again), [RECEIPT, again], FIRST_KILL_AT) == []


def test_a_resident_who_is_told_things_in_the_wrong_order_is_found(ledger: Ledger) -> None:
    of_another = replace(QUESTION, text="Hatua: 20 answers an hour, please wait.")

    for later in (QUESTION, of_another):
        judge.order_is_kept(ledger(RECEIPT, later), [RECEIPT, later], officers=())
        with pytest.raises(AssertionError, match="out of order"):
            judge.order_is_kept(ledger(later, RECEIPT), [RECEIPT, later], officers=())


def test_a_message_that_is_repeated_after_a_later_one_is_found(ledger: Ledger) -> None:
    judge.order_is_kept(ledger(RECEIPT, RECEIPT, QUESTION), [RECEIPT, QUESTION], officers=())
    with pytest.raises(AssertionError, match="out of order"):
        judge.order_is_kept(ledger(RECEIPT, QUESTION, RECEIPT), [RECEIPT, QUESTION], officers=())


def test_an_officer_is_told_of_one_job_in_order_and_of_two_in_any(ledger: Ledger) -> None:
    job, reminder = replace(RECEIPT, phone=OTIENO), replace(QUESTION, phone=OTIENO)
    other_job = replace(job, id=3, text="Hatua 4821760: received.")
    owing = [job, reminder, other_job]

    judge.order_is_kept(ledger(other_job, job, reminder), owing, officers=(OTIENO,))
    with pytest.raises(AssertionError, match="out of order about 4821759"):
        judge.order_is_kept(ledger(reminder, other_job, job), owing, officers=(OTIENO,))


def test_what_two_people_hear_has_no_order(ledger: Ledger) -> None:
    to_brian = replace(QUESTION, phone=BRIAN)

    judge.order_is_kept(ledger(to_brian, RECEIPT), [RECEIPT, to_brian], officers=())


@pytest.fixture
def session(services: Services) -> Iterator[Session]:
    with services.db.transaction() as session:
        load_roster(session)
        yield session


@pytest.fixture
def seen(session: Session, services: Services) -> Seen:
    """Amina was told of a complaint of hers."""
    complaint = file_complaint(session, services.settings, filed_by="ussd:ATUid_1:done")
    return Seen(AMINA, "ATUid_1", complaint.reference)


on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@on_sqlite
def test_a_reference_that_was_seen_and_exists_once_is_right(session: Session, seen: Seen) -> None:
    judge.every_reference_exists_once(session, PHONES, [seen, replace(seen, reference=None)])


@on_sqlite
@pytest.mark.parametrize(
    "wrong",
    [{"session_id": "ATUid_2"}, {"reference": "0000000"}, {"phone": BRIAN}],
    ids=["no complaint", "another number", "another person"],
)
def test_a_reference_that_was_seen_and_is_not_there_is_found(
    wrong: dict[str, str], session: Session, seen: Seen
) -> None:
    with pytest.raises(AssertionError):
        judge.every_reference_exists_once(session, PHONES, [replace(seen, **wrong)])


@on_sqlite
@pytest.mark.parametrize("is_told", [True, False])
def test_two_complaints_of_one_session_are_found_also_where_nobody_was_told(
    is_told: bool, session: Session, services: Services, seen: Seen
) -> None:
    file_complaint(session, services.settings, filed_by="ussd:ATUid_1:again", ward=HARAMBEE)

    with pytest.raises(AssertionError):
        judge.every_reference_exists_once(session, PHONES, [seen] if is_told else [])


@on_sqlite
def test_an_sms_that_was_taken_and_is_gone_is_found(session: Session, services: Services) -> None:
    incoming.store(session, PHONES, {"id": "one", "from": AMINA, "text": "STATUS"}, NOW)

    judge.every_sms_that_came_in_had_one_effect(session, [("one", AMINA, "STATUS")])
    with pytest.raises(AssertionError):
        judge.every_sms_that_came_in_had_one_effect(session, [("two", AMINA, "STATUS")])


@on_sqlite
def test_an_sms_that_was_set_aside_is_found(session: Session) -> None:
    incoming.store(session, PHONES, {"id": "one", "from": AMINA, "text": "STATUS"}, NOW)
    session.scalars(select(IncomingSms)).one().attempts = incoming.MOST_ATTEMPTS
    session.flush()

    with pytest.raises(AssertionError, match="set aside"):
        judge.every_sms_that_came_in_had_one_effect(session, [("one", AMINA, "STATUS")])


@on_sqlite
def test_a_yes_that_closed_nothing_is_found(session: Session, seen: Seen) -> None:
    words = f"YES {seen.reference}"
    incoming.store(session, PHONES, {"id": "one", "from": AMINA, "text": words}, NOW)

    with pytest.raises(AssertionError, match=words):
        judge.every_sms_that_came_in_had_one_effect(session, [("one", AMINA, words)])
