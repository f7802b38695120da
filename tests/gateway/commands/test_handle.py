"""Conversations by SMS: what each sender is answered, and what a complaint becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.commands import handle
from gateway.complaints import states
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Complaint, IncomingSms, Message
from gateway.sms import outbox
from menus import gsm7
from tests.gateway import cast

NOTE = "cleared by truck"


@dataclass
class Conversation:
    """One open transaction; each text is answered an hour after the one before."""

    session: Session
    settings: Settings
    hours: int = field(default=0)

    def file(self, **more: object) -> Complaint:
        self.hours += 1
        key = f"ussd:{self.hours}:done"
        return cast.file_complaint(
            self.session,
            self.settings,
            filed_by=key,
            after=timedelta(hours=self.hours - 1),
            **more,  # type: ignore[arg-type]
        )

    def receive(self, phone: str | None, text: str) -> IncomingSms:
        """The SMS is stored and answered."""
        self.hours += 1
        now = cast.NOW + timedelta(hours=self.hours)
        incoming = IncomingSms(
            provider_id=f"made-up-{self.hours}",
            phone_sealed=cast.PHONES.seal(phone) if phone else None,
            to_code="21972",
            body=text,
            sent_at=now,
            received_at=now,
        )
        self.session.add(incoming)
        self.session.flush()
        handle.answer(self.session, self.settings, cast.PHONES, now=now, incoming=incoming)
        return incoming

    def text(self, phone: str, text: str) -> tuple[str, str]:
        """What the sender gets: the phrase and the words of exactly one SMS."""
        before = len(cast.messages_to(self.session, phone))
        self.receive(phone, text)
        answers = cast.messages_to(self.session, phone)[before:]
        assert len(answers) == 1, answers
        return answers[0]

    def phrase(self, phone: str, text: str) -> str:
        return self.text(phone, text)[0]


@pytest.fixture
def talk(database: Database, settings: Settings) -> Iterator[Conversation]:
    with database.transaction() as session:
        cast.load_roster(session)
        yield Conversation(session, settings)


def wrong(complaint: Complaint) -> str:
    """The reference with its last digit wrong."""
    return complaint.reference[:-1] + str((int(complaint.reference[-1]) + 1) % 10)


def test_the_story_in_english(talk: Conversation) -> None:
    complaint = talk.file()
    ref = complaint.reference

    assert talk.text(cast.OTIENO, f"ack{ref}")[1].startswith(f"{ref} is yours. Due Wed 25 Nov 10:40.")
    assert complaint.state == states.ACKNOWLEDGED
    phrase, body = talk.text(cast.OTIENO, f"{ref[:3]} {ref[3:]} done, 2 lorries of garbage")
    assert (phrase, body) == (
        "officer.done.ok",
        f"OK {ref} DONE. Resident asked to confirm. Open for you: 0, due today: 0. LIST",
    )
    assert complaint.state == states.RESOLVED
    assert "(2 lorries of garbage)" in cast.messages_to(talk.session, cast.AMINA)[-1][1]
    assert talk.phrase(cast.AMINA, "yes") == "sms.closed.confirmed"
    assert (complaint.state, complaint.outcome) == (states.CLOSED, states.CONFIRMED)
    assert cast.messages_to(talk.session, cast.OTIENO)[-1][0] == "officer.confirmed"


@pytest.mark.parametrize(
    ("text", "phrase", "words"),
    [
        ("DONE {} 2 lorries of garbage", "officer.done.unreached", "do not reach the resident"),
        ("MALIZA {} lori 2 za taka", "officer.done.unreached", "hazimfikii mkazi"),
        ("ASK {} which side of the road?", "officer.ask.unreached", "did not reach the resident"),
        ("ULIZA {} upande gani?", "officer.ask.unreached", "haikumfikia mkazi"),
    ],
)
def test_an_officer_hears_that_the_resident_gets_no_sms(talk: Conversation, text: str, phrase: str, words: str) -> None:
    complaint = talk.file()
    cast.end_messages(talk.session, cast.AMINA, "failed", "AbsentSubscriber")

    said = talk.text(cast.OTIENO, text.format(complaint.reference))

    assert said[0] == phrase
    assert words in said[1]
    # The message is owed all the same.
    assert len(cast.messages_to(talk.session, cast.AMINA)) > 1


def test_the_story_in_kiswahili(talk: Conversation) -> None:
    complaint = talk.file()
    ref = complaint.reference

    assert talk.text(cast.OTIENO, f"Pokea {ref}")[1].startswith(f"{ref} ni yako.")
    assert talk.text(cast.OTIENO, f"MALIZA {ref} lori 2 za taka")[1].startswith(f"SAWA {ref} TAYARI")
    assert "limefungwa" in talk.text(cast.AMINA, f"Jibu NDIYO {ref}")[1]
    assert complaint.outcome == states.CONFIRMED
    assert "Hongera" in cast.messages_to(talk.session, cast.OTIENO)[-1][1]


def test_an_answer_comes_before_news(talk: Conversation) -> None:
    complaint = talk.file()
    incoming = talk.receive(cast.OTIENO, f"ACK {complaint.reference}")

    answer = talk.session.scalars(select(Message).where(Message.dedupe_key == f"answer:{incoming.id}")).one()
    news = talk.session.scalars(select(Message).where(Message.phrase == "sms.acknowledged")).one()
    assert (answer.urgency, news.urgency) == (outbox.ANSWER, outbox.UPDATE)


def test_an_answer_is_in_the_language_of_the_question_and_the_first_is_remembered(talk: Conversation) -> None:
    talk.file()
    amina = cast.person(talk.session, cast.AMINA)

    assert "tangu" in talk.text(cast.AMINA, "HALI")[1]
    assert amina.language == "sw"
    assert "since" in talk.text(cast.AMINA, "STATUS")[1]
    assert amina.language == "sw"
    assert "samahani" in talk.text(cast.AMINA, "xyz")[1]


def test_saying_done_twice_is_answered_alike_and_asks_the_resident_once(talk: Conversation) -> None:
    complaint = talk.file()
    text = f"DONE {complaint.reference} {NOTE}"

    assert talk.text(cast.OTIENO, text) == talk.text(cast.OTIENO, text)
    asked = [phrase for phrase, _ in cast.messages_to(talk.session, cast.AMINA)]
    assert asked.count("sms.resolved") == 1


def test_yes_and_no_said_twice_are_answered_alike_and_change_nothing_more(talk: Conversation) -> None:
    complaint = talk.file()
    ref = complaint.reference
    talk.receive(cast.OTIENO, f"DONE {ref} {NOTE}")

    for verb, phrase in (("NO", "sms.reopened"), ("YES", "sms.closed.confirmed")):
        if verb == "YES":
            talk.receive(cast.NJERI, f"DONE {ref} {NOTE}")
        assert talk.phrase(cast.AMINA, f"{verb} {ref}") == phrase
        version = complaint.version
        assert talk.phrase(cast.AMINA, f"{verb} {ref}") == phrase
        assert complaint.version == version
    assert complaint.cycle == 2


def test_done_needs_three_words(talk: Conversation) -> None:
    complaint = talk.file()

    phrase, body = talk.text(cast.OTIENO, f"DONE {complaint.reference} ok")
    assert phrase == "officer.done.need_note"
    assert f"DONE {complaint.reference}" in body
    assert complaint.state == states.RECEIVED


@pytest.mark.parametrize("phone", [cast.AMINA, cast.BRIAN, cast.HASSAN])
@pytest.mark.parametrize("verb", ["ACK", "DONE", "POKEA", "MALIZA", "REJECT", "ULIZA", "HAMISHA", "START"])
def test_a_number_on_no_roster_moves_nothing(talk: Conversation, phone: str, verb: str) -> None:
    complaint = talk.file()

    assert talk.phrase(phone, f"{verb} {complaint.reference} {NOTE}") == "officer.not_registered"
    assert (complaint.state, complaint.version) == (states.RECEIVED, 1)


def test_a_residents_sentence_is_no_officers_command(talk: Conversation) -> None:
    assert talk.phrase(cast.AMINA, "Close the open manhole on River Road") == "sms.report.offer"


def test_an_officer_of_another_area_does_not_learn_that_a_reference_exists(talk: Conversation) -> None:
    complaint = talk.file()

    theirs = talk.text(cast.WANJIRU, f"DONE {complaint.reference} {NOTE}")
    nobodys = talk.text(cast.WANJIRU, f"DONE 4821759 {NOTE}")
    assert theirs[0] == nobodys[0] == "officer.unknown_ref"
    assert theirs[1].replace(complaint.reference, "4821759") == nobodys[1]
    assert complaint.version == 1


def test_a_resident_does_not_learn_that_anothers_reference_exists(talk: Conversation) -> None:
    complaint = talk.file()
    talk.receive(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    for verb in ("YES", "NO", "STATUS", "HALI"):
        assert talk.phrase(cast.BRIAN, f"{verb} {complaint.reference}") == "sms.status.notfound"
    assert complaint.state == states.RESOLVED


@pytest.mark.parametrize("text", ["ACK {}", "DONE {} cleared by truck", "{} done cleared by truck"])
def test_a_wrong_digit_is_named_and_acts_on_nothing_of_an_officers(talk: Conversation, text: str) -> None:
    complaint = talk.file()

    phrase, body = talk.text(cast.OTIENO, text.format(wrong(complaint)))
    assert phrase == "sms.ref.invalid"
    assert wrong(complaint) in body
    assert complaint.version == 1


@pytest.mark.parametrize("text", ["YES {}", "NO {}", "STATUS {}", "{}"])
def test_a_wrong_digit_is_named_and_acts_on_nothing_of_a_residents(talk: Conversation, text: str) -> None:
    complaint = talk.file()
    talk.receive(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    assert talk.phrase(cast.AMINA, text.format(wrong(complaint))) == "sms.ref.invalid"
    assert complaint.state == states.RESOLVED


def test_without_a_number_the_only_open_job_is_meant(talk: Conversation) -> None:
    complaint = talk.file()

    assert talk.phrase(cast.OTIENO, "POKEA") == "officer.ack.ok"
    assert talk.phrase(cast.OTIENO, f"DONE {NOTE}") == "officer.done.ok"
    assert complaint.state == states.RESOLVED
    assert talk.phrase(cast.OTIENO, f"DONE {NOTE}") == "officer.list.none"


def test_without_a_number_several_open_jobs_are_listed(talk: Conversation) -> None:
    jobs = [talk.file(), talk.file(category="T1")]

    phrase, body = talk.text(cast.OTIENO, f"DONE {NOTE}")
    assert phrase == "officer.choose.number"
    assert all(f"{number} {job.reference}" in body for number, job in enumerate(jobs, start=1))
    assert [job.state for job in jobs] == [states.RECEIVED] * 2
    assert talk.phrase(cast.OTIENO, "2") == "officer.done.ok"
    assert [job.state for job in jobs] == [states.RECEIVED, states.RESOLVED]


def test_an_officer_may_name_several_numbers(talk: Conversation) -> None:
    jobs = [talk.file(), talk.file(category="T1"), talk.file(category="T3")]

    phrase, body = talk.text(cast.OTIENO, f"DONE {jobs[0].reference}, {jobs[1].reference} {NOTE}")
    done = ", ".join(job.reference for job in jobs[:2])
    assert (phrase, body) == ("officer.several", f"DONE: {done}. Open for you: 1. LIST")
    assert [job.state for job in jobs] == [states.RESOLVED, states.RESOLVED, states.RECEIVED]


def test_one_unknown_number_among_several_stops_them_all(talk: Conversation) -> None:
    complaint = talk.file()

    for other in ("4821759", wrong(complaint)):
        talk.receive(cast.OTIENO, f"ACK {complaint.reference} {other}")
    assert complaint.version == 1


def test_who_has_the_job_keeps_it(talk: Conversation) -> None:
    complaint = talk.file()
    talk.receive(cast.NJERI, f"ACK {complaint.reference}")

    phrase, body = talk.text(cast.OTIENO, f"ACK {complaint.reference}")
    assert phrase == "officer.not_now"
    assert "ACK was not done" in body
    assert complaint.officer_id == cast.person(talk.session, cast.NJERI).id


def test_list_names_whole_numbers_only(talk: Conversation) -> None:
    assert talk.phrase(cast.OTIENO, "LIST") == "officer.list.none"
    jobs = [talk.file(category="T1") for _ in range(7)]

    phrase, body = talk.text(cast.OTIENO, "orodha")
    assert phrase == "officer.list"
    assert body == "Una kazi 7 zilizo wazi: " + ", ".join(job.reference for job in jobs[:5])


def test_help_is_for_whoever_asks(talk: Conversation) -> None:
    assert talk.phrase(cast.OTIENO, "HELP") == "officer.help"
    assert talk.phrase(cast.AMINA, "msaada") == "sms.help"
    assert talk.phrase(cast.HASSAN, "help") == "sms.help"


def test_status_of_one_of_many_and_of_none(talk: Conversation) -> None:
    assert talk.phrase(cast.AMINA, "STATUS") == "sms.status.none"
    first = talk.file()
    phrase, body = talk.text(cast.AMINA, "Hali yako?")
    assert (phrase, first.reference in body) == ("sms.status", True)
    second = talk.file(category="T1")
    phrase, body = talk.text(cast.AMINA, "STATUS")
    assert phrase == "sms.status.many"
    assert f"2 open complaints. Latest: {second.reference} Received" in body
    assert first.reference in talk.text(cast.AMINA, first.reference)[1]
    assert talk.phrase(cast.OTIENO, f"STATUS {first.reference}") == "sms.status"
    assert talk.phrase(cast.OTIENO, "STATUS") == "officer.list"


def test_status_says_who_has_it_and_how_long_is_left(talk: Conversation) -> None:
    complaint = talk.file()

    assert talk.text(cast.AMINA, f"STATUS {complaint.reference}")[1] == (
        f"Hatua {complaint.reference}: Received since Sun 22 Nov 10:40. Illegal dumping, Maringo/Hamza. "
        "Due Wed 25 Nov 10:40 (70 hrs left). Officer M.Otieno."
    )
    talk.hours = 100
    assert "(overdue)" in talk.text(cast.AMINA, "STATUS")[1]


def test_a_yes_or_no_that_answers_no_question_changes_nothing_and_hears_where_it_stands(talk: Conversation) -> None:
    assert talk.phrase(cast.AMINA, "YES") == "sms.unknown"
    complaint = talk.file()
    assert talk.phrase(cast.AMINA, "No") == "sms.status"
    assert talk.phrase(cast.AMINA, f"YES {complaint.reference}") == "sms.not_now"
    assert complaint.state == states.RECEIVED


def test_a_sentence_that_begins_with_no_is_asked_back_with_the_note(talk: Conversation) -> None:
    complaint = talk.file()
    talk.receive(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    phrase, body = talk.text(cast.AMINA, "No water in Kayole")
    assert (phrase, f"({NOTE})" in body) == ("sms.resolved", True)
    assert complaint.state == states.RESOLVED
    assert talk.phrase(cast.AMINA, "No, it is still there") == "sms.reopened"


def test_with_two_questions_open_the_resident_chooses(talk: Conversation) -> None:
    asked = [talk.file(), talk.file(category="T1")]
    for complaint in asked:
        talk.receive(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    phrase, body = talk.text(cast.AMINA, "NDIYO")
    assert phrase == "sms.choose.number"
    assert all(complaint.reference in body for complaint in asked)
    assert [complaint.state for complaint in asked] == [states.RESOLVED] * 2
    assert talk.phrase(cast.AMINA, "1") == "sms.closed.confirmed"
    assert [complaint.state for complaint in asked] == [states.RESOLVED, states.CLOSED]


def test_an_officer_who_lives_here_answers_for_what_they_reported(talk: Conversation) -> None:
    reported = talk.file(owner=cast.WANJIRU)
    talk.receive(cast.OTIENO, f"DONE {reported.reference} {NOTE}")

    assert talk.phrase(cast.WANJIRU, f"YES {reported.reference}") == "sms.closed.confirmed"


def test_no_sender_that_is_no_phone_is_answered(talk: Conversation) -> None:
    before = talk.session.scalar(select(func.count(Message.id)))
    talk.receive(None, "HELP")

    assert talk.session.scalar(select(func.count(Message.id))) == before


@pytest.mark.parametrize(
    "text",
    ["", "\U0001f44d", "hello", "FUNGUA 4821759", "1", "nataka msaada", "x" * 10_000, "7 " * 5_000],
)
def test_any_text_gets_one_answer_that_fits_one_sms(talk: Conversation, text: str) -> None:
    for phone in (cast.AMINA, cast.OTIENO):
        _, body = talk.text(phone, text)
        assert gsm7.septets(body) <= 160


def test_a_very_long_note_with_emoji_still_fits_the_texts(talk: Conversation) -> None:
    complaint = talk.file()
    note = "taka zimeondolewa \U0001f69b " * 300

    assert talk.phrase(cast.OTIENO, f"DONE {complaint.reference} {note}") == "officer.done.ok"
    asked = cast.messages_to(talk.session, cast.AMINA)[-1][1]
    assert gsm7.septets(asked) <= 160
    assert f"NO {complaint.reference}" in asked
