"""What a menu may ask of the program: actions, fetches, findings, listings, guards and patterns, by name.

Each is declared beside its function with its outcomes and widths, so that the checker can compare both sides. What the
functions are called with is the caller's matter; here they are only kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Need:
    """An answer that an action cannot do without."""

    #: The names that it may have been saved under; the first of them that has a value is taken.
    under: tuple[str, ...]
    #: What it must be one of; None: anything.
    among: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """Changes something, once for each session and screen. `gives` are blanks that may be used after it."""

    outcomes: tuple[str, ...]
    gives: Mapping[str, int]
    run: Function
    #: The answers that go out of the house, so that the caller must have seen them (M13). True: all that was typed.
    sends: bool | tuple[str, ...] = True
    #: Special cases of plainer outcomes: {"urgent": "filed"}. A menu may name them, or leave them to the plainer one.
    refines: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()

    def ways(self, go: Mapping[str, str]) -> Mapping[str, str]:
        """Where each outcome leads by that `go`; without those that it leaves open."""
        plainer = ((outcome, go.get(self.refines.get(outcome, outcome))) for outcome in self.outcomes)
        return {outcome: target for outcome, target in plainer if target is not None} | dict(go)


@dataclass(frozen=True, slots=True)
class Fetch:
    """Reads data for a screen before it is shown."""

    gives: Mapping[str, int]
    run: Function


@dataclass(frozen=True, slots=True)
class Finding:
    """Understands an answer without changing anything: each outcome with the answers that it saves."""

    outcomes: Mapping[str, Mapping[str, int]]
    run: Function


@dataclass(frozen=True, slots=True)
class Listing:
    """Items to pick from; `longest` label in septets, which a menu may allow less for, but not less than `least`."""

    of: str | None
    longest: int
    least: int
    run: Function


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form that an answer must have (`ask: {like: ...}`); `longest` in septets."""

    expression: re.Pattern[str]
    longest: int


@dataclass(frozen=True, slots=True)
class Program:
    actions: dict[str, Action] = field(default_factory=dict)
    fetches: dict[str, Fetch] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    listings: dict[str, Listing] = field(default_factory=dict)
    guards: dict[str, Function] = field(default_factory=dict)
    patterns: dict[str, Pattern] = field(default_factory=dict)

    def action(
        self,
        name: str,
        *,
        outcomes: list[str],
        gives: Mapping[str, int],
        sends: bool | tuple[str, ...] = True,
        refines: Mapping[str, str] | None = None,
        needs: tuple[Need, ...] = (),
    ) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            self.actions[name] = Action(tuple(outcomes), dict(gives), function, sends, dict(refines or {}), needs)
            return function

        return declare

    def fetch(self, name: str, *, gives: Mapping[str, int]) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            self.fetches[name] = Fetch(dict(gives), function)
            return function

        return declare

    def finding(self, name: str, *, outcomes: Mapping[str, Mapping[str, int]]) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            self.findings[name] = Finding({outcome: dict(saves) for outcome, saves in outcomes.items()}, function)
            return function

        return declare

    def listing(
        self, name: str, *, of: str | None = None, longest: int, least: int | None = None
    ) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            self.listings[name] = Listing(of, longest, longest if least is None else least, function)
            return function

        return declare

    def guard(self, name: str) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            self.guards[name] = function
            return function

        return declare

    def pattern(self, name: str, expression: str, *, longest: int) -> None:
        self.patterns[name] = Pattern(re.compile(expression), longest)
