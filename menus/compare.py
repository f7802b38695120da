"""What a new version of a menu changes for residents, in plain words, and which numbers change meaning (M16). Pure.

A number is a promise: people memorise `*384*1972*1*2#`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from menus.faults import Fault
from menus.grammar import Choose, Menu, Option, Screen, Text, targets


def changed_meanings(old: Menu, new: Menu) -> list[Fault]:
    """Each number that a resident may know by heart and that now does something else."""
    faults = []
    for name, before, now, line in _changed_numbers(old, new):
        becomes = f"now means {_quoted(now.label, new)}" if now else "is gone now"
        faults.append(Fault(line, "M16", name, f"{before.number} meant {_quoted(before.label, new)}, {becomes}"))
    return faults


def differences(old: Menu, new: Menu) -> list[str]:
    """One sentence for each change that a resident would notice."""
    return [*_screens(old, new), *_words("words", old.words, new.words, new)]


def _changed_numbers(old: Menu, new: Menu) -> Iterator[tuple[str, Option, Option | None, int]]:
    for name, screen in old.screens.items():
        present = new.screens.get(name)
        if not isinstance(screen.body, Choose) or present is None or not isinstance(present.body, Choose):
            continue
        for before in screen.body.options:
            now = present.body.option(before.number)
            if now is None or not _means_the_same(before, now):
                yield name, before, now, (now or present).line


def _means_the_same(before: Option, now: Option) -> bool:
    """Other words for the same deed are the same; another value, place or action is not."""
    return (before.save, before.do, before.go) == (now.save, now.do, now.go)


def _screens(old: Menu, new: Menu) -> Iterator[str]:
    for name in old.screens.keys() - new.screens.keys():
        yield f"{name}: this screen is gone."
    for name, screen in new.screens.items():
        before = old.screens.get(name)
        if before is None:
            yield f"{name}: a new screen, {_quoted(screen.words, new)}."
            continue
        if type(before.body) is not type(screen.body):
            kinds = (type(body).__name__.lower() for body in (before.body, screen.body))
            yield f"{name}: was {' and is now '.join(kinds)}."
        yield from _words(name, {"says": before.words}, {"says": screen.words}, new)
        yield from _options(name, before, screen, new)
        if before.go != screen.go:
            yield f"{name}: leads to {screen.go}, not to {before.go}."


def _options(name: str, before: Screen, screen: Screen, menu: Menu) -> Iterator[str]:
    was = {option.number: option for option in before.body.options} if isinstance(before.body, Choose) else {}
    now = {option.number: option for option in screen.body.options} if isinstance(screen.body, Choose) else {}
    for number in was.keys() - now.keys():
        yield f"{name}: {number} {_quoted(was[number].label, menu)} is gone."
    for number, option in now.items():
        if number not in was:
            yield f"{name}: {number} {_quoted(option.label, menu)} is new."
            continue
        yield from _words(f"{name}: {number}", {"reads": was[number].label}, {"reads": option.label}, menu)
        if not _means_the_same(was[number], option):
            yield f"{name}: {number} {_quoted(option.label, menu)} {_does(option)}; before it {_does(was[number])}."


def _does(option: Option) -> str:
    deeds = [f"stores {option.save}"] if option.save else []
    deeds += [f"does {option.do}"] if option.do else []
    deeds += [f"leads to {' or '.join(targets(option.go))}"] if option.go else []
    return " and ".join(deeds) or "goes on"


def _words(place: str, old: Mapping[str, Text], new: Mapping[str, Text], menu: Menu) -> Iterator[str]:
    for key, text in new.items():
        was = old.get(key)
        for language in menu.languages:
            if was is not None and was.in_language(language) != text.in_language(language):
                yield (
                    f'{place}: {key} ({language}) "{text.in_language(language)}", not "{was.in_language(language)}".'
                )


def _quoted(text: Text, menu: Menu) -> str:
    return f'"{text.in_language(menu.languages[0])}"'
