"""What a new version of a menu changes for residents, in plain words, and which numbers change meaning (M16). Pure.

A number is a promise: people memorise `*384*1972*1*2#`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from menus.faults import Fault
from menus.grammar import Ask, Choose, End, Guard, Menu, Option, Pick, Screen, Target, Text

_KINDS = {Choose: "a choice of numbers", Pick: "a list", Ask: "a question to type an answer to", End: "an end"}


def changed_meanings(old: Menu, new: Menu) -> list[Fault]:
    """Each number that a resident may know by heart and that now does something else. Line 0: it is not there."""
    return [
        fault for name, screen in old.screens.items() for fault in _numbers(screen, new.screens.get(name), old, new)
    ]


def differences(old: Menu, new: Menu) -> list[str]:
    """One sentence for each change that a resident would notice."""
    return [*_calls(old, new), *_screens(old, new), *_words("words", old.words, new.words, new)]


def _numbers(was: Screen, now: Screen | None, old: Menu, new: Menu) -> Iterator[Fault]:
    if isinstance(was.body, Pick):
        meant = f"its numbers were those of the list {_list(was.body)}"
        if now is None:
            yield Fault(0, "M16", was.name, f"{meant}; now the screen is gone")
        elif not isinstance(now.body, Pick):
            yield Fault(now.line, "M16", was.name, f"{meant}; now it is {_KINDS[type(now.body)]}")
        elif _list(was.body) != _list(now.body):
            yield Fault(now.line, "M16", was.name, f"{meant}, now they are those of {_list(now.body)}")
        elif {option.number for option in was.options} != {option.number for option in now.options}:
            words = f"other numbers are free for the list {_list(now.body)}, so its lines are numbered anew"
            yield Fault(now.line, "M16", was.name, words)
    if was.options and (now is None or not isinstance(now.body, Choose | Pick)):
        meant = ", ".join(f"{option.number} {_quoted(option.label, old)}" for option in was.options)
        becomes = "the screen is gone" if now is None else f"it is {_KINDS[type(now.body)]}"
        yield Fault(now.line if now else 0, "M16", was.name, f"its numbers meant {meant}; now {becomes}")
    elif now is not None:
        for before in was.options:
            yield from _number(before, was, now.option(before.number), now, old, new)


def _number(before: Option, was: Screen, after: Option | None, now: Screen, old: Menu, new: Menu) -> Iterator[Fault]:
    meant = f"{before.number} meant {_quoted(before.label, old)}"
    if after is None:
        yield Fault(now.line, "M16", was.name, f"{meant} and is gone now")
    elif _has_moved_here(before, after, was):
        yield Fault(after.line, "M16", was.name, f"{meant}, now means {_quoted(after.label, new)}")
    elif not _means_the_same(before, was, after, now):
        words = f"{meant}, now means {_quoted(after.label, new)}"
        if before.label.by_language == after.label.by_language:
            words += f": it now {_does(after, now)}; before, it {_does(before, was)}"
        yield Fault(after.line, "M16", was.name, words)


def _means_the_same(before: Option, was: Screen, after: Option, now: Screen) -> bool:
    """Other words for the same deed are the same; another value, place or action is not.

    An answer that is stored means what it stores: a screen put in behind all of them changes none.
    """
    if (before.save, before.do, before.find) != (after.save, after.do, after.find):
        return False
    is_followed_alike = before.save is not None and before.go is None and after.go is None
    return is_followed_alike or _target(before, was) == _target(after, now)


def _has_moved_here(before: Option, after: Option, was: Screen) -> bool:
    """The words that stood at another number of this screen: whatever is stored, residents read another meaning."""
    others = [option.label for option in was.options if option.number != before.number]
    return any(
        other.by_language.get(language) == words and before.label.by_language.get(language) != words
        for language, words in after.label.by_language.items()
        for other in others
    )


def _calls(old: Menu, new: Menu) -> Iterator[str]:
    if old.start != new.start:
        yield f"Calls begin at {new.start}, not at {old.start}."
    if old.first != new.first:
        yield f"New callers first see {new.first or old.start}, not {old.first or old.start}."
    for language in new.languages:
        if language not in old.languages:
            yield f"The language {language} is new."
    for language in old.languages:
        if language not in new.languages:
            yield f"The language {language} is gone."
    if old.languages[:1] != new.languages[:1]:
        yield f"Who has not chosen a language hears {new.languages[0]}, not {old.languages[0]}."


def _screens(old: Menu, new: Menu) -> Iterator[str]:
    for name in old.screens:
        if name not in new.screens:
            yield f"{name}: this screen is gone."
    for name, screen in new.screens.items():
        before = old.screens.get(name)
        if before is None:
            yield f"{name}: a new screen, {_quoted(screen.words, new)}."
        else:
            yield from _screen(before, screen, new)


def _screen(before: Screen, screen: Screen, menu: Menu) -> Iterator[str]:
    name = screen.name
    yield from _words(name, {"it says": before.words}, {"it says": screen.words}, menu)
    was, now = before.body, screen.body
    if type(was) is not type(now):
        yield f"{name}: it was {_KINDS[type(was)]} and is now {_KINDS[type(now)]}."
    elif isinstance(was, Pick) and isinstance(now, Pick):
        if (was.source, was.of) != (now.source, now.of):
            yield f"{name}: the list is {_list(now)}, not {_list(was)}."
        if was.empty != now.empty:
            yield f"{name}: an empty list leads to {now.empty or 'nothing'}, not to {was.empty or 'nothing'}."
    elif isinstance(was, Ask) and was != now and isinstance(now, Ask):
        yield f"{name}: it takes {_wanted(now)}, not {_wanted(was)}."
    yield from _options(before, screen, menu)
    if before.go != screen.go:
        leads, led = (_places(one.go) or "where its number says" for one in (screen, before))
        yield f"{name}: an answer leads to {leads}, not to {led}."


def _options(before: Screen, screen: Screen, menu: Menu) -> Iterator[str]:
    name = screen.name
    was = {option.number: option for option in before.options}
    now = {option.number: option for option in screen.options}
    for number, option in was.items():
        if number not in now:
            yield f"{name}: {number} {_quoted(option.label, menu)} is gone."
    for number, option in now.items():
        if number not in was:
            yield f"{name}: {number} {_quoted(option.label, menu)} is new; it {_does(option, screen)}."
            continue
        old = was[number]
        yield from _words(f"{name}: {number}", {"reads": old.label}, {"reads": option.label}, menu)
        if not _means_the_same(old, before, option, screen):
            label = _quoted(option.label, menu)
            yield f"{name}: {number} {label} now {_does(option, screen)}; before, {number} {_does(old, before)}."
        if old.when != option.when:
            label = _quoted(option.label, menu)
            yield f"{name}: {number} {label} is shown {_when(option.when)}, not {_when(old.when)}."
    if list(was) != list(now) and sorted(was) == sorted(now):
        yield f"{name}: the order on the screen is {', '.join(now)}, not {', '.join(was)}."


def _target(option: Option, screen: Screen) -> Target | None:
    return option.go if option.go is not None else screen.go


def _does(option: Option, screen: Screen) -> str:
    deeds = [f"stands for {option.save}"] if option.save else []
    deeds += [f"does {name}" for name in (option.do, option.find) if name]
    places = _places(_target(option, screen))
    deeds += [f"leads to {places}"] if places else []
    return " and ".join(deeds)


def _places(go: Target | None) -> str:
    if go is None or isinstance(go, str):
        return go or ""
    return " or ".join(f"{target} ({outcome})" for outcome, target in go.items())


def _when(guard: Guard | None) -> str:
    if guard is None:
        return "always"
    return f"only when {'not ' if guard.negated else ''}{guard.name}"


def _list(pick: Pick) -> str:
    return f"{pick.source} of the {pick.of}" if pick.of else pick.source


def _wanted(ask: Ask) -> str:
    if ask.kind == "like":
        return f"an answer like {ask.pattern}"
    return f"{ask.least} to {ask.most} letters" if ask.kind == "text" else f"a number from {ask.least} to {ask.most}"


def _words(place: str, old: Mapping[str, Text], new: Mapping[str, Text], menu: Menu) -> Iterator[str]:
    for key, text in new.items():
        was = old.get(key)
        if was is None:
            yield f"{place}: {key} {_quoted(text, menu)} is new."
            continue
        for language in menu.languages:
            before, words = _line(was, language), _line(text, language)
            if before != words:
                yield f'{place}: {key} ({language}) "{words}", not "{before}".'
    for key in old:
        if key not in new:
            yield f"{place}: {key} is gone."


def _quoted(text: Text, menu: Menu) -> str:
    return f'"{_line(text, menu.languages[0])}"'


def _line(text: Text, language: str) -> str:
    return " / ".join(text.in_language(language).split("\n"))
