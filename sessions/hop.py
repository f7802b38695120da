"""One request of the carrier: what the caller has typed so far in this session; and what kind of step it was."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Hop:
    """`text` is everything typed since the call began, joined with `*`; nothing in it is escaped."""

    sid: str
    #: E.164, for this request only; never stored in a session.
    phone: str
    #: Keyed hash of the phone: who the session belongs to.
    caller: str
    code: str
    #: What was dialled behind the short code (`*384*1972*1*2#` -> `1*2`), where the carrier leaves it in the code.
    dialled: str
    network: str
    text: str


class Kind(StrEnum):
    """What a hop turned out to be."""

    #: No session or no phone could be told, or neither store.
    UNREAD = "unread"
    FIRST = "first"
    NEXT = "next"
    #: An answer that does something: files a report, confirms.
    ACTION = "action"
    #: Answered before.
    REPEATED = "repeated"
    #: No continuation of what the session has heard.
    STRANGE = "strange"


@dataclass(slots=True)
class Course:
    """How one hop went, for whoever counts: nothing of the caller is in it."""

    kind: Kind = Kind.UNREAD
    #: The answer was that it cannot be done now.
    is_sorry: bool = False
    #: By a fault of ours.
    has_failed: bool = False
