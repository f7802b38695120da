"""Filing and moving: one change, one event, one set of messages, on both databases, however many do it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.complaints import queries, service, states
from gateway.complaints.service import Actor, Moved, Refused
from gateway.complaints.states import Reason
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Complaint, Event, Message
from gateway.sms import outbox
from tests.gateway import cast

HOUR = timedelta(hours=1)
NOTE = "Cleared by truck"


def move(
    session: Session,
    settings: Settings,
    complaint: Complaint,
    phone: str,
    verb: str,
    words: str | None = None,
    after: timedelta = HOUR,
) -> Moved | Refused:
    return service.move(
        session,
        settings,
        now=cast.NOW + after,
        complaint=complaint,
        verb=verb,
        actor=Actor(cast.person(session, phone), "sms"),
        words=words,
    )


def phrases(session: Session, phone: str) -> list[str]:
    return [phrase for phrase, _body in cast.messages_to(session, phone)]


def test_a_filed_complaint_is_promised_routed_and_told(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)

    with database.reading() as session:
        filed = queries.by_reference(session, complaint.reference)
        assert filed is not None
        assert (filed.state, filed.cycle, filed.version, filed.priority) == (states.RECEIVED, 1, 1, "normal")
        assert filed.promise_due_at == cast.NOW + timedelta(hours=72)
        assert filed.officer_id == cast.person(session, cast.OTIENO).id
        (event,) = queries.history(session, filed)
        assert (event.number, event.verb, event.from_state, event.to_state) == (1, "FILE", None, "received")
        assert (event.role, event.channel, event.actor_id) == ("owner", "ussd", filed.owner_id)
        assert event.facts is not None
        assert event.facts["routing"][-1]["area"] == cast.MARINGO
        ((phrase, body),) = cast.messages_to(session, cast.AMINA)
        assert phrase == "sms.received"
        assert f"Hatua {filed.reference}: Illegal dumping, Maringo/Hamza, Stage Mosque Rd" in body
        assert "Wed 25 Nov 10:40" in body
        ((phrase, body),) = cast.messages_to(session, cast.OTIENO)
        assert phrase == "officer.assigned"
        assert f"ACK {filed.reference}" in body


def test_each_is_told_in_their_own_language_and_the_resident_at_once(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        cast.person(session, cast.AMINA).language = "sw"
        cast.person(session, cast.OTIENO).language = "sw"
        cast.file_complaint(session, settings)

        ((_, to_owner),) = cast.messages_to(session, cast.AMINA)
        ((_, to_officer),) = cast.messages_to(session, cast.OTIENO)
        assert "Utupaji taka haramu" in to_owner
        assert "25 Nov 10:40" in to_owner
        assert to_officer.startswith("MPYA")
        assert list(session.scalars(select(Message.urgency).order_by(Message.id))) == [outbox.ANSWER, outbox.UPDATE]


def test_an_urgent_category_has_texts_of_its_own(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings, category="T8")

        assert complaint.priority == "urgent"
        assert phrases(session, cast.AMINA) == ["sms.received.urgent"]
        assert phrases(session, cast.NJERI) == ["officer.assigned.urgent"]


def test_somebody_in_danger_makes_any_category_urgent(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = service.file(
            session,
            settings,
            now=cast.NOW,
            owner=cast.person(session, cast.AMINA),
            category="T4",
            ward=cast.MARINGO,
            landmark="Stage Mosque Rd",
            channel="ussd",
            filed_by="ussd:made-up-session:danger",
            urgent=True,
        ).complaint

        assert complaint.priority == queries.URGENT
        assert phrases(session, cast.AMINA) == ["sms.received.urgent"]
        assert phrases(session, cast.OTIENO) == ["officer.assigned.urgent"]


def test_filing_the_same_ten_times_at_once_files_it_once(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
    together = Barrier(10)

    def file(_: int) -> tuple[str, bool]:
        together.wait(timeout=30)
        with database.transaction() as session:
            filed = service.file(
                session,
                settings,
                now=cast.NOW,
                owner=cast.person(session, cast.AMINA),
                category="T2",
                ward=cast.MARINGO,
                landmark="Stage Mosque Rd",
                channel="ussd",
                filed_by="ussd:made-up-session:done",
            )
            return filed.complaint.reference, filed.is_new

    with ThreadPoolExecutor(10) as threads:
        outcomes = list(threads.map(file, range(10)))

    assert len({reference for reference, _ in outcomes}) == 1
    assert [is_new for _, is_new in outcomes].count(True) == 1
    with database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (Complaint, Event, Message)]
        assert counts == [1, 1, 2]


def test_a_landmark_with_nul_and_emoji_is_kept_as_far_as_a_database_can(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        filed = service.file(
            session,
            settings,
            now=cast.NOW,
            owner=cast.person(session, cast.AMINA),
            category="M1",
            ward=cast.KAREN,
            landmark="near\x00school \U0001f3eb \ud83d",
            channel="ussd",
            filed_by="ussd:odd:done",
        )

        assert filed.complaint.landmark == "near school \U0001f3eb ?"


def test_the_whole_story_ends_confirmed(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        for hours, phone, verb, words in (
            (1, cast.OTIENO, states.ACK, None),
            (2, cast.OTIENO, states.DONE, NOTE),
            (3, cast.AMINA, states.YES, None),
        ):
            assert isinstance(move(session, settings, complaint, phone, verb, words, HOUR * hours), Moved)

        assert (complaint.state, complaint.outcome, complaint.cycle) == (states.CLOSED, states.CONFIRMED, 1)
        assert complaint.promise_due_at == cast.NOW + timedelta(hours=72)
        assert complaint.state_since == cast.NOW + 3 * HOUR
        events = queries.history(session, complaint)
        assert [(event.number, event.verb, event.role) for event in events] == [
            (1, "FILE", "owner"),
            (2, "ACK", "officer"),
            (3, "DONE", "officer"),
            (4, "YES", "owner"),
        ]
        assert [event.to_state for event in events] == ["received", "acknowledged", "resolved", "closed"]
        assert events[2].words == NOTE
        told = cast.messages_to(session, cast.AMINA)
        assert [phrase for phrase, _ in told] == [
            "sms.received",
            "sms.acknowledged",
            "sms.resolved",
            "sms.closed.confirmed",
        ]
        assert "M.Otieno, Maringo/Hamza" in told[1][1]
        assert f"({NOTE})" in told[2][1]
        assert phrases(session, cast.OTIENO) == ["officer.assigned", "officer.confirmed"]


def test_done_implies_that_it_was_seen(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        move(session, settings, complaint, cast.OTIENO, states.DONE, NOTE)

        events = queries.history(session, complaint)
        assert [(event.verb, event.from_state, event.to_state) for event in events[1:]] == [
            ("ACK", "received", "acknowledged"),
            ("DONE", "acknowledged", "resolved"),
        ]
        assert phrases(session, cast.AMINA) == ["sms.received", "sms.resolved"]


@pytest.mark.parametrize("words", [None, "", "done", "it is", "ok - !", "\x00 . ,"])
def test_done_without_three_words_changes_nothing(database: Database, settings: Settings, words: str | None) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        outcome = move(session, settings, complaint, cast.OTIENO, states.DONE, words)

        assert outcome == Refused(complaint, Reason.NEED_NOTE)
        assert complaint.state == states.RECEIVED
        assert queries.history(session, complaint)[-1].facts == {"refused": "need_note"}
        assert phrases(session, cast.AMINA) == ["sms.received"]


@pytest.mark.parametrize("words", ["truck 12", "two lorries removed", "lori 2"])
def test_three_words_or_a_number_that_can_be_looked_up_say_what_was_done(
    database: Database, settings: Settings, words: str
) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)

        assert isinstance(move(session, settings, complaint, cast.OTIENO, states.DONE, words), Moved)


def test_saying_it_twice_changes_nothing_and_tells_nobody(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        for phone, verb, words in (
            (cast.OTIENO, states.ACK, None),
            (cast.OTIENO, states.DONE, NOTE),
            (cast.AMINA, states.NO, None),
            (cast.NJERI, states.DONE, NOTE),
            (cast.AMINA, states.YES, None),
        ):
            first = move(session, settings, complaint, phone, verb, words)
            before = (complaint.version, session.scalar(select(func.count(Message.id))))
            second = move(session, settings, complaint, phone, verb, words)
            after = (complaint.version, session.scalar(select(func.count(Message.id))))

            assert isinstance(first, Moved), verb
            assert first.event is not None
            assert second == Moved(complaint, event=None), verb
            assert after == before, verb


def test_ten_officers_messages_at_once_make_one_change(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        filed = cast.file_complaint(session, settings)
    together = Barrier(10)

    def finish(_: int) -> bool:
        together.wait(timeout=30)
        with database.transaction() as session:
            complaint = queries.by_reference(session, filed.reference)
            assert complaint is not None
            outcome = move(session, settings, complaint, cast.OTIENO, states.DONE, NOTE)
            assert isinstance(outcome, Moved)
            return outcome.event is not None

    with ThreadPoolExecutor(10) as threads:
        changed = list(threads.map(finish, range(10)))

    assert changed.count(True) == 1
    with database.reading() as session:
        assert [event.verb for event in session.scalars(select(Event).order_by(Event.id))] == ["FILE", "ACK", "DONE"]
        assert phrases(session, cast.AMINA) == ["sms.received", "sms.resolved"]


def test_who_was_overtaken_is_answered_by_what_the_complaint_has_become(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        filed = cast.file_complaint(session, settings)
    with database.reading() as session:
        stale = queries.by_reference(session, filed.reference)
        assert stale is not None
    with database.transaction() as session:
        complaint = queries.by_reference(session, filed.reference)
        assert complaint is not None
        move(session, settings, complaint, cast.NJERI, states.ACK)

    with database.transaction() as session:
        mine = session.merge(stale, load=False)
        outcome = move(session, settings, mine, cast.OTIENO, states.ACK)

        assert outcome == Refused(mine, Reason.NOT_NOW)
        assert mine.officer_id == cast.person(session, cast.NJERI).id


@pytest.mark.parametrize("phone", [cast.WANJIRU, cast.HASSAN, cast.AMINA, cast.BRIAN])
@pytest.mark.parametrize("verb", [states.ACK, states.DONE])
def test_only_the_countys_people_of_that_area_work_on_a_complaint(
    database: Database, settings: Settings, phone: str, verb: str
) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        outcome = move(session, settings, complaint, phone, verb, NOTE)

        assert outcome == Refused(complaint, Reason.NOT_ALLOWED)
        assert complaint.state == states.RECEIVED


@pytest.mark.parametrize("phone", [cast.OTIENO, cast.NJERI, cast.HASSAN, cast.BRIAN])
@pytest.mark.parametrize("verb", [states.YES, states.NO])
def test_only_the_owner_says_whether_it_is_fixed(database: Database, settings: Settings, phone: str, verb: str) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        move(session, settings, complaint, cast.OTIENO, states.DONE, NOTE)

        assert move(session, settings, complaint, phone, verb) == Refused(complaint, Reason.NOT_ALLOWED)
        assert complaint.state == states.RESOLVED


def test_nobody_confirms_their_own_work(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings, owner=cast.OTIENO)
        move(session, settings, complaint, cast.OTIENO, states.DONE, NOTE)

        assert move(session, settings, complaint, cast.OTIENO, states.YES) == Refused(complaint, Reason.NOT_ALLOWED)


def test_who_has_left_the_roster_works_on_nothing(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        cast.load_roster(session, cast.ROSTER.replace(cast.OTIENO, "+254711000009"))

        assert move(session, settings, complaint, cast.OTIENO, states.ACK) == Refused(complaint, Reason.NOT_ALLOWED)


def test_a_refused_attempt_is_kept_with_its_reason(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        move(session, settings, complaint, cast.AMINA, states.YES)
        move(session, settings, complaint, cast.BRIAN, states.YES)

        attempts = [(event.verb, event.facts) for event in queries.history(session, complaint)[1:]]
        assert attempts == [("YES", {"refused": "too_early"})]
        assert phrases(session, cast.AMINA) == ["sms.received"]


def test_no_reopens_over_the_head_of_who_said_done(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        move(session, settings, complaint, cast.OTIENO, states.DONE, NOTE)
        move(session, settings, complaint, cast.AMINA, states.NO, "half of it is there", after=2 * HOUR)

        assert (complaint.state, complaint.cycle, complaint.priority) == (states.RECEIVED, 2, "high")
        assert complaint.officer_id == cast.person(session, cast.NJERI).id
        assert (complaint.filed_at, complaint.promise_due_at) == (cast.NOW, cast.NOW + timedelta(hours=72))
        assert phrases(session, cast.NJERI) == ["officer.reopened"]
        # 48 hours from the reopening, at 12:40 in Nairobi.
        assert "Tue 24 Nov 12:40" in cast.messages_to(session, cast.AMINA)[-1][1]


def test_without_a_supervisor_the_same_officer_gets_it_again(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session, "\n".join(cast.ROSTER.splitlines()[:2]))
        complaint = cast.file_complaint(session, settings)
        move(session, settings, complaint, cast.OTIENO, states.DONE, NOTE)
        move(session, settings, complaint, cast.AMINA, states.NO)

        assert complaint.officer_id == cast.person(session, cast.OTIENO).id
        assert phrases(session, cast.OTIENO) == ["officer.assigned", "officer.reopened"]


@pytest.mark.parametrize(("hours", "reopens"), [(72, True), (73, False)])
def test_what_is_closed_reopens_within_the_window_only(
    database: Database, settings: Settings, hours: int, reopens: bool
) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        move(session, settings, complaint, cast.OTIENO, states.DONE, NOTE, after=0 * HOUR)
        move(session, settings, complaint, cast.AMINA, states.YES, after=0 * HOUR)
        outcome = move(session, settings, complaint, cast.AMINA, states.NO, after=hours * HOUR)

        assert isinstance(outcome, Moved) is reopens
        assert (complaint.state, complaint.outcome) == (
            (states.RECEIVED, None) if reopens else (states.CLOSED, states.CONFIRMED)
        )
