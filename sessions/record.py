"""What a session remembers between two hops: names and values, never positions or functions.

A record is enough to show its screen again, so a reply can always be made from it alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

#: Replies kept for late hops: more than a caller can have in the minute that a late hop may take.
REPLIES_KEPT = 12


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
    #: Lengths of the cumulative texts that were answered: where one answer ends and the next begins.
    heard: tuple[int, ...] = ()
    replies: tuple[Reply, ...] = ()
    #: The text whose effect is being worked on: no other answer may be taken meanwhile.
    claim: str | None = None
    ended: bool = False
    #: Something was answered that is worth continuing for when the call is cut off.
    begun: bool = False
    #: The unfinished session that the caller is asked about, as its record was; nothing else is shown meanwhile.
    draft: Mapping[str, Any] | None = None
    #: The journal could not be written: it must be before it may be trusted again.
    behind: bool = False

    def replied(self, text: str, body: str) -> Record:
        kept = (*self.replies, Reply(len(text), body))[-REPLIES_KEPT:]
        heard = (*self.heard, len(text))
        return replace(self, text=text, hop=self.hop + 1, heard=heard, replies=kept, claim=None)

    def rested(self, text: str) -> Record:
        """As the journal keeps it, after the answer that made `text` of what was typed."""
        return replace(self, text=text, heard=(*self.heard, len(text)), replies=(), claim=None, behind=False)

    @property
    def is_unfinished(self) -> bool:
        """Worth continuing: something was answered on the way, and it has not come to an end."""
        return self.begun and not self.ended

    def as_draft(self) -> Mapping[str, Any]:
        """What another session needs to go on from here."""
        return {**self.as_dict(), **_OF_ONE_CALL}

    def continued(self) -> Record:
        """This session, where the draft stood."""
        assert self.draft is not None  # noqa: S101
        left = Record.from_dict(self.draft)
        kept = {name: getattr(self, name) for name in ("sid", "began", "text", "hop", "heard", "replies", "behind")}
        return replace(left, **kept)

    def value_of(self, name: str) -> str | None:
        answer = self.answers.get(name)
        return answer.value if answer else None

    def left(self) -> Mapping[str, Any] | None:
        """What the caller may go on with when this call is cut off now: a draft."""
        return self.draft if self.draft is not None else self.as_draft() if self.is_unfinished else None

    def to_json(self) -> str:
        return _to_json(self.as_dict())

    def to_jsons(self) -> tuple[str, str | None]:
        """As it is, and what is `left`; what both have in common is written once."""
        if self.draft is not None or not self.is_unfinished:
            left = self.left()
            return self.to_json(), _to_json(left) if left else None
        own = _to_json({name: getattr(self, name) for name in _OF_ONE_CALL})
        common = _to_json({name: getattr(self, name) for name in _OF_ANY_CALL})[:-1]
        return f"{common},{own[1:]}", f"{common},{_NOTHING_OF_ONE_CALL}"

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _FIELDS}

    @classmethod
    def from_json(cls, blob: str | bytes) -> Record:
        return cls.from_dict(json.loads(blob))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Record:
        """Without what another version of the program may have added."""
        return cls(
            **{
                **{name: data[name] for name in _FIELDS if name in data},
                "trail": tuple(data["trail"]),
                "heard": tuple(data["heard"]),
                "answers": {name: Answer(*answer) for name, answer in data["answers"].items()},
                "shown": tuple(Shown(*line) for line in data["shown"]),
                "replies": tuple(Reply(*reply) for reply in data["replies"]),
            }
        )


_to_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode

_FIELDS = tuple(field.name for field in fields(Record))
#: What a draft does not keep.
_OF_ONE_CALL: Mapping[str, Any] = {
    "text": "",
    "hop": 0,
    "heard": (),
    "replies": (),
    "claim": None,
    "draft": None,
    "error": None,
}
_OF_ANY_CALL = tuple(name for name in _FIELDS if name not in _OF_ONE_CALL)
_NOTHING_OF_ONE_CALL = _to_json(_OF_ONE_CALL)[1:]
