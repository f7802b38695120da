"""For each fault that the checker knows: the shipped menu with that fault is refused, and without it accepted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.ussd.program import program
from menus.check import check, check_menu, warnings
from menus.load import load

SHIPPED = (Path(__file__).parents[2] / "menus" / "hatua.yaml").read_text(encoding="utf-8")


def test_the_shipped_menu_is_proved() -> None:
    assert check(SHIPPED, program) == []


@dataclass(frozen=True)
class Broken:
    label: str
    was: str
    becomes: str
    code: str
    screen: str
    words: str


LONG = "A very long sentence that goes on and on about the place, the street, the shop and the colour of its door"

CASES = [
    Broken("number twice", '      3: {all: "Language', '      2: {all: "Language', "M01", "notice", "2 is there twice"),
    Broken("text without quotes", 'en: "Water supply"', "en: Water supply", "M01", "group", "put the text in quotes"),
    Broken("yes is no text", 'en: "Send"', "en: yes", "M01", "confirm", 'put the text in quotes: "yes"'),
    Broken("missing target", "go: my_complaints}", "go: my_complaint}", "M02", "notice", "did you mean my_complaints"),
    Broken("nothing to keep", "keeps: [group,", "keeps: [groups,", "M12", "", "did you mean group"),
    Broken("missing start", "start: home", "start: house", "M02", "", "start leads to house"),
    Broken("option without a go", ", go: cancelled}", "}", "M02", "confirm", "option 3 leads nowhere"),
    Broken(
        "question without a go", "    save: ward\n    go: landmark", "    save: ward", "M02", "ward", "leads nowhere"
    ),
    Broken("unreachable", ", go: cancelled}", ", go: home}", "M03", "cancelled", "nobody can reach"),
    Broken(
        "dead end",
        "  data_who:\n    end:\n",
        '  data_who:\n    choose:\n      1: {all: "Again", go: data_who}\n    say:\n',
        "M04",
        "data_who",
        "no way from here",
    ),
    Broken("no Kiswahili", ', sw: "Maji", save', ", save", "M05", "group", "option 3: no sw text"),
    Broken("engine's word missing", "  more:   {", "  mere:   {", "M05", "", "words: more is missing"),
    Broken("strange language", 'sw: "Shida ni gani?"', 'fr: "Quoi?"', "M05", "group", "fr is not one of"),
    Broken("curly quote", "Cancelled. Nothing", "Cancelled\u2019 Nothing", "M06", "cancelled", "write '"),
    Broken("costs two septets", "Cancelled. Nothing", "Cancelled~ Nothing", "M06", "cancelled", "write -"),
    Broken("a broken blank", '{area}, ward:", sw', '{area, ward:", sw', "M06", "ward", "{ at place 1"),
    Broken("too long", "Choose your sub-county:", LONG, "M08", "area", "list lines fit"),
    Broken("end too long", "Cancelled. Nothing was sent.", LONG + LONG, "M07", "cancelled", "of 160 septets"),
    Broken(
        "too long with the error line", "Type a landmark", "Type, please, " + LONG[:70], "M07", "landmark", "Too short"
    ),
    Broken("blank uncut", "{landmark:30}", "{landmark}", "M07", "confirm", "WWWWWW"),
    Broken("engine's words too long", 'sw: "Ripoti yako ya', f'sw: "{LONG} na ripoti yako ya', "M07", "", "of 160"),
    Broken("eleven lines", "water & sewer problems", "water\\n& sewer\\na\\nb\\nc\\nd\\ne\\n", "M08", "home", "lines"),
    Broken("blanks differ", 'sw: "{area}, wadi:"', 'sw: "Wadi gani?"', "M09", "ward", "{area} is missing"),
    Broken("blank is empty", "What is the problem?", "{ward}: what?", "M10", "group", "{ward} may still be empty"),
    Broken("unknown blank", '"Complaints"', '"{name}:"', "M10", "my_complaints", "{name} may still be empty"),
    Broken("list of nothing", "of: group,", "of: report,", "M10", "category", "the list needs report"),
    Broken("blank in the engine's words", '{en: "Back"', '{en: "Back {ref}"', "M10", "", "is always empty"),
    Broken("engine's number", '      3: {en: "Cancel', '      98: {en: "Cancel', "M11", "confirm", "98 is taken"),
    Broken(
        "number with a zero", '      3: {en: "Cancel', '      03: {en: "Cancel', "M11", "confirm", "without the zero"
    ),
    Broken("range holds 0", "ask: {text: 3 to 50}", "ask: {number: 0 to 50}", "M11", "landmark", "include 0"),
    Broken("range holds 98", "ask: {text: 3 to 50}", "ask: {number: 5 to 100}", "M11", "landmark", "include 98"),
    Broken("unknown action", "do: file_report", "do: file_reports", "M12", "confirm", "did you mean file_report"),
    Broken("unknown list", "from: wards", "from: words", "M12", "ward", "did you mean wards"),
    Broken("unknown fetch", "fetch: report_details", "fetch: report", "M12", "complaint_open", "no report"),
    Broken("unknown guard", "go: help}", "go: help, when: is_nice}", "M12", "notice", "no is_nice"),
    Broken("unknown pattern", "ask: {text: 3 to 50}", "ask: {like: a_poem}", "M12", "landmark", "no a_poem"),
    Broken("outcome not handled", "{filed: sent,", "{done: sent,", "M12", "confirm", "may come to filed"),
    Broken("outcomes of nothing", "        do: file_report\n", "", "M12", "confirm", "outcomes but no do"),
    Broken("list shorter than its labels", "longest: 22", "longest: 10", "M12", "ward", "labels of 22"),
    Broken("list without its of", "pick: {from: wards, of: area,", "pick: {from: wards,", "M12", "ward", "write of:"),
    Broken("not asked on every way", "go: landmark}", "go: confirm}", "M10", "confirm", "file_report needs landmark"),
    Broken("typed and not shown", "{ward}: {landmark:30}", "{ward}", "M13", "confirm", "sends {landmark}"),
    Broken(
        "sent at once", "go: my_complaints}", "do: file_report, go: {filed: sent}}", "M13", "notice", "nobody has seen"
    ),
    Broken("saved and sent", "        do: file", "        save: now\n        do: file", "M13", "confirm", "was shown"),
    Broken("unknown finding", "find: area", "find: areas", "M12", "typed_area", "did you mean area"),
    Broken("finding not handled", "      unknown: area_unknown\n", "", "M12", "typed_area", "may come to unknown"),
    Broken("outcomes of no finding", "    find: danger\n", "", "M12", "category", "outcomes but no find"),
    Broken(
        "finding of a choice", "    save: group\n", "    save: group\n    find: area\n", "M12", "group", "belongs to"
    ),
    Broken("finding and action", "do: file_report", "find: area\n        do: file_report", "M12", "confirm", "both do"),
    Broken("option beside a list", "go: typed_area}", "go: typed_areas}", "M02", "area", "did you mean typed_area"),
    Broken("number beside a list", '      9: {en: "None', '      98: {en: "None', "M11", "area_wards", "98 is taken"),
    Broken("unasked beside a list", "when: has_last_place", "when: has_place", "M12", "area", "has_last_place"),
    Broken("found on one way only", "{area}, ward:", "{meant}, ward:", "M10", "ward", "{meant} may still be empty"),
    Broken("circle of empty lists", "empty: no_complaints", "empty: my_complaints", "M14", "my_complaints", "circle"),
    Broken("text too long to type", "3 to 50", "3 to 120", "M15", "landmark", "s of 180"),
    Broken("least text too long", "3 to 50", "30 to 50", "M15", "landmark", "a caller has 30"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_menu_with_this_fault_is_refused_and_its_screen_named(case: Broken) -> None:
    assert case.was in SHIPPED

    faults = check(SHIPPED.replace(case.was, case.becomes, 1), program)

    named = [fault for fault in faults if fault.code == case.code and fault.screen == case.screen]
    assert any(case.words in str(fault) for fault in named), "\n".join(map(str, faults))


def test_every_code_but_the_publishers_has_a_case() -> None:
    assert {case.code for case in CASES} == {f"M{n:02}" for n in range(1, 16)}


def test_a_slow_question_is_only_warned_of() -> None:
    menu = load(SHIPPED)

    assert check_menu(menu, program) == []
    assert any("landmark" in str(warning) for warning in warnings(menu, program))
