"""Each screen drawn as a phone, languages side by side, as callers see it and at its worst: to read, print and sign.

Every picture is a rendering of the engine's, with its septets counted, `CON ` included. Pure.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import zip_longest

from menus.grammar import Ask, End, Menu, Pick, Screen, fill, list_numbers
from menus.gsm7 import cut, septets
from menus.paths import ways_from
from menus.program import Program
from menus.render import PREFIX_SEPTETS, SCREEN_SEPTETS, Line, frame, in_order, many_pages, one_page
from menus.worst import engine_renderings, errors_of, renderings, widths

#: Letters on a line of a drawn phone.
_WIDTH = 34
_GAP = "    "


@dataclass(frozen=True, slots=True)
class Examples:
    """What a caller may see in one language: a value for a blank, lines for a list. Both may be missing."""

    values: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    """One phone."""

    caption: str
    body: str

    @property
    def count(self) -> str:
        return f"{PREFIX_SEPTETS + septets(self.body)} of {SCREEN_SEPTETS}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A screen: its heading, where its answers lead, and rows of pictures with a column for each language."""

    heading: str
    onward: Sequence[str]
    rows: Sequence[Sequence[Picture | None]]


def sheets(
    menu: Menu, program: Program, examples: Mapping[str, Examples], screens: Sequence[str], languages: Sequence[str]
) -> Iterator[Sheet]:
    """The words must be GSM-7 and the names known (see `menus.check`); whether they fit is to be seen."""
    for name in screens:
        screen = menu.screens[name]
        columns = [_pictures(menu, program, screen, language, examples[language]) for language in languages]
        yield Sheet(f"{name} (line {screen.line})", _onward(screen), list(zip_longest(*columns)))
    if len(screens) == len(menu.screens):
        columns = [_of_the_engine(menu, language) for language in languages]
        yield Sheet("the engine's own words", [], list(zip_longest(*columns)))


def as_text(sheets: Iterator[Sheet]) -> str:
    return "\n".join("\n".join(_text_lines(sheet)) for sheet in sheets)


def as_html(title: str, sheets: Iterator[Sheet]) -> str:
    """One page without anything from elsewhere, to be printed and signed."""
    sections = "\n".join(map(_section, sheets))
    return _PAGE.replace("@TITLE@", escape(title)).replace("@SCREENS@", sections)


def _pictures(menu: Menu, program: Program, screen: Screen, language: str, examples: Examples) -> list[Picture]:
    typical = _typical(menu, program, screen, language, examples)
    if len(typical) == 1:
        pictures = [Picture(language, typical[0])]
    else:
        pictures = [Picture(f"{language}, page {n} of {len(typical)}", body) for n, body in enumerate(typical, start=1)]
    worst = max(renderings(menu, program, screen, language), key=lambda one: one.septets)
    return [*pictures, Picture(f"{language}, at its worst", worst.body)]


def _of_the_engine(menu: Menu, language: str) -> list[Picture]:
    return [Picture(f"{language}, at its worst", one.body) for one in engine_renderings(menu, language)]


def _typical(menu: Menu, program: Program, screen: Screen, language: str, examples: Examples) -> list[str]:
    """Every page, with no error."""
    values = _values(menu, program, language, examples)
    words = fill(screen.words.in_language(language), values)
    body = screen.body
    if isinstance(body, End):
        return [words]
    around = frame(menu, language, words, errors=errors_of(screen), has_way_back=screen.name != menu.start)
    lines = [Line(option.number, fill(option.label.in_language(language), values)) for option in screen.options]
    if isinstance(body, Pick):
        labels = examples.lists.get(body.source) or [f"{body.source} {n}" for n in (1, 2, 3)]
        listed = zip(list_numbers(screen.options), labels, strict=False)
        lines += [Line(number, cut(label, body.longest)) for number, label in listed]
        layout = many_pages(around, in_order(lines))
    else:
        layout = one_page(around, lines)
    return [layout.show(page) for page in range(len(layout.pages))]


