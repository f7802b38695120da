"""How pressing a complaint is. It only ever rises: by its category, by being reopened, by how many people report it."""

from __future__ import annotations

URGENT, HIGH, NORMAL = "urgent", "high", "normal"

#: The most pressing first.
ORDER = (URGENT, HIGH, NORMAL)

#: From how many people on a complaint is at least this pressing.
THRESHOLDS = ((20, URGENT), (5, HIGH))


def higher(one: str, other: str) -> str:
    return min(one, other, key=ORDER.index)


def with_people(priority: str, people: int) -> str:
    """What the number of people makes of it."""
    return next((higher(priority, reached) for least, reached in THRESHOLDS if people >= least), priority)
