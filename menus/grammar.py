"""What a menu is made of, as frozen values. `load` makes them, `check` proves them, `render` shows them.

Menu -> Screen -> exactly one of Choose, Pick, Ask, End; a Pick may have options of its own beside its list
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from menus.gsm7 import cut

#: In place of a language: the same words in every language.
EVERY_LANGUAGE = "all"

BACK, HOME, MORE = "0", "00", "98"
ENGINE_NUMBERS = (BACK, HOME, MORE)

#: The engine's own words, which every menu must bring in its languages.
WORDS = ("back", "home", "more", "wrong", "length", "resume", "go_on", "afresh", "sorry")
#: Said of a confirmed report that could only be kept; a menu without it says `sorry`, and nothing is kept.
SAVED_WORD = "saved"

_BLANK = re.compile(r"\{([a-z_]+)(?::(\d+))?\}")


@dataclass(frozen=True, slots=True)
class Blank:
    """`{place}` or `{note:60}`: where a value is filled in, cut at `width` septets if that is given."""

    name: str
    width: int | None


@dataclass(frozen=True, slots=True)
class Text:
    """Words in each language, with the line of the file where they stand."""

    by_language: Mapping[str, str]
    line: int

    def in_language(self, language: str) -> str:
        """Falls back to the first language there is: a published menu has them all."""
        words = self.by_language.get(language) or self.by_language.get(EVERY_LANGUAGE)
        return words if words is not None else next(iter(self.by_language.values()), "")

    def blanks(self, language: str) -> Iterator[Blank]:
        for match in _BLANK.finditer(self.in_language(language)):
            yield Blank(match[1], int(match[2]) if match[2] else None)


def fill(words: str, values: Mapping[str, str], fit: Mapping[str, int] | None = None) -> str:
    """`words` with its blanks filled; a value that is missing leaves nothing. `fit` cuts blanks by name."""

    def value(match: re.Match[str]) -> str:
        text = values.get(match[1], "")
        width = int(match[2]) if match[2] else (fit or {}).get(match[1])
        return cut(text, width) if width is not None else text

    return _BLANK.sub(value, words)


@dataclass(frozen=True, slots=True)
class Guard:
    """`when: has_reports` or `when: not has_reports`."""

    name: str
    negated: bool = False


#: One screen, or for an action or a finding: outcome -> screen.
Target = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    number: str
    label: Text
    save: str | None
    go: Target | None
    do: str | None
    find: str | None
    when: Guard | None
    line: int


@dataclass(frozen=True, slots=True)
class Choose:
    options: tuple[Option, ...]

    def option(self, number: str) -> Option | None:
        return next((option for option in self.options if option.number == number), None)


@dataclass(frozen=True, slots=True)
class Pick:
    """A list of the program's: `source` names it, `of` an earlier answer it depends on.

    Options beside it keep the numbers they are written with; the list takes those that are free.
    """

    source: str
    of: str | None
    longest: int
    empty: str | None
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """`text: 3 to 40` (letters), `number: 1 to 99` (value), or `like: ref_code` (a pattern of the program's)."""

    kind: str
    least: int
    most: int
    pattern: str | None


@dataclass(frozen=True, slots=True)
class End:
    words: Text


@dataclass(frozen=True, slots=True)
class Screen:
    name: str
    say: Text | None
    body: Choose | Pick | Ask | End
    save: str | None
    go: Target | None
    fetch: str | None
    #: Of a list or a question: understands the answer, and so decides where it leads.
    find: str | None
    line: int

    @property
    def options(self) -> tuple[Option, ...]:
        """All that the file itself numbers."""
        return self.body.options if isinstance(self.body, Choose | Pick) else ()

    def option(self, number: str) -> Option | None:
        return next((option for option in self.options if option.number == number), None)

    @property
    def words(self) -> Text:
        """What the screen says above its choices; of an end, all of it."""
        if isinstance(self.body, End):
            return self.body.words
        assert self.say is not None, "the loader refuses such a screen"  # noqa: S101
        return self.say


@dataclass(frozen=True, slots=True)
class Menu:
    name: str
    languages: tuple[str, ...]
    start: str
    first: str | None
    #: Answers that make a call worth continuing when it is cut off; none named: every one but the language.
    keeps: tuple[str, ...]
    words: Mapping[str, Text]
    screens: Mapping[str, Screen]
    #: (name of the answer, saved value) -> the label of the first option that saves it.
    labels: Mapping[tuple[str, str], Text] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        labels: dict[tuple[str, str], Text] = {}
        for screen in self.screens.values():
            for option in screen.options:
                if screen.save is not None and option.save is not None:
                    labels.setdefault((screen.save, option.save), option.label)
        object.__setattr__(self, "labels", labels)

    def word(self, key: str, language: str) -> str:
        return self.words[key].in_language(language)

    def label_of(self, answer: str, value: str, language: str) -> str | None:
        """The label behind a value that some `choose` saves under the name `answer`."""
        label = self.labels.get((answer, value))
        return label.in_language(language) if label else None


def list_numbers(options: tuple[Option, ...]) -> Iterator[str]:
    """The numbers of a list beside these options: a hidden option still keeps its own."""
    taken = {*ENGINE_NUMBERS, *(option.number for option in options)}
    return (number for number in map(str, count(1)) if number not in taken)


def targets(go: Target | None) -> tuple[str, ...]:
    """Every screen that a `go` may lead to."""
    if go is None:
        return ()
    return (go,) if isinstance(go, str) else tuple(go.values())
