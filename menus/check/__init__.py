"""The proof that a menu cannot break: every screen reachable, leading to an end, and fitting a phone in each language.

M01 the file can be read            M09 blanks agree between languages
M02 every go leads somewhere        M10 no blank may be empty
M03 every screen can be reached     M11 numbers are free and plain
M04 every screen leads to an end    M12 the program knows every name and outcome
M05 every text in every language    M13 what is sent has been shown
M06 only characters of GSM-7        M14 no loop without a question
M07 160 septets at the worst        M15 a call is long enough for every path
M08 enough lines on a page          M16 no number changes its meaning (see `menus.compare`)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from menus.check.names import idle_outcomes, numbers_are_free, outcomes_not_told_apart, the_program_knows_every_name
from menus.check.needs import every_action_has_what_it_needs, every_value_is_known
from menus.check.renderings import every_rendering_fits
from menus.check.texts import blanks_agree, every_character_is_gsm7, every_text_is_there, no_blank_is_empty
from menus.check.ways import (
    a_call_is_long_enough,
    every_screen_is_reachable,
    every_screen_leads_to_an_end,
    every_target_is_there,
    no_loop_without_a_question,
    slow_questions,
    what_is_sent_was_shown,
)
from menus.faults import Fault, MenuRefused
from menus.grammar import Menu
from menus.load import load
from menus.program import Program

#: With one of these a screen cannot be rendered: it needs its words, its alphabet and its numbers.
NOT_RENDERED = frozenset({"M02", "M05", "M06", "M11", "M12"})

Check = Callable[[Menu, Program], Iterator[Fault]]

CHECKS: tuple[Check, ...] = (
    every_target_is_there,
    every_screen_is_reachable,
    every_screen_leads_to_an_end,
    every_text_is_there,
    every_character_is_gsm7,
    blanks_agree,
    no_blank_is_empty,
    numbers_are_free,
    the_program_knows_every_name,
    every_action_has_what_it_needs,
    every_value_is_known,
    what_is_sent_was_shown,
    no_loop_without_a_question,
    a_call_is_long_enough,
)

RENDERING_CHECKS: tuple[Check, ...] = (every_rendering_fits,)


def check(source: str, program: Program) -> list[Fault]:
    """Every fault of a menu file, in the order of its lines; none means that it may be published."""
    try:
        menu = load(source)
    except MenuRefused as refused:
        return refused.faults
    return check_menu(menu, program)


def check_menu(menu: Menu, program: Program) -> list[Fault]:
    faults = {fault for one in CHECKS for fault in one(menu, program)}
    if not any(fault.code in NOT_RENDERED for fault in faults):
        faults.update(fault for one in RENDERING_CHECKS for fault in one(menu, program))
    return sorted(faults)


def warnings(menu: Menu, program: Program) -> list[Fault]:
    """What may be published but should be known."""
    advice = (slow_questions, idle_outcomes, outcomes_not_told_apart)
    return sorted(fault for one in advice for fault in one(menu, program))
