"""Reads a menu file: every scalar stays the text that was written, and a key used twice is refused.

YAML's ordinary reading turns `Yes` into true, `010` into 8 and keeps the last of two options numbered 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import yaml

from menus.faults import Fault, MenuRefused
from menus.grammar import (
    Ask,
    Choose,
    End,
    Guard,
    Menu,
    Option,
    Pick,
    Screen,
    Target,
    Text,
)

_TOP_KEYS = frozenset({"menu", "languages", "start", "first", "keeps", "words", "screens"})
_SCREEN_KEYS = frozenset({"say", "choose", "pick", "ask", "end", "save", "go", "fetch", "find"})
_KINDS = ("choose", "pick", "ask", "end")
OPTION_KEYS = frozenset({"save", "go", "do", "find", "when"})
_PICK_KEYS = frozenset({"from", "of", "longest", "empty"})
_ASK_KEYS = frozenset({"text", "number", "like"})
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RANGE = re.compile(r"(\d{1,6}) to (\d{1,6})")


def load(source: str) -> Menu:
    """Raises MenuRefused with every fault of the reading (M01); what it means is `menus.check`'s matter."""
    reader = _Reader()
    menu = reader.menu(source)
    if reader.faults or menu is None:
        raise MenuRefused(sorted(reader.faults))
    return menu


Entry = tuple[yaml.Node, int]


