"""Conversations with all that each sender may say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.complaints import queries, states
from gateway.config import Settings
from gateway.db import Database
from menus import gsm7
from tests.gateway import cast
from tests.gateway.commands.talk import Talk
from tests.gateway.commands.test_grammar import CORPUS
from tests.gateway.complaints.test_life import CHIRCHIR, ROSTER

NOTE = "cleared by truck"


@pytest.fixture
def talk(database: Database, settings: Settings) -> Iterator[Talk]:
    with database.transaction() as session:
        cast.load_roster(session, ROSTER)
        yield Talk(session, settings)


@pytest.mark.parametrize(
    ("text", "phrase", "state"),
    [
        ("START {} lori liko njiani", "officer.start.ok", states.IN_PROGRESS),
        ("anza{}", "officer.start.ok", states.IN_PROGRESS),
        ("ULIZA {} upande gani?", "officer.ask.ok", states.NEEDS_INFO),
        ("ASK {}", "officer.ask.need_question", states.RECEIVED),
        ("NOTE {} waiting for the lorry", "officer.note.ok", states.ACKNOWLEDGED),
        ("andika {}", "officer.note.need_text", states.RECEIVED),
        ("{} KATAA ploti ya mtu", "officer.reject.ok", states.ACKNOWLEDGED),
        ("REJECT {}", "officer.reject.need_reason", states.RECEIVED),
        ("HAMISHA {} NEMA", "officer.refer.ok", states.REFERRED),
        ("REFER {}", "officer.refer.need_agency", states.RECEIVED),
        ("WARD {} Harambee", "officer.ward.ok", states.RECEIVED),
        ("WADI {} Umoja", "officer.ward.unknown", states.RECEIVED),
        ("WARD {}", "officer.ward.unknown", states.RECEIVED),
        ("DUP {}", "officer.dup.need_parent", states.RECEIVED),
        ("OK {}", "officer.ack.ok", states.ACKNOWLEDGED),
    ],
)
def test_every_officers_verb(talk: Talk, text: str, phrase: str, state: str) -> None:
    complaint = talk.file()

    assert talk.says(cast.OTIENO, text.format(complaint.reference)) == [phrase]
    assert complaint.state == state


def test_the_first_of_two_numbers_joins_the_second(talk: Talk) -> None:
    one, other = talk.file(), talk.file(owner=cast.BRIAN)

    assert talk.says(cast.OTIENO, f"NAKALA {other.reference} ni sawa na {one.reference}") == ["officer.dup.ok"]
    assert (other.state, other.parent_id) == (states.MERGED, one.id)


def test_a_supervisor_confirms_a_rejection_without_repeating_the_reason(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"REJECT {complaint.reference} private plot")

    assert talk.says(cast.NJERI, f"REJECT {complaint.reference}") == ["officer.rejected.ok"]
    assert "private plot" in talk.last(cast.AMINA)
    assert talk.says(cast.AMINA, "NO") == ["sms.reopened"]


def test_a_list_is_answered_by_its_numbers(talk: Talk) -> None:
    jobs = [talk.file() for _ in range(3)]

    assert talk.says(cast.OTIENO, "ACK") == ["officer.choose.number"]
    assert talk.says(cast.OTIENO, "1 na 3") == ["officer.several"]
    assert [job.state for job in jobs] == [states.ACKNOWLEDGED, states.RECEIVED, states.ACKNOWLEDGED]
    talk.says(cast.OTIENO, f"DONE {NOTE}")
    assert talk.says(cast.OTIENO, jobs[1].reference) == ["officer.done.ok"]
    assert jobs[1].state == states.RESOLVED
    talk.says(cast.OTIENO, "START")
    assert talk.says(cast.OTIENO, "zote") == ["officer.several"]
    assert [job.state for job in jobs] == [states.IN_PROGRESS, states.RESOLVED, states.IN_PROGRESS]


@pytest.mark.parametrize("text", ["2024", "0000", "0", "3", "1 2024", "4821759"])
def test_a_number_that_is_not_on_the_list_chooses_nothing(talk: Talk, text: str) -> None:
    jobs = [talk.file(), talk.file()]
    talk.says(cast.OTIENO, "ACK")

    assert len(talk.says(cast.OTIENO, text)) == 1
    assert [job.state for job in jobs] == [states.RECEIVED, states.RECEIVED]


def test_another_command_with_a_number_of_the_list_is_no_choice(talk: Talk) -> None:
    jobs = [talk.file(), talk.file()]
    for job in jobs:
        talk.says(cast.OTIENO, f"DONE {job.reference} {NOTE}")
    talk.says(cast.HASSAN, "OK")

    assert talk.says(cast.HASSAN, f"BAD {jobs[1].reference}") == ["association.bad"]
    assert [job.state for job in jobs] == [states.RESOLVED, states.RECEIVED]


def test_what_was_possible_of_several_is_told_apart_from_what_was_not(talk: Talk) -> None:
    one, other = talk.file(), talk.file()
    talk.says(cast.NJERI, f"ACK {other.reference}")

    assert talk.says(cast.OTIENO, f"ACK {one.reference} {other.reference}") == ["officer.mixed"]
    assert one.reference in talk.last(cast.OTIENO)


def test_list_late_lists_what_is_late(talk: Talk) -> None:
    late = talk.file()
    talk.hours = 71.5
    talk.file()

    assert talk.says(cast.OTIENO, "LIST LATE") == ["officer.list"]
    assert talk.last(cast.OTIENO) == f"You have 1 open: {late.reference}"
    assert talk.says(cast.NJERI, "LIST") == ["officer.list.none"]
    assert talk.says(cast.NJERI, "ORODHA ZILIZOCHELEWA") == ["officer.list"]
    assert late.reference in talk.last(cast.NJERI)


def test_a_question_of_an_officer_and_its_answer(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"ASK {complaint.reference} Which side of the road?")

    assert talk.says(cast.AMINA, "JIBU liko karibu na shule") == ["sms.info.ok"]
    assert "liko karibu na shule" in talk.last(cast.OTIENO)
    assert complaint.state == states.ACKNOWLEDGED


def test_words_after_a_question_are_offered_back_as_details(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"ASK {complaint.reference} Which side of the road?")

    assert talk.says(cast.AMINA, "opposite the blue gate") == ["sms.details.offer"]
    assert complaint.state == states.NEEDS_INFO
    assert talk.says(cast.AMINA, "1") == ["sms.info.ok"]
    assert "opposite the blue gate" in talk.last(cast.OTIENO)


def test_yes_to_an_officers_question_is_its_answer(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"ASK {complaint.reference} Is it the blue gate?")

    assert talk.says(cast.AMINA, "Ndiyo") == ["sms.info.ok"]
    assert complaint.state == states.ACKNOWLEDGED


def test_jibu_with_a_yes_answers_whether_it_is_fixed(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    assert talk.says(cast.AMINA, f"JIBU {complaint.reference} NDIYO") == ["sms.closed.confirmed"]


@pytest.mark.parametrize(
    ("said", "before", "state"),
    [
        ("1", "sms.unknown", states.CLOSED),
        ("2", "sms.unknown", states.RECEIVED),
        ("sawa", "sms.status", states.CLOSED),
    ],
)
def test_a_bare_answer_counts_where_one_question_is_open(talk: Talk, said: str, before: str, state: str) -> None:
    complaint = talk.file()
    assert talk.says(cast.AMINA, said) == [before]
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    talk.says(cast.AMINA, said)
    assert complaint.state == state


def test_a_bare_number_rates_within_three_days(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")
    talk.says(cast.AMINA, "YES")

    assert talk.says(cast.AMINA, "5") == ["sms.rate.thanks"]
    assert complaint.rating == 5
    assert talk.says(cast.AMINA, f"KADIRIA {complaint.reference} 3") == ["sms.rate.thanks"]
    assert complaint.rating == 3


def test_a_bare_number_is_no_rating_after_three_days(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")
    talk.says(cast.AMINA, "YES")
    talk.hours += 72

    assert talk.says(cast.AMINA, "4") == ["sms.unknown"]
    assert complaint.rating is None


def test_after_a_bad_rating_the_reason_is_asked_once(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")
    talk.says(cast.AMINA, "YES")

    assert talk.says(cast.AMINA, "RATE 1") == ["sms.rate.low"]
    assert talk.says(cast.AMINA, "It took three weeks") == ["sms.rate.thanks"]
    assert queries.history(talk.session, complaint)[-1].words == "It took three weeks"
    assert talk.says(cast.AMINA, f"RATE {complaint.reference} nine") == ["sms.rate.invalid"]


def test_withdrawing_without_a_number_is_confirmed_first(talk: Talk) -> None:
    complaint = talk.file()

    assert talk.says(cast.AMINA, "CANCEL") == ["sms.cancel.confirm"]
    assert talk.says(cast.AMINA, "2") == ["sms.nothing"]
    talk.says(cast.AMINA, "ondoa")
    assert talk.says(cast.AMINA, "ndio") == ["sms.closed.withdrawn"]
    assert complaint.outcome == states.WITHDRAWN


def test_withdrawing_with_a_number_is_done_at_once(talk: Talk) -> None:
    complaint = talk.file()

    assert talk.says(cast.AMINA, f"ONDOA {complaint.reference}") == ["sms.closed.withdrawn"]
    assert complaint.outcome == states.WITHDRAWN


def test_escalating_early_says_until_when_and_urgent_goes_up_at_once(talk: Talk) -> None:
    complaint = talk.file()

    assert talk.says(cast.AMINA, f"JUU {complaint.reference}") == ["sms.escalate.early"]
    assert talk.says(cast.AMINA, "JUU DHARURA") == ["sms.escalated"]
    assert cast.messages_to(talk.session, cast.NJERI)[-1][0] == "supervisor.urgent"
    talk.hours = 80
    assert talk.says(cast.AMINA, "escalate") == ["sms.escalated"]
    assert cast.messages_to(talk.session, CHIRCHIR)[-1][0] == "supervisor.raised"


def test_a_follower_says_what_an_owner_says(talk: Talk) -> None:
    complaint = talk.file()
    talk.joins(cast.BRIAN, complaint)
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    assert talk.says(cast.BRIAN, "STATUS") == ["sms.status.closed"]
    assert talk.says(cast.BRIAN, "NO") == ["sms.follower.no"]
    assert talk.says(cast.BRIAN, "NO") == ["sms.follower.no"]
    assert talk.says(cast.BRIAN, f"YES {complaint.reference}") == ["sms.follower.yes"]
    assert complaint.state == states.RESOLVED


@pytest.mark.parametrize(
    ("said", "phrase", "state"),
    [
        ("OK {}", "association.ok", states.CLOSED),
        ("YES {}", "association.ok", states.CLOSED),
        ("ok", "association.ok", states.CLOSED),
        ("BAD {}", "association.bad", states.RECEIVED),
        ("{} hapana", "association.bad", states.RECEIVED),
    ],
)
def test_an_association_says_ok_or_bad(talk: Talk, said: str, phrase: str, state: str) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")

    assert talk.says(cast.HASSAN, said.format(complaint.reference)) == [phrase]
    assert complaint.state == state


def test_an_association_proposes_a_day_and_the_officer_accepts_it(talk: Talk) -> None:
    complaint = talk.file()

    assert talk.says(cast.HASSAN, f"JOIN {complaint.reference}") == ["sms.ra.clean_up.need_day"]
    assert talk.says(cast.HASSAN, f"JOIN {complaint.reference} 28/11") == ["sms.ra.clean_up"]
    assert "28 Nov" in talk.last(cast.OTIENO)
    talk.says(cast.OTIENO, f"START {complaint.reference}")
    assert "agreed" in talk.last(cast.HASSAN)
    assert talk.says(cast.AMINA, f"JOIN {complaint.reference} 28/11") == ["sms.not_now"]


def test_stop_is_the_whole_message_and_start_undoes_it(talk: Talk) -> None:
    amina = cast.person(talk.session, cast.AMINA)

    assert talk.says(cast.AMINA, "Stop dumping near the school") == ["sms.report.offer"]
    assert amina.sms_stopped_at is None
    assert talk.says(cast.AMINA, "ACHA SMS") == ["sms.optout"]
    assert amina.sms_stopped_at is not None
    assert talk.says(cast.AMINA, "anza") == ["sms.optin"]
    assert amina.sms_stopped_at is None


def test_start_is_work_for_an_officer_with_a_job(talk: Talk) -> None:
    complaint = talk.file()

    assert talk.says(cast.OTIENO, "START") == ["officer.start.ok"]
    assert complaint.state == states.IN_PROGRESS
    assert talk.says(cast.WANJIRU, "START") == ["sms.optin"]
    talk.says(cast.OTIENO, "STOP")
    assert talk.says(cast.OTIENO, "START") == ["sms.optin"]


def test_the_language_is_what_the_sender_says(talk: Talk) -> None:
    amina = cast.person(talk.session, cast.AMINA)

    talk.says(cast.AMINA, "KISWAHILI")
    assert (amina.language, talk.last(cast.AMINA).split(":")[1][:5]) == ("sw", " sasa")
    talk.says(cast.AMINA, "lugha english")
    assert amina.language == "en"


def test_fungua_is_answered_with_help_and_closes_nothing(talk: Talk) -> None:
    complaint = talk.file()

    assert talk.says(cast.OTIENO, f"FUNGUA {complaint.reference} kazi imekwisha kabisa") == ["officer.help"]
    assert talk.says(cast.AMINA, f"Fungua {complaint.reference}") == ["sms.help"]
    assert complaint.version == 1


@pytest.mark.parametrize("text", ["hali ya jioni", "Hali yako?", "mambo", "habari"])
def test_a_greeting_is_answered_with_what_there_is(talk: Talk, text: str) -> None:
    assert talk.says(cast.AMINA, text) == ["sms.help"]
    talk.file()
    assert talk.says(cast.AMINA, text) == ["sms.status"]


def test_an_officers_verb_from_elsewhere_is_answered_once_a_day(talk: Talk) -> None:
    complaint = talk.file()

    assert talk.says(cast.BRIAN, f"DONE {complaint.reference} {NOTE}") == ["officer.not_registered"]
    assert talk.says(cast.BRIAN, f"ACK {complaint.reference}") == []
    talk.hours += 24
    assert talk.says(cast.BRIAN, "LIST") == ["officer.not_registered"]


def real(settings: Settings) -> Settings:
    """As with a carrier that is no stand-in."""
    return replace(settings, at_api_url="https://carrier.example")


def test_one_phone_gets_twenty_answers_an_hour(talk: Talk) -> None:
    talk.settings = real(talk.settings)
    complaint = talk.file()
    talk.step = 0.01

    answers = [talk.says(cast.BRIAN, "HELP") for _ in range(25)]
    assert answers == [["sms.help"]] * 20 + [["sms.limit"]] + [[]] * 4
    assert talk.says(cast.BRIAN, "taka Umoja 2") == []
    assert [one.id for one in talk.complaints()] == [complaint.id]
    talk.says(cast.BRIAN, "STOP")
    assert cast.person(talk.session, cast.BRIAN).sms_stopped_at is not None
    talk.hours += 2
    assert talk.says(cast.BRIAN, "HELP") == ["sms.help"]


def test_who_tries_the_gateway_out_may_play_many_people(talk: Talk) -> None:
    talk.step = 0.001

    assert [talk.says(cast.BRIAN, "HELP") for _ in range(25)] == [["sms.help"]] * 25


def test_an_officers_work_is_done_beyond_the_limit(talk: Talk) -> None:
    talk.settings = real(talk.settings)
    complaint = talk.file()
    talk.step = 0.01
    for _ in range(20):
        talk.says(cast.OTIENO, "LIST")

    assert talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}") == []
    assert complaint.state == states.RESOLVED


def test_a_question_missed_by_everybody_can_still_be_answered_after_it_was_closed(talk: Talk) -> None:
    complaint = talk.file()
    talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")
    talk.says(cast.AMINA, "YES")
    talk.hours += 73

    assert talk.says(cast.AMINA, f"NO {complaint.reference}") == ["sms.too_late"]
    assert complaint.state_since < talk.now - timedelta(hours=72)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("phone", [cast.AMINA, cast.OTIENO, cast.NJERI, cast.HASSAN, cast.BRIAN])
def test_whatever_anybody_writes_is_answered_in_one_part_or_not_at_all(talk: Talk, phone: str) -> None:
    for complaint in (talk.file(), talk.file()):
        talk.says(cast.OTIENO, f"DONE {complaint.reference} {NOTE}")
    references = [complaint.reference for complaint in talk.complaints()]

    for row in CORPUS:
        text = row["text"].replace("4821759", references[0]).replace("4820019", references[1])
        answers = talk.says(phone, text)
        assert len(answers) <= 2, (text, answers)
        for _, body in cast.messages_to(talk.session, phone)[-len(answers) :] if answers else []:
            assert gsm7.septets(body) <= 160, text
