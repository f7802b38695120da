"""What a session remembers between two hops: names and values, never positions or functions.

A record is enough to show its screen again, so a reply can always be made from it alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

#: Replies kept for late hops. A carrier's retry comes within seconds, so a few are enough.
REPLIES_KEPT = 4


class Answer(NamedTuple):
    value: str
    #: As shown to the caller; empty where the menu itself has the words for the value.
    label: str


class Shown(NamedTuple):
    """A line as it was sent: its number is a promise until the caller has answered."""

    number: str
    value: str
    label: str


class Reply(NamedTuple):
    #: Length of the cumulative text that it answered: that text is a prefix of every later one.
    length: int
    body: str


@dataclass(frozen=True, slots=True)
class Record:
    sid: str
    caller: str
    menu: str
    language: str
    began: float
    at: str = ""
    page: int = 0
    #: Word of the engine (`wrong`, `length`) that stands above the screen after a wrong answer.
    error: str | None = None
    #: Screens answered, for 0.
    trail: tuple[str, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    shown: tuple[Shown, ...] = ()
    #: Blanks that actions and fetches have given.
    known: Mapping[str, str] = field(default_factory=dict)
    #: The cumulative text that has been answered.
    text: str = ""
    hop: int = 0
    replies: tuple[Reply, ...] = ()
    #: The text whose effect is being worked on: no other answer may be taken meanwhile.
    claim: str | None = None
    ended: bool = False

    def replied(self, text: str, body: str) -> Record:
        kept = (*self.replies, Reply(len(text), body))[-REPLIES_KEPT:]
        return replace(self, text=text, hop=self.hop + 1, replies=kept, claim=None)

    def value_of(self, name: str) -> str | None:
        answer = self.answers.get(name)
        return answer.value if answer else None

    def to_json(self) -> str:
        return json.dumps(self.as_dict(), separators=(",", ":"), ensure_ascii=False)

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, blob: str | bytes) -> Record:
        return cls.from_dict(json.loads(blob))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Record:
        return cls(
            **{
                **data,
                "trail": tuple(data["trail"]),
                "answers": {name: Answer(*answer) for name, answer in data["answers"].items()},
                "shown": tuple(Shown(*line) for line in data["shown"]),
                "replies": tuple(Reply(*reply) for reply in data["replies"]),
            }
        )
