"""A screen as the caller reads it, and how a list is cut into pages.

The line that says "wrong number" is always reserved, so pages do not move when it is shown and nothing ever
exceeds the budget: 160 septets with `CON ` counted (the least of the Kenyan networks; whether AT counts `CON ` is
not documented).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from menus.grammar import BACK, HOME, MORE, Menu
from menus.gsm7 import septets

SCREEN_SEPTETS = 160
#: `CON ` and `END ` are as long as each other.
PREFIX_SEPTETS = 4
ROOM = SCREEN_SEPTETS - PREFIX_SEPTETS
LINES_ON_A_PAGE = 7
LEAST_LINES_ON_A_PAGE = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One numbered line: what to type, and what it means to a reader."""

    number: str
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The words around the numbered lines of one screen in one language."""

    words: str
    back: str
    home: str
    more: str
    #: The longest error line that this screen may show.
    error_room: int
    #: False on the very first screen, where there is nowhere to go back to.
    has_way_back: bool

    def navigation(self, *, has_more: bool) -> str:
        keys = [f"{BACK}.{self.back}", f"{HOME}.{self.home}"] if self.has_way_back else []
        if has_more:
            keys.append(f"{MORE}.{self.more}")
        return " ".join(keys)

    def show(self, lines: Sequence[Line], *, has_more: bool, error: str | None, separator: str) -> str:
        numbered = [f"{line.number}{separator}{line.label}" for line in lines]
        rows = [error, self.words, *numbered, self.navigation(has_more=has_more)]
        return "\n".join(row for row in rows if row)

    def fits(self, lines: Sequence[Line], *, has_more: bool, separator: str) -> bool:
        reserved = self.error_room + 1 if self.error_room else 0
        return reserved + septets(self.show(lines, has_more=has_more, error=None, separator=separator)) <= ROOM


@dataclass(frozen=True, slots=True)
class Layout:
    """A screen's lines on its pages. `separator` is `. ` where there is room and `.` where there is not."""

    frame: Frame
    pages: tuple[tuple[Line, ...], ...]
    separator: str

    def show(self, page: int, error: str | None = None) -> str:
        return self.frame.show(
            self.pages[page], has_more=page < len(self.pages) - 1, error=error, separator=self.separator
        )

    @property
    def last_page(self) -> int:
        return len(self.pages) - 1


def frame(menu: Menu, language: str, words: str, *, errors: Sequence[str], has_way_back: bool) -> Frame:
    """`errors` names the words (`wrong`, `length`) that may stand above this screen."""
    return Frame(
        words=words,
        back=menu.word("back", language),
        home=menu.word("home", language),
        more=menu.word("more", language),
        error_room=max((septets(menu.word(key, language)) for key in errors), default=0),
        has_way_back=has_way_back,
    )


def one_page(frame: Frame, lines: Sequence[Line]) -> Layout:
    """Everything on one screen: choices that the file numbers. The checker has proved that it fits."""
    return _one_page(frame, tuple(lines))


def many_pages(frame: Frame, lines: Sequence[Line]) -> Layout:
    """As few pages as septets allow, at most seven lines each; numbers run on over the pages."""
    return _many_pages(frame, tuple(lines))


# Most screens are laid out in the same way for everybody.
@lru_cache(maxsize=1024)
def _one_page(frame: Frame, lines: tuple[Line, ...]) -> Layout:
    roomy = frame.fits(lines, has_more=False, separator=". ")
    return Layout(frame, (lines,), ". " if roomy else ".")


@lru_cache(maxsize=1024)
def _many_pages(frame: Frame, lines: tuple[Line, ...]) -> Layout:
    roomy = _cut_into_pages(frame, lines, ". ")
    if all(len(page) >= LEAST_LINES_ON_A_PAGE for page in roomy[:-1]):
        return Layout(frame, roomy, ". ")
    return Layout(frame, _cut_into_pages(frame, lines, "."), ".")


def in_order(lines: Sequence[Line]) -> list[Line]:
    """By number: options stand before or behind the list beside them as they are numbered."""
    return sorted(lines, key=lambda line: int(line.number))


def _cut_into_pages(frame: Frame, lines: Sequence[Line], separator: str) -> tuple[tuple[Line, ...], ...]:
    pages: list[tuple[Line, ...]] = []
    rest = list(lines)
    while rest:
        count = 1  # a line that fits nowhere is still shown: better long than unreachable
        while count < min(len(rest), LINES_ON_A_PAGE):
            if not frame.fits(rest[: count + 1], has_more=count + 1 < len(rest), separator=separator):
                break
            count += 1
        pages.append(tuple(rest[:count]))
        rest = rest[count:]
    return tuple(pages) or ((),)
