"""Where answers lead: somewhere, to an end, showing what is sent, in the time of a call (M02-M04, M13-M15)."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from menus.faults import Fault
from menus.grammar import (
    Ask,
    Choose,
    Menu,
    Pick,
    Screen,
    targets,
)
from menus.paths import (
    LETTER_SECONDS,
    all_ways,
    can_end,
    letters,
    quickest_walks,
    reachable,
    seconds_at,
    typed_before,
    ways_from,
)
from menus.program import Program

#: What a Kenyan network gives: a whole session, and the caller for one answer.
SESSION_SECONDS = 180


ANSWER_SECONDS = 30


def every_target_is_there(menu: Menu, program: Program) -> Iterator[Fault]:
    for key, name in (("start", menu.start), ("first", menu.first)):
        if name is not None and name not in menu.screens:
            yield Fault(1, "M02", "", f"{key} leads to {name}, which is not there; {_did_you_mean(name, menu)}")
    for screen in menu.screens.values():
        for line, name in _targets_of(screen):
            if name not in menu.screens:
                yield Fault(line, "M02", screen.name, f"go to {name}: it is not there; {_did_you_mean(name, menu)}")
        for option in screen.options:
            if option.go is None and screen.go is None:
                yield Fault(option.line, "M02", screen.name, f"option {option.number} leads nowhere; give it a go")
        if isinstance(screen.body, Pick | Ask) and screen.go is None:
            yield Fault(screen.line, "M02", screen.name, "the answer leads nowhere; give the screen a go")


def every_screen_is_reachable(menu: Menu, program: Program) -> Iterator[Fault]:
    reached = reachable(menu)
    for name, screen in menu.screens.items():
        if name not in reached:
            yield Fault(screen.line, "M03", name, "nobody can reach this screen; lead to it with a go, or remove it")


def every_screen_leads_to_an_end(menu: Menu, program: Program) -> Iterator[Fault]:
    ending = can_end(menu)
    for name, screen in menu.screens.items():
        if name not in ending:
            yield Fault(screen.line, "M04", name, "no way from here to an end; let an answer lead to a screen with end")


def what_is_sent_was_shown(menu: Menu, program: Program) -> Iterator[Fault]:
    typed = typed_before(menu)
    for name, screen in menu.screens.items():
        for option in screen.options:
            action = program.actions.get(option.do or "")
            if action is None or not action.sends:
                continue
            sent = typed[name] & set(action.sends) if isinstance(action.sends, tuple) else typed[name]
            for language in menu.languages:
                shown = {blank.name for blank in screen.words.blanks(language)}
                if unseen := sorted(sent - shown):
                    words = f"{option.do} sends {{{unseen[0]}}}, which this screen does not show; add it to say"
                elif not shown:
                    words = f"{option.do} sends what nobody has seen; show it in say before option {option.number}"
                elif option.save is not None:
                    words = f"{option.do} sends the answer {option.save} before it was shown; ask on a screen before"
                else:
                    continue
                yield Fault(option.line, "M13", name, words)
                break


def no_loop_without_a_question(menu: Menu, program: Program) -> Iterator[Fault]:
    passes = {way.source: way.target for way in all_ways(menu) if way.is_pass}
    for name in passes:
        seen, at = {name}, passes[name]
        while at in passes and at not in seen:
            seen.add(at)
            at = passes[at]
        if at == name:
            words = "empty lists lead round in a circle; let empty: lead to a screen that says so"
            yield Fault(menu.screens[name].line, "M14", name, words)


def a_call_is_long_enough(menu: Menu, program: Program) -> Iterator[Fault]:
    for name, seconds in quickest_walks(menu, program).items():
        screen = menu.screens[name]
        if seconds > SESSION_SECONDS:
            words = f"the shortest call over this screen takes {seconds:.0f} s of {SESSION_SECONDS}; ask for less"
            yield Fault(screen.line, "M15", name, words)
        if isinstance(screen.body, Ask) and screen.body.kind == "text":
            least = screen.body.least * LETTER_SECONDS
            if least > ANSWER_SECONDS:
                words = f"{screen.body.least} letters take {least:.0f} s, a caller has {ANSWER_SECONDS}; ask for fewer"
                yield Fault(screen.line, "M15", name, words)


def slow_questions(menu: Menu, program: Program) -> Iterator[Fault]:
    for name, screen in menu.screens.items():
        seconds = seconds_at(screen, program)
        if isinstance(screen.body, Ask) and seconds > ANSWER_SECONDS:
            words = (
                f"{letters(screen.body, program)} letters take {seconds:.0f} s to type; a caller has {ANSWER_SECONDS}"
            )
            yield Fault(screen.line, "M15", name, words)


def _targets_of(screen: Screen) -> Iterator[tuple[int, str]]:
    for way in ways_from(screen):
        yield (way.option.line if way.option else screen.line), way.target
    if isinstance(screen.body, Choose):
        for name in targets(screen.go):
            yield screen.line, name


def _did_you_mean(name: str, menu: Menu) -> str:
    close = get_close_matches(name, menu.screens, n=1)
    return f"did you mean {close[0]}?" if close else "add it, or lead elsewhere"