class _Reader:
    """Walks YAML's nodes, which know their lines, and gathers faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._screen = ""

    def menu(self, source: str) -> Menu | None:
        try:
            root = yaml.compose(source, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            self.faults.append(_reading_fault(source, error))
            return None
        except RecursionError:
            self._fault(1, "there are too many brackets in brackets; a menu needs three or four")
            return None
        if root is None:
            self._fault(1, "the file is empty")
            return None
        top = self._mapping(root, _TOP_KEYS, "the top of the file")
        missing = [key for key in ("menu", "languages", "start", "words", "screens") if key not in top]
        if missing:
            self._fault(1, f"the top of the file needs: {', '.join(missing)}")
            return None
        return Menu(
            name=self._name(*top["menu"]),
            languages=tuple(self._list("languages", *top["languages"])),
            start=self._name(*top["start"]),
            first=self._name(*top["first"]) if "first" in top else None,
            keeps=tuple(self._list("keeps", *top["keeps"])) if "keeps" in top else (),
            words={key: self._text(*entry) for key, entry in self._mapping(top["words"][0], None, "words").items()},
            screens=dict(self._screens(top["screens"][0])),
        )

    def _screens(self, node: yaml.Node) -> Iterator[tuple[str, Screen]]:
        for name, (body, line) in self._mapping(node, None, "screens").items():
            self._screen = name
            if not _NAME.fullmatch(name):
                self._fault(line, f"a screen's name is small letters, digits and _, not {name!r}")
            screen = self._read_screen(name, body, line)
            if screen is not None:
                yield name, screen
        self._screen = ""

    def _read_screen(self, name: str, node: yaml.Node, line: int) -> Screen | None:
        keys = self._mapping(node, _SCREEN_KEYS, "a screen")
        kinds = [kind for kind in _KINDS if kind in keys]
        if len(kinds) != 1 and kinds != ["choose", "pick"]:
            self._fault(
                line, "a screen has exactly one of choose, pick, ask, end" + (f", not {kinds}" if kinds else "")
            )
            return None
        kind = kinds[-1]
        if kind != "end" and "say" not in keys:
            self._fault(line, "say what the screen asks: it needs a say")
            return None
        if kind == "end":
            for key in ("say", "save", "go", "find"):
                if key in keys:
                    self._fault(keys[key][1], f"an end has no {key}: it only has its words")
        return Screen(
            name=name,
            say=self._text(*keys["say"]) if "say" in keys else None,
            body=self._body(kind, keys),
            save=self._name(*keys["save"]) if "save" in keys else None,
            go=self._target(*keys["go"]) if "go" in keys else None,
            fetch=self._name(*keys["fetch"]) if "fetch" in keys else None,
            find=self._name(*keys["find"]) if "find" in keys else None,
            line=line,
        )

    def _body(self, kind: str, keys: Mapping[str, Entry]) -> Choose | Pick | Ask | End:
        if kind == "choose":
            return Choose(self._options(*keys["choose"]))
        if kind == "pick":
            return self._pick(*keys["pick"], self._options(*keys["choose"]) if "choose" in keys else ())
        return self._ask(*keys["ask"]) if kind == "ask" else self._end(*keys["end"])

    def _options(self, node: yaml.Node, line: int) -> tuple[Option, ...]:
        options = []
        for number, (body, option_line) in self._mapping(node, None, "choose").items():
            if not number.isascii() or not number.isdigit():
                self._fault(option_line, f"an option is chosen by a number, not by {number!r}")
                continue
            keys = self._mapping(body, None, "an option")
            texts = {key: entry for key, entry in keys.items() if key not in OPTION_KEYS}
            options.append(
                Option(
                    number=number,
                    label=Text({key: self._words(*entry) for key, entry in texts.items()}, option_line),
                    save=self._scalar(*keys["save"]) if "save" in keys else None,
                    go=self._target(*keys["go"]) if "go" in keys else None,
                    do=self._name(*keys["do"]) if "do" in keys else None,
                    find=self._name(*keys["find"]) if "find" in keys else None,
                    when=self._guard(*keys["when"]) if "when" in keys else None,
                    line=option_line,
                )
            )
        return tuple(options)

    def _pick(self, node: yaml.Node, line: int, options: tuple[Option, ...]) -> Pick:
        keys = self._mapping(node, _PICK_KEYS, "pick")
        longest = self._scalar(*keys["longest"]) if "longest" in keys else ""
        if "from" not in keys or not longest.isdigit():
            self._fault(line, "a pick needs from: and longest:, e.g. {from: wards, longest: 22}")
            return Pick("", None, 1, None)
        return Pick(
            source=self._name(*keys["from"]),
            of=self._name(*keys["of"]) if "of" in keys else None,
            longest=int(longest),
            empty=self._name(*keys["empty"]) if "empty" in keys else None,
            options=options,
        )

    def _ask(self, node: yaml.Node, line: int) -> Ask:
        keys = self._mapping(node, _ASK_KEYS, "ask")
        if len(keys) != 1:
            self._fault(line, "an ask has one of text, number, like, e.g. {text: 3 to 40}")
            return Ask("text", 0, 0, None)
        ((kind, entry),) = keys.items()
        if kind == "like":
            return Ask(kind, 0, 0, self._name(*entry))
        limits = _RANGE.fullmatch(self._scalar(*entry))
        if limits is None or int(limits[1]) > int(limits[2]):
            self._fault(line, f"write the limits of {kind} like: 3 to 40")
            return Ask(kind, 0, 0, None)
        return Ask(kind, int(limits[1]), int(limits[2]), None)

    def _end(self, node: yaml.Node, line: int) -> End:
        return End(self._text(node, line))

    def _text(self, node: yaml.Node, line: int) -> Text:
        keys = self._mapping(node, None, 'a text, e.g. {en: "Back", sw: "Rudi"}')
        return Text({language: self._words(*entry) for language, entry in keys.items()}, line)

    def _words(self, node: yaml.Node, line: int) -> str:
        words = self._scalar(node, line)
        if isinstance(node, yaml.ScalarNode) and node.style is None:
            self._fault(line, f'put the text in quotes: "{words}"')
        return words

    def _target(self, node: yaml.Node, line: int) -> Target:
        if isinstance(node, yaml.MappingNode):
            return {outcome: self._name(*entry) for outcome, entry in self._mapping(node, None, "go").items()}
        return self._name(node, line)

    def _guard(self, node: yaml.Node, line: int) -> Guard:
        words = self._scalar(node, line).split()
        negated = words[:1] == ["not"]
        if len(words) != 1 + negated:
            self._fault(line, "when takes one name, e.g. has_reports or not has_reports")
            return Guard("")
        return Guard(words[-1], negated)

    def _name(self, node: yaml.Node, line: int) -> str:
        name = self._scalar(node, line)
        if not _NAME.fullmatch(name):
            self._fault(line, f"a name is small letters, digits and _, not {name!r}")
        return name

    def _list(self, key: str, node: yaml.Node, line: int) -> list[str]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self._fault(line, f"{key} is a list, e.g. [en, sw]")
            return []
        return [self._scalar(item, _line(item)) for item in node.value]

    def _scalar(self, node: yaml.Node, line: int) -> str:
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self._fault(line, "here a text is wanted, not a list or a block")
        return ""

    def _mapping(self, node: yaml.Node, allowed: frozenset[str] | None, what: str) -> Mapping[str, Entry]:
        """Key -> (node, line). A key used twice, unknown or not a text is a fault."""
        if not isinstance(node, yaml.MappingNode):
            self._fault(_line(node), f"here {what} is wanted, as a block of keys")
            return {}
        entries: dict[str, Entry] = {}
        for key_node, value in node.value:
            line = _line(key_node)
            key = self._scalar(key_node, line)
            if key in entries:
                self._fault(line, f"{key} is there twice; give one of them another {_another(key)}")
            elif allowed is not None and key not in allowed:
                self._fault(line, f"{key} has no meaning in {what}; use: {', '.join(sorted(allowed))}")
            else:
                entries[key] = (value, line)
        return entries

    def _fault(self, line: int, words: str) -> None:
        self.faults.append(Fault(line, "M01", self._screen, words))


def _another(key: str) -> str:
    return "number" if key.isdigit() else "name"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _reading_fault(source: str, error: yaml.YAMLError) -> Fault:
    if isinstance(error, yaml.reader.ReaderError):
        line = source.count("\n", 0, error.position) + 1
        return Fault(line, "M01", "", "there is an invisible control character; delete it and type the words again")
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 1
    return Fault(
        line, "M01", "", "cannot be read; put every text in quotes and check the brackets and the spaces before"
    )
