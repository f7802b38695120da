"""The flowchart: every screen and every way, in words that Mermaid cannot mistake for its own."""

from __future__ import annotations

import re

from menus.graph import mermaid
from menus.load import load
from menus.paths import all_ways
from tests.menus.trees import MARKET, SMALL


def test_a_small_menu_is_drawn_with_its_numbers_and_its_ends() -> None:
    assert mermaid(load(SMALL), "sw") == (
        "flowchart TD\n"
        '    dials(("dials"))\n'
        '    screen_home["<b>home</b><br/>Laini ya rangi"]\n'
        '    screen_colour["<b>colour</b><br/>Rangi gani?"]\n'
        '    screen_chosen(["<b>chosen</b><br/>Umechagua #123;colour#125;."])\n'
        '    screen_about(["<b>about</b><br/>Paint / Rangi"])\n'
        "    dials --> screen_home\n"
        '    screen_home -->|"1 Chagua rangi"| screen_colour\n'
        '    screen_home -->|"2 Rangi ni nini"| screen_about\n'
        '    screen_colour -->|"1 Nyekundu"| screen_chosen\n'
        '    screen_colour -->|"2 Samawati"| screen_chosen\n'
        "    classDef ends stroke-width:3px\n"
        "    class screen_chosen,screen_about ends\n"
    )


def test_lists_questions_outcomes_and_conditions_are_told_apart() -> None:
    drawn = mermaid(load(MARKET), "en")

    assert 'screen_stall[["<b>stall</b>' in drawn
    assert 'screen_wish[/"<b>wish</b>' in drawn
    assert 'screen_confirm -->|"1 Send: full"| screen_closed' in drawn
    assert 'screen_home -.->|"2 Your orders #40;when is_known#41;"| screen_closed' in drawn
    assert 'screen_stall -->|"any line"| screen_wish' in drawn
    assert 'screen_stall -.->|"nothing to list"| screen_closed' in drawn
    assert 'dials -.->|"new caller"| screen_language' in drawn


def test_every_way_is_an_arrow() -> None:
    menu = load(MARKET)

    arrows = re.findall(r'screen_(\w+) -\.?->\|"[^"|]*"\| screen_(\w+)', mermaid(menu, "en"))

    assert sorted(arrows) == sorted((way.source, way.target) for way in all_ways(menu))


def test_words_cannot_end_a_label_and_a_screen_may_be_called_end() -> None:
    drawn = mermaid(load(SMALL.replace('"Red"', "'\"Red]\" | <i>#; '").replace("about", "end")), "en")

    assert '|"1 #34;Red#93;#34; #124; #60;i#62;#35;#59;"|' in drawn
    assert "screen_end([" in drawn


def test_a_menu_that_does_not_check_can_be_drawn_too() -> None:
    drawn = mermaid(load(SMALL.replace("go: about", "go: nowhere").replace("Paint / Rangi", "\U0001f3a8")), "en")

    assert "| screen_nowhere" in drawn
