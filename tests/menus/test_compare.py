"""What a new version says that it changes for residents, and the numbers that people know by heart."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from menus.check import check
from menus.compare import changed_meanings, differences
from menus.load import load
from menus.program import Program
from tests.menus.trees import MARKET, SMALL, market_program

RED = '1: {en: "Red", sw: "Nyekundu", save: red}'
BLUE = '2: {en: "Blue", sw: "Samawati", save: blue}'
COLOUR = SMALL[SMALL.index('    say: {en: "Which') : SMALL.index("  chosen:")]
TO_COLOUR = 'sw: "Chagua rangi", go: colour}'


def test_the_menus_of_the_tests_check() -> None:
    assert check(SMALL, Program()) == []
    assert check(MARKET, market_program()) == []


@pytest.mark.parametrize("source", [SMALL, MARKET])
def test_a_menu_does_not_differ_from_itself(source: str) -> None:
    assert differences(load(source), load(source)) == []
    assert changed_meanings(load(source), load(source)) == []


@dataclass(frozen=True)
class Change:
    label: str
    source: str
    #: Was -> becomes.
    edits: tuple[tuple[str, str], ...]
    screen: str
    words: str

    @property
    def becomes(self) -> str:
        changed = self.source
        for was, now in self.edits:
            assert was in changed
            changed = changed.replace(was, now)
        return changed


MEANINGS = [
    Change(
        "two numbers swapped",
        SMALL,
        ((f"{RED}\n      {BLUE}", f"1: {BLUE[3:]}\n      2: {RED[3:]}"),),
        "colour",
        '1 meant "Red", now means "Blue"',
    ),
    Change(
        "only their words swapped",
        SMALL,
        (('"Red", sw: "Nyekundu"', '"Blue", sw: "Samawati"'), (BLUE, '2: {en: "Green", sw: "Kijani", save: blue}')),
        "colour",
        '1 meant "Red", now means "Blue"',
    ),
    Change("another value", SMALL, (("save: red", "save: crimson"),), "colour", "now stands for crimson"),
    Change("a number gone", SMALL, ((f"      {RED}\n", ""),), "colour", '1 meant "Red" and is gone now'),
    Change("another place", SMALL, ((TO_COLOUR, TO_COLOUR.replace("colour", "about")),), "home", "now leads to about"),
    Change("another deed", MARKET, (("do: order, go: {placed: end, full: closed}", "go: end"),), "confirm", "1 meant"),
    Change(
        "a screen gone",
        SMALL,
        (("go: colour}", "go: hue}"), ("  colour:\n", "  hue:\n")),
        "colour",
        '1 "Red", 2 "Blue"; now the screen is gone',
    ),
    Change("a choice becomes an end", SMALL, ((COLOUR, '    end: {all: "No"}\n'),), "colour", "now it is an end"),
    Change("another list", MARKET, (("from: stalls", "from: shops"),), "stall", "those of the list stalls, now"),
    Change(
        "a list becomes a question",
        MARKET,
        (("pick: {from: stalls, longest: 20, empty: closed}", "ask: {text: 3 to 9}"),),
        "stall",
        "now it is a question",
    ),
    Change(
        "a list gone",
        MARKET,
        (("  stall:\n", "  booth:\n"), ("go: stall}", "go: booth}")),
        "stall",
        "now the screen is gone",
    ),
    Change(
        "a number beside a list",
        MARKET,
        (("    pick: {from: stalls", '    choose:\n      1: {all: "Any", go: wish}\n    pick: {from: stalls'),),
        "stall",
        "numbered anew",
    ),
]


@pytest.mark.parametrize("change", MEANINGS, ids=lambda change: change.label)
def test_a_number_that_means_something_else_is_named_with_both_meanings(change: Change) -> None:
    faults = changed_meanings(load(change.source), load(change.becomes))

    named = [fault for fault in faults if fault.code == "M16" and fault.screen == change.screen]
    assert any(change.words in str(fault) for fault in named), faults


@pytest.mark.parametrize(
    "change",
    [
        Change("other words", SMALL, (('"Red"', '"Dark red"'),), "", 'colour: 1: reads (en) "Dark red", not "Red".'),
        Change(
            "a new number",
            SMALL,
            ((BLUE, f'{BLUE}\n      3: {{en: "Green", sw: "Kijani", save: green}}'),),
            "",
            'colour: 3 "Green" is new; it stands for green and leads to chosen.',
        ),
        Change(
            "a screen put in behind all",
            SMALL,
            (("go: chosen", "go: about"),),
            "",
            "colour: an answer leads to about, not to chosen.",
        ),
        Change(
            "where go is written",
            SMALL,
            (
                ("save: red}", "save: red, go: chosen}"),
                ("save: blue}", "save: blue, go: chosen}"),
                ("    save: colour\n    go: chosen", "    save: colour"),
            ),
            "",
            "colour: an answer leads to where its number says, not to chosen.",
        ),
        Change(
            "a new screen",
            SMALL,
            (("  about:\n", '  more:\n    end: {all: "More\\nand more"}\n\n  about:\n'),),
            "",
            'more: a new screen, "More / and more".',
        ),
        Change(
            "a screen that is no choice is gone",
            SMALL,
            (("  about:\n", "  paint:\n"), ("go: about", "go: chosen")),
            "",
            "about: this screen is gone.",
        ),
        Change(
            "the engine's words", SMALL, (('sw: "Rudi"', 'sw: "Nyuma"'),), "", 'words: back (sw) "Nyuma", not "Rudi".'
        ),
        Change(
            "a word of the engine's more",
            SMALL,
            (("  back: ", '  saved: {all: "Kept"}\n  back: '),),
            "",
            'words: saved "Kept" is new.',
        ),
        Change(
            "a condition",
            MARKET,
            (("when: is_known", "when: not is_known"),),
            "",
            'home: 2 "Your orders" is shown only when not is_known, not only when is_known.',
        ),
        Change(
            "no condition",
            MARKET,
            ((", when: is_known", ""),),
            "",
            'home: 2 "Your orders" is shown always, not only when is_known.',
        ),
        Change("limits", MARKET, (("3 to 20", "3 to 15"),), "", "wish: it takes 3 to 15 letters, not 3 to 20 letters."),
        Change(
            "an empty list",
            MARKET,
            ((", empty: closed", ""),),
            "",
            "stall: an empty list leads to nothing, not to closed.",
        ),
        Change(
            "the order on the screen",
            SMALL,
            ((f"{RED}\n      {BLUE}", f"{BLUE}\n      {RED}"),),
            "",
            "colour: the order on the screen is 2, 1, not 1, 2.",
        ),
        Change(
            "no language question",
            MARKET,
            (("first: language\n", ""),),
            "",
            "New callers first see home, not language.",
        ),
        Change(
            "the first language",
            SMALL,
            (("[en, sw]", "[sw, en]"),),
            "",
            "Who has not chosen a language hears sw, not en.",
        ),
        Change("a language less", SMALL, (("[en, sw]", "[en]"),), "", "The language sw is gone."),
        Change(
            "another start", MARKET, (("start: home", "start: language"),), "", "Calls begin at language, not at home."
        ),
    ],
    ids=lambda change: change.label,
)
def test_what_residents_notice_is_said_in_a_sentence(change: Change) -> None:
    assert change.words in differences(load(change.source), load(change.becomes))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        pytest.param('"Red"', '"Dark red"', id="other words"),
        pytest.param(BLUE, f'{BLUE}\n      3: {{en: "Green", sw: "Kijani", save: green}}', id="a new number"),
        pytest.param("    go: chosen", "    go: about", id="another screen behind every answer"),
        pytest.param(f"{RED}\n      {BLUE}", f"{BLUE}\n      {RED}", id="another order"),
        pytest.param("save: red}", "save: red, when: is_known}", id="a condition"),
    ],
)
def test_what_leaves_every_number_its_meaning_needs_no_consent(was: str, becomes: str) -> None:
    assert was in SMALL
    assert changed_meanings(load(SMALL), load(SMALL.replace(was, becomes))) == []
