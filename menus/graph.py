"""A menu as a Mermaid flowchart: screens, the numbers that lead from one to the next, and where a call ends. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from menus.grammar import Ask, Choose, End, Menu, Pick, Screen
from menus.gsm7 import cut, is_gsm7
from menus.paths import Way, ways_from

#: Kind of screen -> the brackets that draw it: ends are round.
_SHAPES = {Choose: ("[", "]"), Pick: ("[[", "]]"), Ask: ("[/", "/]"), End: ("([", "])")}
_LONGEST_WORDS = 40


def mermaid(menu: Menu, language: str) -> str:
    """Screens that are led to and not there are drawn, too: they are what the checker complains of."""
    return "\n".join(_lines(menu, language)) + "\n"


def _lines(menu: Menu, language: str) -> Iterator[str]:
    yield "flowchart TD"
    yield '    dials(("dials"))'
    for screen in menu.screens.values():
        begin, end = _SHAPES[type(screen.body)]
        words = _short(screen.words.in_language(language))
        yield f'    {_node(screen.name)}{begin}"<b>{_escaped(screen.name)}</b><br/>{_escaped(words)}"{end}'
    if menu.first:
        yield f'    dials -.->|"new caller"| {_node(menu.first)}'
    yield f"    dials --> {_node(menu.start)}"
    for screen in menu.screens.values():
        for way in ways_from(screen):
            arrow = "-.->" if way.is_pass or (way.option and way.option.when) else "-->"
            label = _escaped(_label(screen, way, language))
            yield f'    {_node(way.source)} {arrow}|"{label}"| {_node(way.target)}'
    yield "    classDef ends stroke-width:3px"
    if ends := [_node(screen.name) for screen in menu.screens.values() if isinstance(screen.body, End)]:
        yield f"    class {','.join(ends)} ends"


def _label(screen: Screen, way: Way, language: str) -> str:
    if way.is_pass:
        return "nothing to list"
    if way.option is None:
        words = "any line" if isinstance(screen.body, Pick) else "the answer"
    else:
        words = f"{way.option.number} {_short(way.option.label.in_language(language))}"
    if way.outcome:
        words += f": {way.outcome}"
    if way.option and (guard := way.option.when):
        words += f" (when {'not ' if guard.negated else ''}{guard.name})"
    return words


def _short(words: str) -> str:
    line = " ".join(words.split())
    return cut(line, _LONGEST_WORDS) if is_gsm7(line) else line[:_LONGEST_WORDS]


def _node(name: str) -> str:
    """A screen may be called `end`, which Mermaid keeps for itself."""
    return f"screen_{name}"


def _escaped(words: str) -> str:
    """Mermaid's own codes for what would end a label or be taken for markup."""
    return "".join(letter if letter.isalnum() or letter in " .,:?!'/_-+" else f"#{ord(letter)};" for letter in words)
