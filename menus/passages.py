"""Where each text of a menu file stands, and how it is rewritten there: comments, layout and quoting stay. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from menus.load import OPTION_KEYS


@dataclass(frozen=True, slots=True)
class Passage:
    """One text in one language, and where it stands in the file. `screen` is empty for the engine's words."""

    screen: str
    place: str
    language: str
    words: str
    line: int
    begin: int
    end: int
    style: str

    @property
    def at(self) -> tuple[str, str, str]:
        return (self.screen, self.place, self.language)


def passages(source: str) -> Iterator[Passage]:
    """Every text of a file that can be loaded, in the order of the file."""
    root = yaml.compose(source, Loader=yaml.SafeLoader)
    for key, part in _entries(root):
        if key == "words":
            for word, text in _entries(part):
                yield from _languages("", f"words: {word}", text)
        elif key == "screens":
            for name, screen in _entries(part):
                yield from _of_screen(name, screen)


def _of_screen(name: str, screen: yaml.Node) -> Iterator[Passage]:
    for key, part in _entries(screen):
        if key in ("say", "end"):
            yield from _languages(name, key, part)
        elif key == "choose":
            for number, option in _entries(part):
                yield from _languages(name, f"option {number}", option)


def _languages(screen: str, place: str, text: yaml.Node) -> Iterator[Passage]:
    for language, node in _entries(text):
        if language not in OPTION_KEYS and isinstance(node, yaml.ScalarNode):
            begin, end = node.start_mark, node.end_mark
            yield Passage(screen, place, language, node.value, begin.line + 1, begin.index, end.index, node.style or "")


def _entries(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(key.value), value


def rewrite(source: str, changed: Sequence[Passage]) -> str:
    """From the end, so that the places before stay where they are. What two names share is written once."""
    once = {passage.begin: passage for passage in changed}
    for passage in sorted(once.values(), key=lambda one: one.begin, reverse=True):
        written = source[passage.begin : passage.end]
        source = source[: passage.begin] + _quoted(passage, written) + source[passage.end :]
    return source


def _quoted(passage: Passage, written: str) -> str:
    if passage.style == "'" and "\n" not in passage.words:
        return "'" + passage.words.replace("'", "''") + "'"
    words = passage.words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    # A block (| or >) ends with the line ends behind it.
    behind = written[len(written.rstrip("\n")) :] if passage.style in ("|", ">") else ""
    return f'"{words}"{behind}'
