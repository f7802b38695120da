"""The menu that explains the language (taka.yaml, with names of the program): proved, and refused when broken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.ussd.program import program
from menus.check import check, check_menu, warnings
from menus.load import load

TAKA = (Path(__file__).parent / "taka.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Broken:
    label: str
    was: str
    becomes: str
    screen: str
    words: str


LONG = (
    "Where exactly is it? Please type a landmark, a shop, a church, a school, a stage or a street"
    " which people of the ward are sure to know by name"
)

CASES = [
    Broken("no such category", "save: missed}", "save: lost}", "problem", "knows no category lost"),
    Broken("nothing to send", "    save: problem\n", "    save: issue\n", "check", "needs category"),
    Broken("sent too early", "    save: area\n    go: ward", "    save: area\n    go: place", "check", "needs ward"),
    Broken("outcome left open", "{filed: sent, repeat: already}", "{repeat: already}", "check", "may come to filed"),
    Broken("label cut too short", "longest: 24", "longest: 20", "my_reports", "longest: 24"),
    Broken("question too long", "Where exactly? Type a landmark, shop or street.", LONG, "place", "of 160 septets"),
    Broken(
        "note uncut", "{days} days. {note:60}", "{days} days, {days} days: {note} {note} {note}", "report", "of 160"
    ),
]


def test_the_documented_menu_is_proved() -> None:
    assert check(TAKA, program) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_the_documented_menu_with_a_fault_is_refused_and_its_screen_named(case: Broken) -> None:
    assert case.was in TAKA

    faults = check(TAKA.replace(case.was, case.becomes, 1), program)

    named = [fault for fault in faults if fault.screen == case.screen]
    assert any(case.words in str(fault) for fault in named), "\n".join(map(str, faults))


def test_outcomes_that_a_menu_does_not_tell_apart_are_only_warned_of() -> None:
    menu = load(TAKA)

    assert check_menu(menu, program) == []
    told = [str(warning) for warning in warnings(menu, program)]
    assert any("may come to urgent, which leads on like filed: sent" in words for words in told)
    assert any("never comes to repeat" in words for words in told)
