"""The words of a menu as a table for translators, and back into the file, which stays the source.

Going in, only the texts that changed are rewritten, where they stand: comments, layout and quoting stay. The whole
table goes in or nothing: the result must check. Pure.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from menus.check import check
from menus.faults import Fault
from menus.grammar import EVERY_LANGUAGE, Menu, Pick, Text, fill
from menus.gsm7 import is_gsm7, septets
from menus.load import load
from menus.passages import Passage, passages, rewrite
from menus.program import Program
from menus.render import SCREEN_SEPTETS
from menus.worst import renderings, widths

#: Of a table that comes back, only these and the languages are read.
_KEYS = ("screen", "place")

#: Screen, place, language.
At = tuple[str, str, str]


class WordsRefused(Exception):
    """A table that cannot go into the file; `faults` says why, in the order of its lines."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Rewritten:
    source: str
    #: One sentence for each text that changed.
    changes: tuple[str, ...]


def table(source: str, program: Program) -> str:
    """A CSV with a line for each text. The menu must check.

    `septets` is how long the text may become, `left` how much more its screen could hold at its worst.
    """
    menu = load(source)
    columns = (EVERY_LANGUAGE, *menu.languages)
    counts = [f"{what} {language}" for what in ("septets", "left") for language in menu.languages]
    rows: dict[tuple[str, str], dict[str, str]] = {}
    left = {language: _left(menu, program, language) for language in menu.languages}
    longest = {language: widths(menu, program, language) for language in menu.languages}
    for passage in passages(source):
        row = rows.setdefault((passage.screen, passage.place), {"line": str(passage.line)})
        row[passage.language] = passage.words
        for language in menu.languages if passage.language == EVERY_LANGUAGE else (passage.language,):
            fullest = {name: "W" * width for name, width in longest[language].items()}
            words = fill(passage.words, fullest)
            row[f"septets {language}"] = str(septets(words)) if is_gsm7(words) else ""
            row[f"left {language}"] = left[language].get(passage.screen, "")
    written = io.StringIO()
    sheet = csv.writer(written, lineterminator="\n")
    sheet.writerow((*_KEYS, "line", *columns, *counts))
    for (screen, place), row in rows.items():
        sheet.writerow((screen, place, *(row.get(column, "") for column in ("line", *columns, *counts))))
    return written.getvalue()


def put_in(source: str, words: str, program: Program) -> Rewritten:
    """The file with the table's texts. Raises WordsRefused, or MenuRefused if the file cannot be read."""
    load(source)
    standing = {passage.at: passage for passage in passages(source)}
    wanted = _wanted(words, standing)
    changed = [passage for passage in standing.values() if wanted.get(passage.at, passage.words) != passage.words]
    faults = [fault for passage in changed for fault in _blank_faults(passage, wanted[passage.at])]
    if not faults:
        rewritten = rewrite(source, [replace(passage, words=wanted[passage.at]) for passage in changed])
        faults = [_said(fault) for fault in check(rewritten, program)]
        if not faults and {p.at: p.words for p in passages(rewritten)} != {
            at: wanted.get(at, passage.words) for at, passage in standing.items()
        }:
            faults = ["two texts of the file are one (&name and *name); change it in the file itself"]
    if faults:
        raise WordsRefused(faults)
    return Rewritten(rewritten, tuple(_change(passage, wanted[passage.at]) for passage in changed))


def _wanted(words: str, standing: Mapping[At, Passage]) -> Mapping[At, str]:
    """Text by where it stands, as the table wants it."""
    places = {(screen, place) for screen, place, _ in standing}
    wanted: dict[At, str] = {}
    faults: list[str] = []
    for line, screen, place, texts in _rows(words, {language for _, _, language in standing}):
        where = f"line {line}: {_place(screen, place)}"
        if (screen, place) not in places:
            faults.append(f"{where} is no text of the file")
            continue
        for language, text in texts.items():
            at = (screen, place, language)
            if at not in standing and text.strip():
                faults.append(f"{where} has no {language} text in the file; add it there first")
            elif at in standing and not text.strip():
                faults.append(f"{where}: the {language} text is missing")
            elif at in standing and wanted.setdefault(at, text) != text:
                faults.append(f"{where} ({language}) is there twice, with different words")
    if faults:
        raise WordsRefused(faults)
    return wanted


def _rows(words: str, languages: set[str]) -> Iterator[tuple[int, str, str, Mapping[str, str]]]:
    """Line, screen, place and the texts by language; columns that nobody knows and empty lines are passed over."""
    sheet = csv.reader(io.StringIO(words, newline=""), delimiter=_delimiter(words))
    try:
        header = [cell.strip() for cell in next(sheet, [])]
        lacking = [name for name in _KEYS if name not in header]
        if not languages & set(header):
            lacking.append(f"a language ({' or '.join(sorted(languages))})")
        if lacking:
            raise WordsRefused([f"line 1: the table has no column for {', '.join(lacking)}"])
        for cells in sheet:
            row = {name: cell.replace("\r\n", "\n") for name, cell in zip(header, cells, strict=False)}
            if any(cell.strip() for cell in cells):
                texts = {language: row.get(language, "") for language in sorted(languages & set(header))}
                yield sheet.line_num, row.get("screen", "").strip(), row.get("place", "").strip(), texts
    except csv.Error as error:
        raise WordsRefused([f"line {sheet.line_num}: cannot be read as CSV ({error})"]) from error


def _delimiter(words: str) -> str:
    """Spreadsheets write semicolons in countries whose decimals have commas, and tabs when text is copied."""
    header = words.partition("\n")[0]
    return max(",;\t", key=header.count)


def _blank_faults(passage: Passage, words: str) -> Iterator[str]:
    where = f"{_place(passage.screen, passage.place)} ({passage.language})"
    was, now = (_blanks(text) for text in (passage.words, words))
    for blank in was:
        if blank not in now:
            yield f"{where}: {blank} is missing; it must stay as it is"
    for blank in now:
        if blank not in was:
            yield f"{where}: {blank} is not in the file's text; leave it out"


def _blanks(words: str) -> Sequence[str]:
    names = Text({"": words}, 0).blanks("")
    return [f"{{{blank.name}}}" if blank.width is None else f"{{{blank.name}:{blank.width}}}" for blank in names]


def _left(menu: Menu, program: Program, language: str) -> Mapping[str, str]:
    """What each screen could still hold. A list makes pages of what does not fit, so of it nothing is said."""
    return {
        name: str(SCREEN_SEPTETS - max(one.septets for one in renderings(menu, program, screen, language)))
        for name, screen in menu.screens.items()
        if not isinstance(screen.body, Pick)
    }


def _change(passage: Passage, words: str) -> str:
    return f'{_place(passage.screen, passage.place)} ({passage.language}): "{words}", not "{passage.words}".'


def _place(screen: str, place: str) -> str:
    return f"{screen}, {place}" if screen else place


def _said(fault: Fault) -> str:
    return f"with these words, {fault}"
