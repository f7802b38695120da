"""Options beside a list, and answers that the program understands: what is on the phone, and where it leads."""

from __future__ import annotations

import pytest
from redis import Redis

from menus.check import check
from menus.program import Program
from sessions.ports import Done, Found, Item
from sessions.record import Record
from tests.sessions.conftest import SMALL
from tests.sessions.village import Phone, Village

WORDS = SMALL[SMALL.index("words:") : SMALL.index("screens:")]
MENU = f"""menu: market
languages: [en, sw]
start: stalls
keeps: [stall]
{WORDS}screens:
  stalls:
    say: {{all: "Stall?"}}
    choose:
      1: {{all: "Type it", go: typed}}
      2: {{all: "As last time", when: known, find: last, go: {{found: stall, lost: typed}}}}
      9: {{all: "None", go: none}}
    pick: {{from: stalls, longest: 12}}
    save: stall
    go: stall
  typed:
    say: {{all: "Type the stall"}}
    ask: {{text: 2 to 12}}
    save: typed
    find: stall
    go: {{one: stall, several: which, no: none}}
  which:
    say: {{all: "{{typed}}: which?"}}
    pick: {{from: like, of: typed, longest: 12}}
    save: stall
    go: stall
  stall:
    say: {{all: "You are at {{stall}}."}}
    choose:
      1: {{all: "Good", do: note, go: {{noted: noted}}}}
  noted:
    end: {{all: "Noted: {{stall}}."}}
  none:
    end: {{all: "No stall."}}
"""
STALLS = ["Beans", "Maize", "Rice", "Fish", "Kale", "Eggs", "Milk", "Soap", "Salt", "Oil", "Tea", "Mats"]


def program(*, is_known: bool) -> Program:
    market = Program()
    market.listing("stalls", longest=12)(lambda record, of: [Item(name.lower(), name) for name in STALLS])
    market.listing("like", of="typed", longest=12)(lambda record, of: [Item(f"{of}{n}", f"{of} {n}") for n in (1, 2)])
    market.guard("known")(lambda record: is_known)
    last = Found("found", {"stall": Item("fish", "Fish")})
    market.finding("last", outcomes={"found": {"stall": 12}, "lost": {}})(lambda record: last)
    market.finding("stall", outcomes={"one": {"stall": 12}, "several": {}, "no": {}})(understood)
    market.action("note", outcomes=["noted"], gives={}, sends=("stall",))(lambda record, reference: Done("noted", {}))
    return market


def understood(record: Record) -> Found:
    typed = record.value_of("typed") or ""
    if typed.capitalize() in STALLS:
        return Found("one", {"stall": Item(typed, typed.capitalize())})
    return Found("several" if typed == "Ma" else "no")


@pytest.fixture
def known(redis: Redis) -> Phone:
    return Phone(Village(redis, MENU, program=program(is_known=True)).conversation())


@pytest.fixture
def unknown(redis: Redis) -> Phone:
    return Phone(Village(redis, MENU, program=program(is_known=False)).conversation())


def test_the_menu_of_these_tests_is_proved() -> None:
    assert check(MENU, program(is_known=True)) == []


def test_a_list_takes_the_numbers_that_its_options_leave(known: Phone) -> None:
    lines = dict(known.dial().options)
    while "More" in known.screen.options:
        lines |= known.press("98").options

    options = {"Type it": "1", "As last time": "2", "None": "9"}
    numbers = [str(number) for number in range(3, 17) if number != 9]
    assert {label: lines[label] for label in options} == options
    assert [lines[stall] for stall in STALLS] == numbers[: len(STALLS)]


def test_a_hidden_option_leaves_its_number_to_nobody(unknown: Phone) -> None:
    screen = unknown.dial()

    assert "As last time" not in screen.options
    assert screen.options["Beans"] == "3"
    assert unknown.press("2").text.startswith("Please use a number shown.")


def test_a_line_of_the_list_and_an_option_lead_each_their_own_way(known: Phone, unknown: Phone) -> None:
    known.dial()
    assert known.press("3").text.startswith("You are at Beans.")
    assert known.press("0", "9").text == "No stall."


def test_what_is_found_is_answered_for_the_caller(known: Phone) -> None:
    known.dial()

    assert known.press("2").text.startswith("You are at Fish.")
    assert known.press("1").text == "Noted: Fish."


@pytest.mark.parametrize(
    ("typed", "shown"), [("tea", "You are at Tea."), ("Ma", "Ma: which?"), ("5*7", "No stall."), ("x", "Too short")]
)
def test_a_typed_answer_leads_where_it_is_understood_to(unknown: Phone, typed: str, shown: str) -> None:
    unknown.dial()

    assert unknown.press("1", typed).text.startswith(shown)


def test_what_was_found_is_found_again_when_the_store_is_lost(redis: Redis, known: Phone) -> None:
    known.dial()
    for answer, shown in (("1", "Type the stall"), ("Ma", "Ma: which?"), ("2", "You are at Ma 2.")):
        redis.flushall()
        assert known.press(answer).text.startswith(shown)


def test_only_a_call_that_has_begun_something_is_continued(redis: Redis, unknown: Phone) -> None:
    unknown.dial()
    unknown.press("1")
    again = Phone(unknown.conversation, sid="second")
    assert "Beans" in again.dial().options

    again.press("3")

    assert "Continue" in Phone(unknown.conversation, sid="third").dial().options
