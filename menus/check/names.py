"""What is agreed: numbers with the engine, names and outcomes with the program (M11, M12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from menus.faults import Fault
from menus.grammar import (
    ENGINE_NUMBERS,
    Ask,
    Menu,
    Option,
    Pick,
    Screen,
)
from menus.paths import (
    ways_from,
)
from menus.program import Action, Finding, Program


def numbers_are_free(menu: Menu, program: Program) -> Iterator[Fault]:
    for name, screen in menu.screens.items():
        for option in screen.options:
            if option.number in ENGINE_NUMBERS:
                words = f"{option.number} is taken: 0 is back, 00 home, 98 more on every screen; use another number"
                yield Fault(option.line, "M11", name, words)
            elif option.number.startswith("0"):
                words = f"write {option.number} without the zero; callers may type it either way"
                yield Fault(option.line, "M11", name, words)
        if isinstance(screen.body, Ask) and screen.body.kind == "number":
            for taken in (0, 98):
                if screen.body.least <= taken <= screen.body.most:
                    words = f"the numbers asked for include {taken}, which is a key of every screen; ask for others"
                    yield Fault(screen.line, "M11", name, words)


def the_program_knows_every_name(menu: Menu, program: Program) -> Iterator[Fault]:
    saved = {screen.save for screen in menu.screens.values() if screen.save}
    for name in menu.keeps:
        if name not in saved:
            yield Fault(1, "M12", "", _unknown("keeps", name, dict.fromkeys(saved)).replace("program", "menu"))
    for name, screen in menu.screens.items():
        if screen.fetch and screen.fetch not in program.fetches:
            yield Fault(screen.line, "M12", name, _unknown("fetch", screen.fetch, program.fetches))
        body = screen.body
        if isinstance(body, Pick):
            yield from _pick_faults(name, screen, body, program)
        elif isinstance(body, Ask) and body.kind == "like" and body.pattern not in program.patterns:
            yield Fault(screen.line, "M12", name, _unknown("ask like", body.pattern or "", program.patterns))
        for option in screen.options:
            if option.when and option.when.name not in program.guards:
                yield Fault(option.line, "M12", name, _unknown("when", option.when.name, program.guards))
            if option.do and option.find:
                words = f"option {option.number} has both do and find; let the one lead to a screen with the other"
                yield Fault(option.line, "M12", name, words)
            yield from _outcome_faults(name, option, option.go or screen.go, program)
        if isinstance(body, Pick | Ask):
            yield from _outcome_faults(name, screen, screen.go, program)
        elif screen.find:
            yield Fault(screen.line, "M12", name, "find belongs to an option, a list or a question; write it there")


def _pick_faults(name: str, screen: Screen, pick: Pick, program: Program) -> Iterator[Fault]:
    listing = program.listings.get(pick.source)
    if listing is None:
        yield Fault(screen.line, "M12", name, _unknown("pick from", pick.source, program.listings))
        return
    if (pick.of is None) != (listing.of is None):
        words = f"the list {pick.source} is " + (f"of a {listing.of}: write of:" if listing.of else "of nothing")
        yield Fault(screen.line, "M12", name, words)
    if pick.longest < listing.least:
        words = f"the list {pick.source} has labels of {listing.least}, the file allows {pick.longest}: write"
        yield Fault(screen.line, "M12", name, f"{words} longest: {listing.least}")


def _outcome_faults(name: str, asks: Option | Screen, go: object, program: Program) -> Iterator[Fault]:
    """Of an option, or of a screen whose answer leads on."""
    do = asks.do if isinstance(asks, Option) else None
    what = f"option {asks.number}" if isinstance(asks, Option) else "the answer"
    known: Mapping[str, Action | Finding] = program.actions if do else program.findings
    source = do or asks.find
    if source is None:
        if not isinstance(go, str) and go is not None:
            missing = "do and no find" if isinstance(asks, Option) else "find"
            yield Fault(asks.line, "M12", name, f"{what} has outcomes but no {missing}")
        return
    if source not in known:
        yield Fault(asks.line, "M12", name, _unknown("do" if do else "find", source, known))
        return
    outcomes = set(known[source].outcomes)
    handled = set(_ways(known[source], go)) if isinstance(go, dict) else outcomes
    for outcome in sorted(outcomes - handled):
        yield Fault(asks.line, "M12", name, f"{source} may come to {outcome}: say where that goes")


def _ways(source: Action | Finding, go: Mapping[str, str]) -> Mapping[str, str]:
    return source.ways(go) if isinstance(source, Action) else go


def idle_outcomes(menu: Menu, program: Program) -> Iterator[Fault]:
    for name, screen in menu.screens.items():
        for way in ways_from(screen):
            asks = way.option or screen
            source = asks.do if isinstance(asks, Option) and asks.do else asks.find
            known = program.actions.get(source or "") or program.findings.get(source or "")
            if known and way.outcome and way.outcome not in known.outcomes:
                yield Fault(asks.line, "M12", name, f"{source} never comes to {way.outcome}")


def outcomes_not_told_apart(menu: Menu, program: Program) -> Iterator[Fault]:
    for name, screen in menu.screens.items():
        for option in screen.options:
            action, go = program.actions.get(option.do or ""), option.go or screen.go
            if action is None or not isinstance(go, dict):
                continue
            for outcome, plainer in action.refines.items():
                if outcome not in go and plainer in go:
                    words = f"{option.do} may come to {outcome}, which leads on like {plainer}: {go[plainer]}"
                    yield Fault(option.line, "M12", name, words)


def _unknown(key: str, name: str, known: object) -> str:
    names = sorted(known) if isinstance(known, dict) else []
    close = get_close_matches(name, names, n=1)
    return f"{key}: the program has no {name}; " + (f"did you mean {close[0]}?" if close else f"it has {names}")
