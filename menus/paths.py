"""The ways through a menu: what leads where, what is surely known on arrival, how long a walk takes. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from menus.grammar import Ask, Choose, End, Menu, Option, Pick, Screen, Target
from menus.program import Program

#: Seconds that a novice takes (multi-tap is about 8 words a minute).
CHOOSE_SECONDS = 8.0
PICK_SECONDS = 12.0
LETTER_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Way:
    """From one screen to another. `option` is None where a pick, a question or an empty list leads on."""

    source: str
    target: str
    option: Option | None
    outcome: str | None = None
    #: An empty list is passed without being shown.
    is_pass: bool = False


def ways_from(screen: Screen) -> Iterator[Way]:
    for option in screen.options:
        yield from _ways(screen, option, option.go or screen.go)
    if isinstance(screen.body, Pick | Ask):
        yield from _ways(screen, None, screen.go)
    if isinstance(screen.body, Pick) and screen.body.empty:
        yield Way(screen.name, screen.body.empty, None, is_pass=True)


def _ways(screen: Screen, option: Option | None, go: Target | None) -> Iterator[Way]:
    if isinstance(go, str):
        yield Way(screen.name, go, option)
    elif go is not None:
        for outcome, target in go.items():
            yield Way(screen.name, target, option, outcome)


def all_ways(menu: Menu) -> list[Way]:
    """Only those whose two ends are there."""
    return [way for screen in menu.screens.values() for way in ways_from(screen) if way.target in menu.screens]


def entrances(menu: Menu) -> tuple[str, ...]:
    """Where a call may begin."""
    return tuple(name for name in (menu.start, menu.first) if name and name in menu.screens)


def reachable(menu: Menu) -> frozenset[str]:
    onward: dict[str, list[str]] = {}
    for way in all_ways(menu):
        onward.setdefault(way.source, []).append(way.target)
    return _closure(entrances(menu), onward)


def can_end(menu: Menu) -> frozenset[str]:
    """Screens from which some answer leads, sooner or later, to an end."""
    backward: dict[str, list[str]] = {}
    for way in all_ways(menu):
        backward.setdefault(way.target, []).append(way.source)
    ends = tuple(name for name, screen in menu.screens.items() if isinstance(screen.body, End))
    return _closure(ends, backward)


def _closure(begin: tuple[str, ...], edges: Mapping[str, list[str]]) -> frozenset[str]:
    seen, waiting = set(begin), list(begin)
    while waiting:
        for name in edges.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return frozenset(seen)


def surely_known(menu: Menu, program: Program) -> Mapping[str, frozenset[str]]:
    """Screen -> names that have a value there whichever way the caller came; of reachable screens only.

    Not counting what the screen itself fetches.
    """
    known: dict[str, frozenset[str]] = {name: frozenset() for name in entrances(menu)}
    # `first` leads to `start` for some callers and is skipped for others: at the start nothing is sure.
    fixed = set(known)
    ways = all_ways(menu)
    changed = True
    while changed:
        changed = False
        for way in ways:
            if way.source not in known or way.target in fixed:
                continue
            arrives = known[way.source] | gained(menu.screens[way.source], way, program)
            before = known.get(way.target)
            now = arrives if before is None else before & arrives
            if now != before:
                known[way.target], changed = now, True
    return known


def gained(screen: Screen, way: Way, program: Program) -> frozenset[str]:
    """Names that have a value after this way was taken."""
    names = fetched(screen, program)
    if way.is_pass:
        return frozenset(names)
    saves = way.option is None or way.option.save is not None
    if screen.save and saves:
        names.add(screen.save)
    if way.option is not None and way.option.do in program.actions:
        names.update(program.actions[way.option.do].gives)
    finding = program.findings.get((way.option.find if way.option else screen.find) or "")
    if finding is not None:
        names.update(finding.outcomes.get(way.outcome or "", ()))
    return frozenset(names)


def fetched(screen: Screen, program: Program) -> set[str]:
    fetch = program.fetches.get(screen.fetch or "")
    return set(fetch.gives) if fetch else set()


def typed_before(menu: Menu) -> Mapping[str, frozenset[str]]:
    """Screen -> free texts that may have been typed on the way there since the last effect."""
    typed: dict[str, frozenset[str]] = dict.fromkeys(menu.screens, frozenset())
    changed = True
    while changed:
        changed = False
        for way in all_ways(menu):
            if way.option is not None and way.option.do:
                continue
            screen = menu.screens[way.source]
            own = (
                {screen.save} if screen.save and isinstance(screen.body, Ask) and screen.body.kind == "text" else set()
            )
            now = typed[way.target] | typed[way.source] | own
            if now != typed[way.target]:
                typed[way.target], changed = now, True
    return typed


def seconds_at(screen: Screen, program: Program) -> float:
    """What a novice takes to read and answer."""
    body = screen.body
    if isinstance(body, Choose):
        return CHOOSE_SECONDS
    if isinstance(body, Pick):
        return PICK_SECONDS
    return LETTER_SECONDS * letters(body, program) if isinstance(body, Ask) else 0.0


def letters(ask: Ask, program: Program) -> int:
    if ask.kind == "text":
        return ask.most
    if ask.kind == "number":
        return len(str(ask.most))
    pattern = program.patterns.get(ask.pattern or "")
    return pattern.longest if pattern else 0


def quickest_walks(menu: Menu, program: Program) -> Mapping[str, float]:
    """Screen -> seconds of the quickest whole call, from the start to an end, that passes through it."""
    forward: dict[str, list[tuple[str, float]]] = {}
    backward: dict[str, list[tuple[str, float]]] = {}
    for way in all_ways(menu):
        cost = 0.0 if way.is_pass else seconds_at(menu.screens[way.source], program)
        forward.setdefault(way.source, []).append((way.target, cost))
        backward.setdefault(way.target, []).append((way.source, cost))
    ends = [name for name, screen in menu.screens.items() if isinstance(screen.body, End)]
    arrive = _shortest([name for name in (menu.start,) if name in menu.screens], forward)
    leave = _shortest(ends, backward)
    return {name: arrive[name] + leave[name] for name in menu.screens if name in arrive and name in leave}


def _shortest(begin: list[str], edges: Mapping[str, list[tuple[str, float]]]) -> Mapping[str, float]:
    best = dict.fromkeys(begin, 0.0)
    queue = [(0.0, name) for name in begin]
    while queue:
        seconds, name = heapq.heappop(queue)
        if seconds > best[name]:
            continue
        for target, cost in edges.get(name, ()):
            if seconds + cost < best.get(target, float("inf")):
                best[target] = seconds + cost
                heapq.heappush(queue, (best[target], target))
    return best
