"""What the cumulative text says about a hop: a retry, a late one, a new answer, or something strange. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from sessions.record import Record


@dataclass(frozen=True, slots=True)
class Replied:
    """This text has been answered already: a retry, or a hop that comes late."""

    body: str


@dataclass(frozen=True, slots=True)
class Late:
    """This text was answered before, with a reply that is not at hand any more."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What was typed since the last answer. None: nothing yet, the session is at its beginning."""

    tail: str | None


@dataclass(frozen=True, slots=True)
class Strange:
    """No continuation of what this session has heard."""


def read(record: Record, text: str) -> Replied | Late | Fresh | Strange:
    """Splitting at `*` would be wrong here: people type it, and nothing escapes it."""
    if text == record.text:
        return Replied(record.replies[-1].body) if record.replies else Fresh(None)
    if record.text.startswith(text):
        for reply in reversed(record.replies):
            if reply.length == len(text):
                return Replied(reply.body)
        return Late()
    if not record.text:
        return Fresh(text)
    if text.startswith(record.text + "*"):
        return Fresh(text[len(record.text) + 1 :])
    return Strange()