def _values(menu: Menu, program: Program, language: str, examples: Examples) -> Mapping[str, str]:
    values = {name: name for name in widths(menu, program, language)}
    for screen in menu.screens.values():
        body = screen.body
        if screen.save is None:
            continue
        if isinstance(body, Pick) and (lines := examples.lists.get(body.source)):
            values[screen.save] = lines[0]
        elif screen.options:
            values[screen.save] = screen.options[0].label.in_language(language)
        elif isinstance(body, Ask) and body.kind == "number":
            values[screen.save] = str(body.least)
    return {
        name: cut(examples.values.get(name, values[name]), width)
        for name, width in widths(menu, program, language).items()
    }


def _onward(screen: Screen) -> list[str]:
    """Where each answer leads, and on what condition."""
    said = []
    for way in ways_from(screen):
        if way.is_pass:
            answer = "an empty list"
        elif way.option is None:
            answer = "an answer"
        else:
            answer = way.option.number
            if guard := way.option.when:
                answer += f" (shown only when {'not ' if guard.negated else ''}{guard.name})"
        if way.outcome:
            answer += f", if {way.outcome},"
        said.append(f"{answer} leads to {way.target}")
    return said


def _text_lines(sheet: Sheet) -> Iterator[str]:
    yield sheet.heading
    yield "=" * len(sheet.heading)
    for row in sheet.rows:
        drawn = [_draw(picture) for picture in row]
        for lines in zip_longest(*drawn, fillvalue=" " * (_WIDTH + 4)):
            yield _GAP.join(lines).rstrip()
    yield from (textwrap.fill("; ".join(sheet.onward), 2 * _WIDTH + 12).split("\n") if sheet.onward else ())
    yield ""


def _draw(picture: Picture | None) -> list[str]:
    if picture is None:
        return []
    rows = [part for row in picture.body.split("\n") for part in _wrapped(row)]
    count = f" {picture.count} "
    return [
        f"{picture.caption:{_WIDTH + 4}}",
        f".{'-' * (_WIDTH + 2)}.",
        *(f"| {row:{_WIDTH}} |" for row in rows),
        f"'{count:->{_WIDTH + 1}}-'",
    ]


def _wrapped(row: str) -> list[str]:
    return textwrap.wrap(row, _WIDTH) or [""]


def _section(sheet: Sheet) -> str:
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{_figure(picture) if picture else ''}</td>" for picture in row) + "</tr>"
        for row in sheet.rows
    )
    onward = "".join(f"<li>{escape(line)}</li>" for line in sheet.onward)
    return f"<section><h2>{escape(sheet.heading)}</h2>\n<table>{rows}</table>\n<ul>{onward}</ul></section>"


def _figure(picture: Picture) -> str:
    return (
        f"<figure><figcaption>{escape(picture.caption)} <b>{picture.count}</b></figcaption>"
        f"<pre>{escape(picture.body)}</pre></figure>"
    )


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>@TITLE@</title>
<style>
@page { size: A4; margin: 15mm }
body { font: 11pt/1.4 sans-serif; color: #000; background: #fff; max-width: 190mm; margin: 1em auto; padding: 0 1em }
h1 { font-size: 16pt } h2 { font-size: 12pt; margin: 0 0 .3em; border-bottom: 1px solid #000 }
section { margin: 0 0 1.2em } h2 { break-after: avoid } tr, figure { break-inside: avoid }
table { width: 100%; border-collapse: collapse; table-layout: fixed } td { vertical-align: top; padding: .2em .4em }
figure { margin: 0 } figcaption { font-size: 9pt } figcaption b { float: right; font-weight: normal }
pre { font: 10pt/1.35 monospace; margin: 0; padding: .5em; border: 1px solid #000; border-radius: 6px;
      white-space: pre-wrap; overflow-wrap: anywhere }
ul { font-size: 9pt; margin: .3em 0 0; padding-left: 1.2em }
.signed td { border-top: 1px solid #000; padding-top: .3em; font-size: 9pt } .signed { margin-top: 4em }
.signed table { border-collapse: separate; border-spacing: 1em 0 } .signed { break-inside: avoid }
</style></head><body>
<h1>@TITLE@</h1>
<p>Each screen as a phone shows it. The number is its length in septets, of the 160 that a network carries.</p>
@SCREENS@
<div class="signed"><p>Read and approved:</p><p>&nbsp;</p>
<table><tr><td>Name and office</td><td>Date</td><td>Signature</td></tr></table></div>
</body></html>
"""
