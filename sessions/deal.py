"""Deals what was typed to the screens it was typed on: for a live hop, and to rebuild a session that was lost. Pure.

The carrier joins answers with `*` and escapes nothing, so the text alone does not say where one answer ends. The menu
does: a number screen takes one token; a text screen takes all that is left, `*` and all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from menus.grammar import Ask, Menu
from menus.program import Program
from sessions.ports import Done, Facts
from sessions.record import Record
from sessions.step import Effect, settle, step

#: Screen -> what was done there in this session, if anything was.
Recall = Callable[[str], Done | None]
#: Version -> menu: a draft that is continued may be of an older one.
MenuOf = Callable[[str], Menu]


@dataclass(frozen=True, slots=True)
class Dealt:
    record: Record
    #: Due now: it was the last thing typed.
    effect: Effect | None = None
    chose_language: bool = False
    #: The text cannot be cut here again without knowing where the session stood: its place must be kept.
    needs_place: bool = False


def deal(menu_of: MenuOf, record: Record, tail: str, facts: Facts, program: Program, recall: Recall) -> Dealt:
    """An effect that is not the last thing typed is only taken from the past: confirming needs a hop of its own."""
    chose_language = needs_place = False
    rest: str | None = tail
    while rest is not None and not record.ended:
        menu = menu_of(record.menu)
        is_text = takes_all(menu, record)
        answer, rest = _cut(rest, takes_all=is_text)
        needs_place = needs_place or is_text or rest is not None
        stepped = step(menu, record, answer, facts, program)
        chose_language = chose_language or stepped.chose_language
        if stepped.effect is None:
            record = stepped.record
            continue
        if rest is None:
            return Dealt(stepped.record, stepped.effect, chose_language, needs_place)
        done = recall(record.at)
        if done is None:
            break
        record = settle(menu, stepped.record, stepped.effect, done, facts)
    return Dealt(record, None, chose_language, needs_place)


def deal_star_code(menu: Menu, record: Record, dialled: str, facts: Facts, program: Program) -> Record:
    """What was dialled behind the short code chooses and picks; it never types a text and never confirms."""
    rest: str | None = dialled
    while rest is not None and not record.ended and not isinstance(menu.screens[record.at].body, Ask):
        answer, rest = _cut(rest, takes_all=False)
        stepped = step(menu, record, answer, facts, program)
        if stepped.effect is not None or stepped.record.error:
            break
        record = stepped.record
    return record


def takes_all(menu: Menu, record: Record) -> bool:
    """A text, where all that is left is one answer."""
    if record.draft is not None:
        return False
    body = menu.screens[record.at].body
    return isinstance(body, Ask) and body.kind == "text"


def _cut(tail: str, *, takes_all: bool) -> tuple[str, str | None]:
    if takes_all or "*" not in tail:
        return tail, None
    answer, rest = tail.split("*", 1)
    return answer, rest
