"""What is seen: every rendering, made at its worst, fits a phone (M07, M08)."""

from __future__ import annotations

from collections.abc import Iterator

from menus.faults import Fault
from menus.grammar import (
    Menu,
)
from menus.program import Program
from menus.render import LEAST_LINES_ON_A_PAGE, SCREEN_SEPTETS
from menus.worst import Worst, engine_renderings, renderings

MOST_LINES = 10


def every_rendering_fits(menu: Menu, program: Program) -> Iterator[Fault]:
    for language in menu.languages:
        for worst in engine_renderings(menu, language):
            yield from _too_long(worst, 1, "", language)
        for name, screen in menu.screens.items():
            for worst in renderings(menu, program, screen, language):
                yield from _too_long(worst, screen.line, name, language)
                if worst.list_lines is not None and worst.list_lines < LEAST_LINES_ON_A_PAGE:
                    words = f"({language}) only {worst.list_lines} list lines fit on a page; shorten say or the labels"
                    yield Fault(screen.line, "M08", name, words)
                if (lines := worst.body.count("\n") + 1) > MOST_LINES + 1:
                    words = f"({language}) {lines - 1} lines, and a phone shows {MOST_LINES}; make two screens of it"
                    yield Fault(screen.line, "M08", name, words)


def _too_long(worst: Worst, line: int, screen: str, language: str) -> Iterator[Fault]:
    if worst.septets > SCREEN_SEPTETS:
        words = f"({language}) up to {worst.septets} of {SCREEN_SEPTETS} septets; shorten it. At its worst:"
        picture = "\n".join(f"    | {row}" for row in worst.body.split("\n"))
        yield Fault(line, "M07", screen, f"{words}\n{picture}")
