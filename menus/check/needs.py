"""What an action cannot do without is asked on every way to it, and is something that the program knows (M10, M12)."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from menus.faults import Fault
from menus.grammar import Menu
from menus.paths import surely_known
from menus.program import Program


def every_action_has_what_it_needs(menu: Menu, program: Program) -> Iterator[Fault]:
    known = surely_known(menu, program)
    for name, screen in menu.screens.items():
        for option in screen.options:
            action = program.actions.get(option.do or "")
            if action is None or name not in known:
                continue
            for need in action.needs:
                if not known[name].intersection(need.under):
                    words = f"{option.do} needs {need.under[0]}, which may still be empty here; ask for it on every way"
                    yield Fault(option.line, "M10", name, words)


def every_value_is_known(menu: Menu, program: Program) -> Iterator[Fault]:
    used = {option.do for screen in menu.screens.values() for option in screen.options}
    for action_name, action in program.actions.items():
        for need in action.needs if action_name in used else ():
            if need.among is None:
                continue
            for screen in menu.screens.values():
                for option in screen.options if screen.save in need.under else ():
                    if option.save is not None and option.save not in need.among:
                        close = get_close_matches(option.save, need.among, n=1)
                        hint = f"did you mean {close[0]}?" if close else f"it knows {', '.join(sorted(need.among))}"
                        words = f"{action_name} knows no {need.under[0]} {option.save}; {hint}"
                        yield Fault(option.line, "M12", screen.name, words)
