"""Reporting by SMS: one text is enough, and what is missing is asked, never guessed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway import places
from gateway.complaints import states
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Event
from tests.gateway import cast
from tests.gateway.commands.talk import Talk

LONG = "TAKA Umoja 2, karibu na Mama Lucy: " + "lori linamwaga taka usiku kucha na moshi ni mwingi sana, " * 12


@pytest.fixture
def talk(database: Database, settings: Settings) -> Iterator[Talk]:
    with database.transaction() as session:
        cast.load_roster(session)
        yield Talk(session, settings)


def filed(talk: Talk) -> list[tuple[str, str]]:
    return [(one.category, places.ward(one.ward).label) for one in talk.complaints()]


@pytest.mark.parametrize(
    ("text", "category", "ward"),
    [
        ("Garbage Umoja 2 near Mama Lucy", "T0", "Umoja II"),
        ("Maji taka zinamwagika Gatwekera", "D1", "Sarangombe"),
        ("Mtaro umeziba South B Hazina", "D3", "Nairobi South"),
        ("Hakuna maji Kahawa West siku tatu", "M1", "Kahawa West"),
        ("Manhole iko wazi River Road ni hatari", "D2", "Nairobi Central"),
        ("ripoti taka Umoja 2", "T0", "Umoja II"),
    ],
)
def test_one_text_files_a_report(talk: Talk, text: str, category: str, ward: str) -> None:
    assert talk.says(cast.AMINA, text)[0] in ("sms.received", "sms.received.urgent")
    assert filed(talk) == [(category, ward)]


def test_a_name_of_several_wards_is_asked_and_the_rest_kept(talk: Talk) -> None:
    text = "TAKA Kayole soko, lori linamwaga usiku"

    assert talk.says(cast.AMINA, text) == ["sms.ask.area.which"]
    assert "2 Kayole North" in talk.last(cast.AMINA)
    assert filed(talk) == []
    assert talk.says(cast.AMINA, "2") == ["sms.received"]
    assert filed(talk) == [("T2", "Kayole North")]
    (complaint,) = talk.complaints()
    assert complaint.landmark == "soko, lori linamwaga usiku"
    assert talk.session.query(Event).one().words == f"{text}\n2"


def test_of_two_wards_the_third_number_is_neither(talk: Talk) -> None:
    assert talk.says(cast.AMINA, "taka Umoja karibu na soko") == ["sms.ask.area.choose"]
    assert talk.says(cast.AMINA, "3") == ["sms.ask.area"]
    assert talk.says(cast.AMINA, "Kahawa West") == ["sms.received"]
    assert filed(talk) == [("T0", "Kahawa West")]
    assert "soko" in talk.complaints()[0].landmark


def test_without_a_place_the_place_is_asked(talk: Talk) -> None:
    assert talk.says(cast.AMINA, "TAKA") == ["sms.ask.area"]
    assert talk.says(cast.AMINA, "Atlantis karibu na bahari") == ["sms.area.unknown"]
    assert talk.says(cast.AMINA, "Umoja 2, karibu na Mama Lucy") == ["sms.received"]
    assert filed(talk) == [("T0", "Umoja II")]
    assert "Mama Lucy" in talk.complaints()[0].landmark


def test_an_estate_that_is_also_a_keyword_is_an_answer_to_where(talk: Talk) -> None:
    talk.says(cast.AMINA, "taka")

    assert talk.says(cast.AMINA, "Maji Mazuri") == ["sms.ask.area.which"]
    assert talk.says(cast.AMINA, "ndio") == ["sms.received"]
    assert filed(talk) == [("T0", "Clay City")]


def test_report_alone_asks_what_and_where(talk: Talk) -> None:
    assert talk.says(cast.AMINA, "RIPOTI") == ["sms.ask.category"]
    assert talk.says(cast.AMINA, "2") == ["sms.ask.area"]
    assert talk.says(cast.AMINA, "Kahawa West") == ["sms.received"]
    assert filed(talk) == [("D0", "Kahawa West")]


def test_outside_nairobi_is_answered_kindly(talk: Talk) -> None:
    assert talk.says(cast.AMINA, "TAKA Githurai 45") == ["sms.area.outside"]
    assert "Kiambu" in talk.last(cast.AMINA)
    assert filed(talk) == []


def test_what_only_speaks_of_garbage_is_offered_and_not_filed(talk: Talk) -> None:
    assert talk.says(cast.AMINA, "Acha kutupa taka hapa Umoja 2") == ["sms.report.offer"]
    assert filed(talk) == []
    assert talk.says(cast.AMINA, "0") == ["sms.nothing"]
    talk.says(cast.AMINA, "kuna taka nyingi Umoja 2")
    assert talk.says(cast.AMINA, "1") == ["sms.received"]
    assert filed(talk) == [("T0", "Umoja II")]


def test_a_long_text_is_kept_whole(talk: Talk) -> None:
    assert len(LONG) > 700
    assert talk.says(cast.AMINA, LONG) == ["sms.received"]
    assert talk.session.query(Event).one().words == LONG.strip()
    assert "moshi ni mwingi" in talk.complaints()[0].landmark


def test_a_question_is_forgotten_after_a_day_and_by_another_command(talk: Talk) -> None:
    talk.says(cast.AMINA, "taka Kayole")
    talk.hours += 24
    assert talk.says(cast.AMINA, "2") == ["sms.unknown"]
    talk.says(cast.AMINA, "taka Kayole")
    talk.says(cast.AMINA, "HELP")
    assert talk.says(cast.AMINA, "2") == ["sms.unknown"]
    assert filed(talk) == []


def test_a_mistyped_answer_leaves_the_question_open(talk: Talk) -> None:
    talk.says(cast.AMINA, "taka Kayole")

    assert talk.says(cast.AMINA, "7") == ["sms.unknown"]
    assert talk.says(cast.AMINA, "3") == ["sms.received"]


def test_an_association_files_for_others(talk: Talk) -> None:
    assert talk.says(cast.HASSAN, "TAKA Maringo, karibu na shule") == ["sms.received"]
    assert talk.session.query(Event).one().role == states.ASSOCIATION


def test_an_officer_may_report_as_well(talk: Talk) -> None:
    assert talk.says(cast.OTIENO, "garbage Umoja 2") == ["sms.received"]
