"""Where a session stands when its row may lack answers, so that nobody knows where a free text ended. Pure.

In `5*Chiefs camp*1` a text screen may have taken "Chiefs camp", and the next screen 1; or all of it is one landmark.
Every way to deal it is tried. If they end in different places, the caller is asked again where they part: at the first
text with more than one token behind it, since up to there every answer is one token. Nothing is done on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from menus.program import Program
from sessions.deal import MenuOf, Recall, takes_all
from sessions.ports import Facts
from sessions.record import Record
from sessions.step import Stepped, settle, step

#: More than a caller can answer in a call. What would need more is asked again: that is never wrong.
_MOST_STEPS = 200


def certain(
    menu_of: MenuOf, place: Record, text: str, tail: str, facts: Facts, program: Program, recall: Recall
) -> Record:
    """`place`, or a state behind it, from which `deal` cannot cut what is left of `text` wrongly; `tail` is left now.

    Of a text that has to be asked again nothing is left.
    """
    ways = _Ways(menu_of, facts, program, recall)
    record, tokens, done = place, tail.split("*"), frozenset[str]()
    while len(tokens) > 1 and not record.ended and not takes_all(menu_of(record.menu), record):
        moved = ways.moved(record, ways.step(record, tokens[0]), done)
        if moved is None:
            return place
        (record, done), tokens = moved, tokens[1:]
    if len(tokens) == 1 or record.ended:
        return place
    ends = ways.ends(record, tokens, done)
    first = next(ends, None)
    if first is None or any(end is None or end.stepped != first.stepped for end in ends):
        return replace(record, text=text)
    return replace(first.before, text=text[: -len(first.answer) - 1])


@dataclass(frozen=True, slots=True)
class _End:
    before: Record
    #: The last one.
    answer: str
    stepped: Stepped


@dataclass(slots=True)
class _Ways:
    menu_of: MenuOf
    facts: Facts
    program: Program
    recall: Recall
    steps_left: int = _MOST_STEPS

    def ends(self, record: Record, tokens: Sequence[str], done: frozenset[str]) -> Iterator[_End | None]:
        """Of every way that is possible; None for those that were not followed."""
        most = len(tokens) if takes_all(self.menu_of(record.menu), record) else 1
        for count in range(most, 0, -1):
            if not self.steps_left:
                yield None
                return
            self.steps_left -= 1
            answer, rest = "*".join(tokens[:count]), tokens[count:]
            stepped = self.step(record, answer)
            if not rest:
                if self._has_done_all(stepped, done):
                    yield _End(record, answer, stepped)
            elif (moved := self.moved(record, stepped, done)) and not moved[0].ended:
                # Nothing is typed behind an end.
                yield from self.ends(moved[0], rest, moved[1])

    def step(self, record: Record, answer: str) -> Stepped:
        return step(self.menu_of(record.menu), record, answer, self.facts, self.program)

    def moved(self, before: Record, stepped: Stepped, done: frozenset[str]) -> tuple[Record, frozenset[str]] | None:
        """Where the next answer finds it, and what it has done. None: what was never done has nothing behind it."""
        if stepped.effect is None:
            return stepped.record, done
        first = self.recall(before.at)
        if first is None:
            return None
        menu = self.menu_of(stepped.record.menu)
        return settle(menu, stepped.record, stepped.effect, first, self.facts), done | {before.at}

    def _has_done_all(self, stepped: Stepped, done: frozenset[str]) -> bool:
        """A session that has done something at a screen cannot stand before it."""
        record = stepped.record
        if stepped.effect is not None or record.ended or record.draft is not None or record.at in done:
            return True
        may_do = any(option.do for option in self.menu_of(record.menu).screens[record.at].options)
        return not may_do or self.recall(record.at) is None
