"""The worst that a screen may show: its longest words in every blank, its longest list. Pure; made, not estimated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from menus.grammar import SAVED_WORD, Ask, End, Menu, Pick, Screen, fill, list_numbers
from menus.gsm7 import is_gsm7, septets
from menus.paths import letters
from menus.program import Program
from menus.render import PREFIX_SEPTETS, Layout, Line, frame, in_order, many_pages, one_page

#: Long enough to have pages in the middle whose numbers have two digits.
WORST_LIST_LENGTH = 40
#: One septet each, and wide on a proportional screen.
_FILLER = "W"


@dataclass(frozen=True, slots=True)
class Worst:
    """One rendering: the text after `CON ` or `END `, and how many list lines it shows (None: no list)."""

    body: str
    list_lines: int | None = None

    @property
    def septets(self) -> int:
        """With `CON ` counted."""
        return PREFIX_SEPTETS + septets(self.body)


def widths(menu: Menu, program: Program, language: str) -> Mapping[str, int]:
    """Blank -> the longest value that it may have, in septets."""
    found: dict[str, int] = {}

    def note(name: str, width: int) -> None:
        found[name] = max(found.get(name, 0), width)

    for gives in _given(menu, program):
        for name, width in gives.items():
            note(name, width)
    for screen in menu.screens.values():
        if screen.save is None:
            continue
        body = screen.body
        for option in screen.options:
            if option.save is not None:
                label = option.label.in_language(language)
                note(screen.save, septets(label) if is_gsm7(label) else len(label))
        if isinstance(body, Pick):
            note(screen.save, body.longest)
        elif isinstance(body, Ask):
            note(screen.save, letters(body, program))
    return found


def _given(menu: Menu, program: Program) -> Iterator[Mapping[str, int]]:
    """What the actions, fetches and findings that this menu asks for may give."""
    for screen in menu.screens.values():
        if fetch := program.fetches.get(screen.fetch or ""):
            yield fetch.gives
        for find in (screen.find, *(option.find for option in screen.options)):
            if finding := program.findings.get(find or ""):
                yield from finding.outcomes.values()
        for option in screen.options:
            if action := program.actions.get(option.do or ""):
                yield action.gives


def renderings(menu: Menu, program: Program, screen: Screen, language: str) -> Iterator[Worst]:
    """Every page of the screen at its worst, with the error line and the key line. Words must be GSM-7."""
    values = {name: _FILLER * width for name, width in widths(menu, program, language).items()}
    words = fill(screen.words.in_language(language), values)
    if isinstance(screen.body, End):
        yield Worst(words)
        return
    layout, is_list = _layout(menu, screen, language, words, values)
    error = max((menu.word(key, language) for key in errors_of(screen)), key=len)
    for number, page in enumerate(layout.pages):
        is_inner = is_list and number < layout.last_page
        yield Worst(layout.show(number, error), len(page) if is_inner else None)


def engine_renderings(menu: Menu, language: str) -> Iterator[Worst]:
    """The screens that the engine makes of its own words."""
    lines = [Line(number, menu.word(key, language)) for number, key in (("1", "go_on"), ("2", "afresh"))]
    around = frame(menu, language, menu.word("resume", language), errors=("wrong",), has_way_back=False)
    yield Worst(one_page(around, lines).show(0, menu.word("wrong", language)))
    yield Worst(menu.word("sorry", language))
    if SAVED_WORD in menu.words:
        yield Worst(menu.word(SAVED_WORD, language))


def _layout(menu: Menu, screen: Screen, language: str, words: str, values: Mapping[str, str]) -> tuple[Layout, bool]:
    around = frame(menu, language, words, errors=errors_of(screen), has_way_back=screen.name != menu.start)
    lines = [Line(option.number, fill(option.label.in_language(language), values)) for option in screen.options]
    if isinstance(screen.body, Pick):
        label = _FILLER * screen.body.longest
        lines += [Line(number, label) for number in islice(list_numbers(screen.options), WORST_LIST_LENGTH)]
        return many_pages(around, in_order(lines)), True
    return one_page(around, lines), False


def errors_of(screen: Screen) -> tuple[str, ...]:
    """Words of the engine that may stand above the screen after a wrong answer."""
    return ("length",) if isinstance(screen.body, Ask) and screen.body.kind == "text" else ("wrong",)
