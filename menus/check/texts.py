"""What is written: in every language, in characters of every phone, blanks always filled (M05, M06, M09, M10)."""

from __future__ import annotations

from collections.abc import Iterator

from menus.faults import Fault
from menus.grammar import (
    EVERY_LANGUAGE,
    WORDS,
    End,
    Menu,
    Pick,
    Text,
)
from menus.gsm7 import BASIC, plain
from menus.paths import (
    fetched,
    surely_known,
)
from menus.program import Program


def every_text_is_there(menu: Menu, program: Program) -> Iterator[Fault]:
    for key in WORDS:
        if key not in menu.words:
            yield Fault(1, "M05", "", f"words: {key} is missing; the engine needs it")
    for screen, text, what in _texts(menu):
        for language in menu.languages:
            words = text.by_language.get(language, text.by_language.get(EVERY_LANGUAGE, ""))
            if not words.strip():
                yield Fault(text.line, "M05", screen, f"{what}: no {language} text; add it beside the others")
        for language in text.by_language:
            if language not in (*menu.languages, EVERY_LANGUAGE):
                yield Fault(text.line, "M05", screen, f"{what}: {language} is not one of the menu's languages")


def every_character_is_gsm7(menu: Menu, program: Program) -> Iterator[Fault]:
    for screen, text, what in _texts(menu):
        for language, words in text.by_language.items():
            bare = words
            for blank in text.blanks(language):
                bare = bare.replace("{" + blank.name + (f":{blank.width}" if blank.width is not None else "") + "}", "")
            for position, character in enumerate(bare, start=1):
                if character not in BASIC or character == "\r":
                    yield Fault(
                        text.line,
                        "M06",
                        screen,
                        f"{what} ({language}): {character} at place {position} is not a character of every phone"
                        f" (GSM-7); {_write_instead(character)}",
                    )


def blanks_agree(menu: Menu, program: Program) -> Iterator[Fault]:
    for screen, text, what in _texts(menu):
        by_language = {language: {blank.name for blank in text.blanks(language)} for language in text.by_language}
        everywhere = set.union(*by_language.values()) if by_language else set()
        for language, names in by_language.items():
            for name in sorted(everywhere - names):
                yield Fault(
                    text.line, "M09", screen, f"{what} ({language}): {{{name}}} is missing, another language has it"
                )


def no_blank_is_empty(menu: Menu, program: Program) -> Iterator[Fault]:
    known = surely_known(menu, program)
    for name, text, what in _texts(menu):
        if name not in known:
            continue  # unreachable, or the engine's words: said elsewhere
        have = known[name] | fetched(menu.screens[name], program)
        for language in text.by_language:
            for blank in text.blanks(language):
                if blank.name not in have:
                    yield Fault(
                        text.line,
                        "M10",
                        name,
                        f"{what} ({language}): {{{blank.name}}} may still be empty here; ask for it on every way to"
                        " this screen",
                    )
    for name, screen in menu.screens.items():
        body = screen.body
        if isinstance(body, Pick) and body.of and name in known and body.of not in known[name]:
            yield Fault(screen.line, "M10", name, f"the list needs {body.of}, which may still be empty here")
    for key, text in menu.words.items():
        for language in text.by_language:
            for blank in text.blanks(language):
                yield Fault(text.line, "M10", "", f"words: {key}: {{{blank.name}}} is always empty here; leave it out")


def _texts(menu: Menu) -> Iterator[tuple[str, Text, str]]:
    """Every text of the file: its screen (empty for words), itself, and what it is called."""
    for key, text in menu.words.items():
        yield "", text, f"words: {key}"
    for name, screen in menu.screens.items():
        yield name, screen.words, "end" if isinstance(screen.body, End) else "say"
        for option in screen.options:
            yield name, option.label, f"option {option.number}"


def _write_instead(character: str) -> str:
    instead = plain(character).strip()
    return f"write {instead}" if instead else "leave it out"
