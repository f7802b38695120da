"""One answer on one screen: (menu, record, answer, facts) -> record, and perhaps an effect that is due. Pure.

enter   puts the caller in front of a screen
step    judges an answer by the screen that was sent
settle  goes on after an effect
show    the words of the present screen
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from menus.grammar import (
    BACK,
    ENGINE_NUMBERS,
    HOME,
    MORE,
    Ask,
    End,
    Menu,
    Option,
    Pick,
    Screen,
    Target,
    Text,
    fill,
    list_numbers,
)
from menus.gsm7 import cut, plain
from menus.program import Program
from menus.render import Layout, Line, frame, in_order, many_pages, one_page
from sessions.ports import Done, Facts
from sessions.record import Answer, Record, Shown

#: The one answer whose value the engine itself uses.
LANGUAGE = "language"

CONTINUE, AFRESH = "1", "2"
_DRAFT_ANSWERS = ((CONTINUE, "go_on"), (AFRESH, "afresh"))


@dataclass(frozen=True, slots=True)
class Effect:
    """An action that is due at the screen where the record stands."""

    action: str
    go: Target


@dataclass(frozen=True, slots=True)
class Stepped:
    record: Record
    effect: Effect | None = None
    chose_language: bool = False


def enter(menu: Menu, record: Record, name: str, facts: Facts) -> Record:
    screen = menu.screens[name]
    known = {**record.known, **facts.fetch(screen.fetch, record)} if screen.fetch else record.known
    shown: tuple[Shown, ...] = ()
    if isinstance(screen.body, Pick):
        shown = _listed(screen.body, record, facts)
        if not shown and screen.body.empty:
            return enter(menu, record, screen.body.empty, facts)
    shown += tuple(
        Shown(option.number, option.save or "", "") for option in screen.options if _is_open(option, record, facts)
    )
    return replace(
        record,
        at=name,
        page=0,
        error=None,
        shown=shown,
        known=known,
        trail=() if name == menu.start else record.trail,
        begun=record.begun and name != menu.start,
        ended=isinstance(screen.body, End),
    )


def step(menu: Menu, record: Record, answer: str, facts: Facts, program: Program) -> Stepped:
    """A wrong answer shows the same page again with one line above it; it never ends a session."""
    key = answer.strip()
    if record.draft is not None:
        return Stepped(_answered_draft(menu, record, _number(key), facts))
    screen = menu.screens[record.at]
    if isinstance(screen.body, End):
        return Stepped(record)
    if key in ENGINE_NUMBERS and not _is_shown(record, key):
        return Stepped(_engine_key(menu, record, key, facts))
    if isinstance(screen.body, Ask):
        return _answered_question(menu, record, screen, screen.body, answer, facts, program)
    number = _number(key)
    chosen = next((line for line in record.shown if line.number == number), None)
    if chosen is None:
        return Stepped(replace(record, error="wrong"))
    option = screen.option(chosen.number)
    if option is None:
        return _go_on(menu, record, screen, Answer(chosen.value, chosen.label), screen.go, screen.find, facts)
    saved = Answer(option.save, "") if option.save is not None else None
    if option.do:
        kept = _with_answer(menu, record, screen, saved)
        go = option.go or screen.go or menu.start
        return Stepped(kept, Effect(option.do, go if isinstance(go, str) else program.actions[option.do].ways(go)))
    return _go_on(menu, record, screen, saved, option.go or screen.go, option.find, facts)


def settle(menu: Menu, record: Record, effect: Effect, done: Done, facts: Facts) -> Record:
    """After an effect there is no way back to before it."""
    target = effect.go if isinstance(effect.go, str) else effect.go[done.outcome]
    gone_on = replace(record, trail=(), known={**record.known, **done.gives})
    return enter(menu, gone_on, target, facts)


def show(menu: Menu, record: Record) -> str:
    """The body without `CON ` or `END `."""
    if record.draft is not None:
        return _draft_question(menu, record)
    screen = menu.screens[record.at]
    if isinstance(screen.body, End):
        return _filled(menu, record, screen.words)
    error = menu.word(record.error, record.language) if record.error else None
    return layout(menu, record, screen).show(record.page, error)


def layout(menu: Menu, record: Record, screen: Screen) -> Layout:
    words = _filled(menu, record, screen.words)
    errors = ("length",) if isinstance(screen.body, Ask) and screen.body.kind == "text" else ("wrong",)
    around = frame(menu, record.language, words, errors=errors, has_way_back=bool(record.trail))
    labels = {option.number: option.label for option in screen.options}
    lines = [
        Line(line.number, _filled(menu, record, labels[line.number]))
        if line.number in labels
        else Line(line.number, line.label)
        for line in record.shown
    ]
    return many_pages(around, in_order(lines)) if isinstance(screen.body, Pick) else one_page(around, lines)


def _filled(menu: Menu, record: Record, text: Text) -> str:
    words = text.in_language(record.language)
    return fill(words, blanks(menu, record)) if "{" in words else words


def blanks(menu: Menu, record: Record) -> Mapping[str, str]:
    """What `{name}` stands for: answers by their label, and what actions and fetches gave."""
    answers = {
        name: answer.label or menu.label_of(name, answer.value, record.language) or answer.value
        for name, answer in record.answers.items()
    }
    return {name: one_line(value) for name, value in {**answers, **record.known}.items()}


def one_line(text: str) -> str:
    """The text as a phone can show it, on one line."""
    return " ".join(plain(text).split())


def _draft_question(menu: Menu, record: Record) -> str:
    """Shows nothing of the draft: phones are shared."""
    lines = [Line(number, menu.word(key, record.language)) for number, key in _DRAFT_ANSWERS]
    words = menu.word("resume", record.language)
    around = frame(menu, record.language, words, errors=("wrong",), has_way_back=False)
    return one_page(around, lines).show(0, menu.word(record.error, record.language) if record.error else None)


def _answered_draft(menu: Menu, record: Record, number: str, facts: Facts) -> Record:
    if number == CONTINUE:
        return record.continued()
    if number == AFRESH:
        return enter(menu, replace(record, draft=None), menu.start, facts)
    return replace(record, error="wrong")


def _listed(pick: Pick, record: Record, facts: Facts) -> tuple[Shown, ...]:
    items = facts.listing(pick.source, record.value_of(pick.of) if pick.of else None, record)
    numbers = list_numbers(pick.options)
    return tuple(
        Shown(number, item.value, _label(item.label, pick.longest))
        for item, number in zip(items, numbers, strict=False)
    )


# Lists are hardly ever the caller's own.
@lru_cache(maxsize=2048)
def _label(label: str, longest: int) -> str:
    return cut(plain(label), longest)


def _is_open(option: Option, record: Record, facts: Facts) -> bool:
    return option.when is None or facts.guard(option.when.name, record) != option.when.negated


def _is_shown(record: Record, key: str) -> bool:
    return any(line.number == key for line in record.shown)


def _engine_key(menu: Menu, record: Record, key: str, facts: Facts) -> Record:
    if key == MORE:
        screen = menu.screens[record.at]
        has_more = record.page < layout(menu, record, screen).last_page
        return replace(record, page=record.page + 1, error=None) if has_more else replace(record, error="wrong")
    if key == BACK and record.page:
        return replace(record, page=record.page - 1, error=None)
    if not record.trail:
        return replace(record, page=0, error=None)
    if key == HOME:
        return enter(menu, replace(record, trail=()), menu.start, facts)
    return enter(menu, replace(record, trail=record.trail[:-1]), record.trail[-1], facts)


def _answered_question(
    menu: Menu, record: Record, screen: Screen, ask: Ask, answer: str, facts: Facts, program: Program
) -> Stepped:
    value = clean(answer)
    if ask.kind == "text":
        # Counted as a phone can show it: ten emoji are no landmark.
        if not ask.least <= len(one_line(value)) <= ask.most:
            return Stepped(replace(record, error="length"))
    elif ask.kind == "number":
        number = _number(value)
        if not number.isdigit() or len(number) > len(str(ask.most)) or not ask.least <= int(number) <= ask.most:
            return Stepped(replace(record, error="wrong"))
        value = number
    elif ask.pattern and not program.patterns[ask.pattern].expression.fullmatch(value):
        return Stepped(replace(record, error="wrong"))
    return _go_on(menu, record, screen, Answer(value, one_line(value)), screen.go, screen.find, facts)


def clean(answer: str) -> str:
    """Without control characters (SQL refuses NUL) and with single spaces."""
    kept = (" " if character.isspace() else character for character in answer)
    return " ".join("".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cs", "Cn")).split())


def _go_on(
    menu: Menu, record: Record, screen: Screen, saved: Answer | None, go: Target | None, find: str | None, facts: Facts
) -> Stepped:
    record = _with_answer(menu, record, screen, saved)
    if find:
        found = facts.finding(find, record)
        brought = {name: Answer(item.value, item.label) for name, item in found.answers.items()}
        record = replace(record, answers={**record.answers, **brought})
        go = go if go is None or isinstance(go, str) else go[found.outcome]
    chose_language = screen.save == LANGUAGE and saved is not None
    if chose_language and saved is not None:
        record = replace(record, language=saved.value)
    trail = () if record.at == menu.first and not record.trail else (*record.trail, record.at)
    target = go if isinstance(go, str) else menu.start
    return Stepped(enter(menu, replace(record, trail=trail), target, facts), chose_language=chose_language)


def _with_answer(menu: Menu, record: Record, screen: Screen, saved: Answer | None) -> Record:
    if screen.save is None or saved is None:
        return replace(record, error=None)
    begins = screen.save in menu.keeps if menu.keeps else screen.save != LANGUAGE
    answers = {**record.answers, screen.save: saved}
    return replace(record, error=None, answers=answers, begun=record.begun or begins)


def _number(key: str) -> str:
    """`01`, `1.` and `1)` are 1. Digits of other scripts are no numbers here."""
    digits = key.rstrip(".)").strip()
    return digits.lstrip("0") or digits if digits.isascii() and digits.isdigit() else key
