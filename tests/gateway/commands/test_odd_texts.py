"""What people write beside the commands: an answer that helps, and nothing that they did not mean."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.complaints import states
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Event
from tests.gateway import cast
from tests.gateway.commands.talk import Talk
from tests.gateway.complaints.test_life import ROSTER

NOTE = "two lorries came"


@pytest.fixture
def talk(database: Database, settings: Settings) -> Iterator[Talk]:
    with database.transaction() as session:
        cast.load_roster(session, ROSTER)
        yield Talk(session, settings)


@pytest.mark.parametrize(
    ("first", "needed", "then", "phrase", "state"),
    [
        ("DONE {}", "officer.done.need_note", "Two lorries came and cleared it", "officer.done.ok", states.RESOLVED),
        ("ASK {}", "officer.ask.need_question", "which side?", "officer.ask.ok", states.NEEDS_INFO),
        ("NOTE {}", "officer.note.need_text", "pump is broken", "officer.note.ok", states.ACKNOWLEDGED),
        ("REFER {}", "officer.refer.need_agency", "kwa NEMA", "officer.refer.ok", states.REFERRED),
        ("WARD {} Umoja", "officer.ward.unknown", "Umoja 2", "officer.ward.ok", states.RECEIVED),
    ],
)
def test_what_a_verb_still_needs_may_come_as_the_next_text(
    talk: Talk, first: str, needed: str, then: str, phrase: str, state: str
) -> None:
    complaint = talk.file()

    assert talk.says(cast.OTIENO, first.format(complaint.reference)) == [needed]
    assert talk.says(cast.OTIENO, then) == [phrase]
    assert complaint.state == state


def test_thanks_are_no_note_and_a_command_in_between_is_itself(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference}")

    assert talk.says(cast.OTIENO, "asante") == ["officer.done.need_note"]
    assert talk.says(cast.OTIENO, "LIST") == ["officer.list"]
    assert talk.says(cast.OTIENO, "Two lorries came and cleared it") == ["sms.unknown"]
    assert complaint.state == states.RECEIVED


def test_an_ok_does_not_end_the_question_where_it_is(talk: Talk) -> None:
    talk.says(cast.AMINA, "TAKA")
    for said in ("ok", "sawa", "???"):
        talk.says(cast.AMINA, said)

    assert talk.says(cast.AMINA, "Umoja 2, karibu na Mama Lucy") == ["sms.received"]


def test_a_yes_after_the_county_says_done_withdraws_nothing(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.AMINA, "CANCEL")
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    assert talk.says(cast.AMINA, "yes") == ["sms.resolved"]
    assert talk.says(cast.AMINA, "yes") == ["sms.closed.confirmed"]


def test_a_no_to_an_offer_is_asked_back_where_it_may_be_about_the_work(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    assert talk.says(cast.AMINA, "it is smelling so badly here") == ["sms.details.offer"]
    assert talk.says(cast.AMINA, "hapana") == ["sms.resolved"]
    assert talk.says(cast.AMINA, "hapana") == ["sms.reopened"]


@pytest.mark.parametrize("text", ["yes still there", "ndio bado iko", "no it is fixed", "hapana imetatuliwa"])
def test_a_yes_that_says_no_is_asked_back(talk: Talk, text: str) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    assert talk.says(cast.AMINA, text) == ["sms.resolved"]
    assert complaint.state == states.RESOLVED


def test_taka_that_is_still_there_is_an_answer_and_with_a_place_a_report(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    assert talk.says(cast.AMINA, "taka bado iko hapo kwa shule") == ["sms.resolved"]
    assert talk.says(cast.AMINA, "taka bado iko Umoja 2") == ["sms.received"]


@pytest.mark.parametrize(
    "text", ["what is the status of {}", "{} imefika wapi", "mbona {} haijatatuliwa", "nataka kujua {}?"]
)
def test_a_question_about_a_number_is_answered_with_where_it_stands(talk: Talk, text: str) -> None:
    complaint = talk.file()

    assert talk.says(cast.AMINA, text.format(complaint.reference)) == ["sms.status"]
    assert talk.says(cast.BRIAN, text.format(complaint.reference)) != ["sms.status"]


def test_words_around_a_number_are_offered_as_details(talk: Talk) -> None:
    complaint = talk.file()

    assert talk.says(cast.AMINA, f"kuhusu {complaint.reference}: ni karibu na kanisa") == ["sms.details.offer"]
    assert talk.says(cast.AMINA, "1") == ["sms.info.ok"]


def test_an_officer_who_reports_in_a_sentence_is_shown_the_verbs(talk: Talk) -> None:
    complaint = talk.file()

    assert talk.says(cast.OTIENO, f"nimemaliza {complaint.reference} taka zote") == ["officer.help"]
    assert complaint.state == states.RECEIVED


@pytest.mark.parametrize(
    "text", ["ESCALATE it is dangerous", "juu ni hatari sana", "ESCALATE {} there is danger", "JUU {} DHARURA!"]
)
def test_danger_goes_to_the_supervisor_at_once(talk: Talk, text: str) -> None:
    complaint = talk.file()

    assert talk.says(cast.AMINA, text.format(complaint.reference)) == ["sms.escalated"]
    assert complaint.level == 1


@pytest.mark.parametrize("text", ["RATE 4/5", "RATE 4", "kadiria nne", "rate 4 stars"])
def test_a_rating_without_a_number_is_of_what_was_confirmed_and_may_be_changed(talk: Talk, text: str) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")
    talk.says(cast.AMINA, "YES")

    assert talk.says(cast.AMINA, text) == ["sms.rate.thanks"]
    assert complaint.rating == 4
    assert talk.says(cast.AMINA, "RATE 5") == ["sms.rate.thanks"]
    assert complaint.rating == 5


@pytest.mark.parametrize("text", ["RATE 4", "ESCALATE", "CANCEL", "INFO it is by the church"])
def test_where_nothing_can_be_meant_theirs_is_shown_and_not_denied(talk: Talk, text: str) -> None:
    complaint = talk.file()
    talk.says(cast.AMINA, f"CANCEL {complaint.reference}")

    assert talk.says(cast.AMINA, text) == ["sms.status.closed"]
    assert talk.says(cast.BRIAN, text) == ["sms.status.none"]


def test_an_association_says_bad_in_a_few_words(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    assert talk.says(cast.HASSAN, "nimeona taka huko") == ["sms.report.offer"]
    assert talk.says(cast.HASSAN, "BAD bado iko") == ["association.bad"]
    assert complaint.cycle == 2


def test_stop_in_the_middle_ends_the_question_and_start_brings_messages_back(talk: Talk) -> None:
    talk.says(cast.AMINA, "TAKA Kayole soko")

    assert talk.says(cast.AMINA, "STOP") == ["sms.optout"]
    assert talk.says(cast.AMINA, "2") == ["sms.unknown"]
    assert talk.complaints() == []
    assert talk.says(cast.AMINA, "START") == ["sms.optin"]
    talk.says(cast.AMINA, "TAKA Kayole soko")
    assert talk.says(cast.AMINA, "2") == ["sms.received"]
    assert len(talk.session.query(Event).all()) == 1


def test_several_numbers_are_all_withdrawn_or_none(talk: Talk) -> None:
    one, other = talk.file(), talk.file()
    strange = talk.file(owner=cast.BRIAN)

    assert talk.says(cast.AMINA, f"CANCEL {one.reference} {strange.reference}") == ["sms.status.notfound"]
    assert one.state == states.RECEIVED
    assert talk.says(cast.AMINA, f"CANCEL {one.reference} {other.reference}") == ["sms.closed.withdrawn"] * 2
    assert (one.state, other.state, strange.state) == (states.CLOSED, states.CLOSED, states.RECEIVED)


def test_several_numbers_are_all_escalated(talk: Talk) -> None:
    one, other = talk.file(), talk.file()

    assert talk.says(cast.AMINA, f"JUU {one.reference} na {other.reference} DHARURA") == ["sms.escalated"]
    assert (one.level, other.level) == (1, 1)
