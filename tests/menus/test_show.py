"""Each screen as a phone, to be read, printed and signed: what is drawn is what the engine renders."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.ussd.examples import examples
from gateway.ussd.program import program
from gateway.ussd.publishing import SHIPPED_MENU
from menus.load import load
from menus.show import Examples, as_html, as_text, sheets
from menus.worst import renderings
from tests.menus.trees import MARKET, market_program

STALLS = {language: Examples({"wish": "Mandazi"}, {"stalls": ["Mama Pima", "Kiosk B"]}) for language in ("en", "sw")}


def drawn(
    screens: Sequence[str], languages: Sequence[str] = ("en", "sw"), source: str = MARKET, values: object = STALLS
) -> str:
    return as_text(sheets(load(source), market_program(), STALLS if values is STALLS else {}, screens, languages))


def test_a_choice_is_drawn_in_both_languages_side_by_side_as_seen_and_at_its_worst() -> None:
    assert drawn(["home"]) == (
        "home (line 25)\n"
        "==============\n"
        "en                                        sw\n"
        ".------------------------------------.    .------------------------------------.\n"
        "| Market                             |    | Soko                               |\n"
        "| 1. Order                           |    | 1. Agiza                           |\n"
        "| 2. Your orders                     |    | 2. Maagizo yako                    |\n"
        "| 3. Language / Lugha                |    | 3. Language / Lugha                |\n"
        "'------------------------ 54 of 160 -'    '------------------------ 53 of 160 -'\n"
        "en, at its worst                          sw, at its worst\n"
        ".------------------------------------.    .------------------------------------.\n"
        "| Please use a number shown.         |    | Tumia nambari iliyopo.             |\n"
        "| Market                             |    | Soko                               |\n"
        "| 1. Order                           |    | 1. Agiza                           |\n"
        "| 2. Your orders                     |    | 2. Maagizo yako                    |\n"
        "| 3. Language / Lugha                |    | 3. Language / Lugha                |\n"
        "'------------------------ 81 of 160 -'    '------------------------ 76 of 160 -'\n"
        "1 leads to stall; 2 (shown only when is_known) leads to closed; 3 leads to\nlanguage\n"
    )


def test_blanks_and_lists_show_what_a_caller_may_see() -> None:
    stall, confirm = drawn(["stall"], ["en"]), drawn(["confirm"], ["en"])

    assert "| 2. Kiosk B " in stall
    assert "an answer leads to wish; an empty list leads to closed" in stall
    assert "| Mama Pima: Mandazi " in confirm
    assert "1, if placed, leads to end; 1, if full, leads to closed" in confirm


def test_without_examples_a_blank_shows_its_name_and_a_list_some_lines() -> None:
    nothing = {"en": Examples()}
    text = as_text(sheets(load(MARKET), market_program(), nothing, ["stall", "wish", "end"], ["en"]))

    assert "| 3. stalls 3 " in text
    assert "What would you like from stall?" in text
    assert "Your number is ref." in text


def test_a_long_list_shows_each_of_its_pages() -> None:
    long = {"en": Examples({}, {"stalls": [f"Stall number {n}" for n in range(1, 20)]})}

    text = as_text(sheets(load(MARKET), market_program(), long, ["stall"], ["en"]))

    assert "en, page 1 of 4" in text
    assert "| 19. Stall number 19 " in text


def test_the_engines_own_screens_are_drawn_with_the_whole_menu() -> None:
    menu = load(MARKET)
    whole = drawn(list(menu.screens))

    assert whole.count("at its worst") == 2 * (len(menu.screens) + 2)
    assert "| Finish your last call?" in whole


def test_every_picture_of_the_shipped_menu_is_within_160_and_the_worst_is_the_proved_one() -> None:
    menu = load(SHIPPED_MENU.read_text(encoding="utf-8"))
    seen = {language: examples(language) for language in menu.languages}

    for sheet in sheets(menu, program, seen, list(menu.screens), menu.languages):
        pictures = [picture for row in sheet.rows for picture in row if picture]
        assert all(int(picture.count.split()[0]) <= 160 for picture in pictures)
        name = sheet.heading.split()[0]
        for language in menu.languages if name in menu.screens else ():
            worst = max(renderings(menu, program, menu.screens[name], language), key=lambda one: one.septets)
            assert any(p.body == worst.body for p in pictures if p.caption == f"{language}, at its worst")


def test_nothing_drawn_is_wider_than_a_printed_page() -> None:
    menu = load(SHIPPED_MENU.read_text(encoding="utf-8"))
    seen = {language: examples(language) for language in menu.languages}

    text = as_text(sheets(menu, program, seen, list(menu.screens), menu.languages))

    assert max(map(len, text.split("\n"))) <= 80


def test_the_page_to_sign_holds_the_words_as_text_and_loads_nothing() -> None:
    source = MARKET.replace('"Market"', "\"A <b>market</b> & 'more'\"")

    page = as_html("Menu <market>", sheets(load(source), market_program(), STALLS, ["home"], ["en", "sw"]))

    assert "<title>Menu &lt;market&gt;</title>" in page
    assert "A &lt;b&gt;market&lt;/b&gt; &amp; &#x27;more&#x27;" in page
    assert "<b>market" not in page
    assert not re.search(r"(src|href)=|url\(|@import", page)
    assert "Signature" in page
    assert page.count("<figure>") == 4
