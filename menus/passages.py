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
    for screen, place, text in _texts(yaml.compose(source, Loader=yaml.SafeLoader)):
        for language, node in _entries(text):
            if language not in OPTION_KEYS and isinstance(node, yaml.ScalarNode) and node.style:
                begin, end = node.start_mark.index, node.end_mark.index
                # A name that the text has in the file (&name) stands before its quotes.
                begin = source.index(node.style, begin, end)
                yield Passage(screen, place, language, node.value, node.start_mark.line + 1, begin, end, node.style)


def _texts(root: yaml.Node | None) -> Iterator[tuple[str, str, yaml.Node]]:
    """Screen, place, and the block with the languages."""
    for key, part in _entries(root):
        for name, inner in _entries(part):
            if key == "words":
                yield "", f"words: {name}", inner
            elif key == "screens":
                yield from _texts_of_screen(name, inner)


def _texts_of_screen(name: str, screen: yaml.Node) -> Iterator[tuple[str, str, yaml.Node]]:
    for key, part in _entries(screen):
        if key in ("say", "end"):
            yield name, key, part
        elif key == "choose":
            for number, option in _entries(part):
                yield name, f"option {number}", option


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
