"""Words out to translators and back: only what they changed changes, and nothing goes in that a phone cannot show."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import pytest

from gateway.ussd.program import program as shipped_program
from gateway.ussd.publishing import SHIPPED_MENU
from menus.load import load
from menus.program import Program
from menus.wordlist import WordsRefused, put_in, table
from tests.menus.trees import MARKET, SMALL, market_program

SHIPPED = SHIPPED_MENU.read_text(encoding="utf-8")


def rows(source: str = SMALL) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table(source, market_program()))))


def row(screen: str, place: str, source: str = SMALL) -> dict[str, str]:
    return next(row for row in rows(source) if (row["screen"], row["place"]) == (screen, place))


def sheet(*lines: str) -> str:
    return "\n".join(("screen,place,all,en,sw", *lines))


def test_each_text_is_a_line_with_its_place_and_its_room() -> None:
    assert row("colour", "option 2") == {
        "screen": "colour",
        "place": "option 2",
        "line": str(SMALL[: SMALL.index('en: "Blue"')].count("\n") + 1),
        "all": "",
        "en": "Blue",
        "sw": "Samawati",
        "septets en": "4",
        "septets sw": "8",
        "left en": str(160 - len("CON Please use a number shown.\nWhich colour?\n1. Red\n2. Blue\n0.Back 00.Home")),
        "left sw": str(
            160 - len("CON Tumia nambari iliyopo.\nRangi gani?\n1. Nyekundu\n2. Samawati\n0.Rudi 00.Mwanzo")
        ),
    }
    assert row("chosen", "end")["septets sw"] == str(len("Umechagua Samawati."))
    assert row("about", "end")["all"] == "Paint / Rangi"
    assert row("", "words: back")["sw"] == "Rudi"
    assert row("stall", "say", MARKET)["left en"] == ""  # a list makes pages


def test_every_text_of_the_shipped_menu_goes_out() -> None:
    menu = load(SHIPPED)
    written = list(csv.DictReader(io.StringIO(table(SHIPPED, shipped_program))))

    options = sum(len(screen.options) for screen in menu.screens.values())
    assert len(written) == len(menu.words) + len(menu.screens) + options


@pytest.mark.parametrize(
    ("source", "program"),
    [(SMALL, Program()), (MARKET, market_program()), (SHIPPED, shipped_program)],
    ids=["small", "market", "shipped"],
)
def test_what_went_out_and_comes_back_unchanged_changes_nothing(source: str, program: Program) -> None:
    rewritten = put_in(source, table(source, program), program)

    assert (rewritten.source, rewritten.changes) == (source, ())


def test_only_the_texts_that_changed_are_rewritten_where_they_stand() -> None:
    words = sheet(
        'home,say,,The colour line,"Laini ya ""rangi"""',
        "home,option 2,,What it's about,Rangi ni nini",
        "about,end,Paint,,",
    )

    rewritten = put_in(SMALL, words, Program())

    expected = (
        SMALL.replace('"The paint line"', '"The colour line"')
        .replace('"Laini ya rangi"', '"Laini ya \\"rangi\\""')
        .replace("'What \"paint\" is'", "'What it''s about'")
        .replace('"Paint / Rangi"', '"Paint"')
    )
    assert rewritten.source == expected
    assert rewritten.changes[0] == 'home, say (en): "The colour line", not "The paint line".'
    assert len(rewritten.changes) == 4


def test_a_text_of_several_lines_goes_out_and_in_whatever_its_style() -> None:
    source = (
        SMALL.replace('en: "You chose {colour}."', "en: |-\n        You chose\n        {colour}.")
        .replace("'Rangi ni nini'", "'Rangi\n\n        ni nini'")
        .replace('"Which colour?"', '"Which\n      colour?"')
    )
    assert row("chosen", "end", source)["en"] == "You chose\n{colour}."
    english = 'screen,place,en\nchosen,end,"Yours is\r\n{colour}."\ncolour,say,What colour?\n'
    swahili = 'screen,place,sw\nhome,option 2,"Rangi\nnini"\n'

    rewritten = put_in(put_in(source, english, Program()).source, swahili, Program())

    assert rewritten.source == SMALL.replace('"You chose {colour}."', '"Yours is\\n{colour}."').replace(
        "'Rangi ni nini'", '"Rangi\\nnini"'
    ).replace('"Which colour?"', '"What colour?"')


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_of_any_country_are_understood(delimiter: str) -> None:
    words = delimiter.join(("sw", "place", "screen", "remark")) + "\r\n"
    words += delimiter.join(("Nyeusi", "option 2", " colour ", "as discussed")) + "\r\n\r\n"

    rewritten = put_in(SMALL, words, Program())

    assert rewritten.source == SMALL.replace('"Samawati"', '"Nyeusi"')


@dataclass(frozen=True)
class Refused:
    label: str
    words: str
    because: str


CASES = [
    Refused(
        "a blank gone", sheet("chosen,end,,You chose.,Umechagua {colour}."), "chosen, end (en): {colour} is missing"
    ),
    Refused("a blank made up", sheet("about,end,Paint {colour},,"), "about, end (all): {colour} is not in the file"),
    Refused("a blank cut otherwise", sheet("chosen,end,,You {colour:2}.,{colour}"), "{colour:2} is not in the file"),
    Refused("too long", sheet(f"home,say,,{'Long ' * 40},Laini ya rangi"), "screen home: M07 (en) up to"),
    Refused("a curly quote", sheet("about,end,Paint \u2019s,,"), "screen about: M06 end (all): \u2019 at place 7"),
    Refused("an emoji", sheet("about,end,\U0001f3a8,,"), "leave it out"),
    Refused("a text left out", sheet("home,say,,The paint line, "), "line 2: home, say: the sw text is missing"),
    Refused("a language too many", sheet("home,say,Both,x,y"), "line 2: home, say has no all text in the file"),
    Refused("no such place", sheet("home,option 7,,x,y"), "line 2: home, option 7 is no text of the file"),
    Refused("no such screen", sheet("house,say,,x,y"), "house, say is no text"),
    Refused("twice", sheet("about,end,A,,", "about,end,B,,"), "line 3: about, end (all) is there twice"),
    Refused("no header", "home,say,x\n", "no column for screen, place, a language (all or en or sw)"),
    Refused("no language", "screen,place\nhome,say\n", "no column for a language"),
    Refused("nothing", "", "line 1: the table has no column"),
    Refused("no CSV", 'screen,place,en\nhome,say,"' + "x" * 200_000 + '"\n', "cannot be read as CSV"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_table_that_does_not_fit_the_file_is_refused_whole(case: Refused) -> None:
    with pytest.raises(WordsRefused) as refused:
        put_in(SMALL, case.words, Program())

    assert any(case.because in fault for fault in refused.value.faults), refused.value.faults


def test_one_bad_line_keeps_the_good_ones_out() -> None:
    with pytest.raises(WordsRefused):
        put_in(SMALL, sheet("about,end,Colours,,", "chosen,end,,No blank,{colour}"), Program())


def test_a_text_that_two_places_share_is_not_changed_for_one_of_them() -> None:
    source = SMALL.replace('sw: "Chagua rangi"', 'sw: &same "Rangi"').replace("sw: 'Rangi ni nini'", "sw: *same")

    with pytest.raises(WordsRefused, match="two texts of the file are one"):
        put_in(source, "screen,place,sw\nhome,option 1,Chagua\n", Program())
    both = put_in(source, "screen,place,sw\nhome,option 1,Chagua\nhome,option 2,Chagua\n", Program())
    assert both.source == source.replace('&same "Rangi"', '&same "Chagua"')
