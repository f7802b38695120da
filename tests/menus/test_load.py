from __future__ import annotations

from pathlib import Path

import pytest

from menus.faults import MenuRefused
from menus.grammar import Ask, Choose, End, Pick
from menus.load import load

SHIPPED = Path(__file__).parents[2] / "menus" / "hatua.yaml"

SMALL = """
menu: small
languages: [en, sw]
start: home
words:
  back: {en: "Back", sw: "Rudi"}
screens:
  home:
    say: {en: "Yes", sw: "Ndiyo"}
    choose:
      1: {all: "010", save: no, go: bye}
      2: {en: "Later", sw: "Baadaye", when: not is_late, do: file, go: {filed: bye}}
    save: answer
  bye:
    end: {all: "1:30"}
"""


def faults(source: str) -> list[str]:
    with pytest.raises(MenuRefused) as refused:
        load(source)
    return [str(fault) for fault in refused.value.faults]


def test_the_shipped_menu_loads() -> None:
    menu = load(SHIPPED.read_text(encoding="utf-8"))

    assert menu.start == "home"
    kinds = {type(screen.body) for screen in menu.screens.values()}
    assert kinds == {Choose, Pick, Ask, End}


def test_every_scalar_stays_the_text_that_was_written() -> None:
    home = load(SMALL).screens["home"]

    assert home.words.in_language("en") == "Yes"
    assert isinstance(home.body, Choose)
    first, second = home.body.options
    assert (first.label.in_language("sw"), first.save, first.go) == ("010", "no", "bye")
    assert second.when is not None
    assert (second.when.name, second.when.negated, second.go) == ("is_late", True, {"filed": "bye"})


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('      2: {en: "Later"', '      1: {en: "Later"', "line 12, screen home: M01 1 is there twice"),
        ('en: "Yes"', "en: Yes", 'line 9, screen home: M01 put the text in quotes: "Yes"'),
        ('en: "Yes"', "en: Where?, now", "cannot be read; put every text in quotes"),
        ("menu: small\n", "", "the top of the file needs: menu"),
        ('    end: {all: "1:30"}', '    end: {all: "1:30"}\n    save: x', "an end has no save"),
        ('    end: {all: "1:30"}', '    say: {all: "1:30"}', "exactly one of choose, pick, ask, end"),
        ("not is_late", "is late", "when takes one name"),
        ("  home:\n", "  Home!:\n", "a screen's name is small letters"),
        ("    save: answer", "    saves: answer", "saves has no meaning in a screen"),
        ("      1: {all", "      one: {all", "an option is chosen by a number"),
        ("languages: [en, sw]", "languages: en", "languages is a list"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(was: str, becomes: str, said: str) -> None:
    assert was in SMALL

    assert any(said in fault for fault in faults(SMALL.replace(was, becomes, 1)))


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ("{text: 40 to 3}", "write the limits of text like: 3 to 40"),
        ("{text: short}", "write the limits of text like: 3 to 40"),
        ("{text: 3 to 40, number: 1 to 2}", "an ask has one of text, number, like"),
    ],
)
def test_questions_have_limits(ask: str, said: str) -> None:
    source = SMALL.replace('    end: {all: "1:30"}', f'    say: {{all: "Where?"}}\n    ask: {ask}')

    assert any(said in fault for fault in faults(source))


@pytest.mark.parametrize("source", ["", "just words", "- a\n- b", "a: [", "\x00", "screens: 1\nmenu: 2"])
def test_what_is_no_menu_at_all_is_refused_in_words(source: str) -> None:
    assert faults(source)
