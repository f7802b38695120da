"""Whether two landmarks, as people typed them, may be one place. Pure, and the same on every database.

Compared without case, accents, punctuation and words such as "near" and "karibu na", by the share of groups of
three letters that they have in common.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: From here on two landmarks are alike.
ALIKE = 0.4

_WORD = re.compile(r"[^\W_]+")
#: Say where it is seen from, not what it is. Longer ones first.
_RELATIONS = re.compile(
    r"\b(?:karibu na|karibu ya|karibu|pale kwa|nyuma ya|mbele ya|kando ya|kando na|mkabala na|mkabala wa|juu ya|"
    r"chini ya|ndani ya|upande wa|baada ya|kabla ya|kule|hapo|hapa|pale|katika|"
    r"next to|close to|adjacent to|in front of|across from|opposite|opp|behind|beside|near to|near by|nearby|near|nr|"
    r"around|along|outside|inside|after|before|just|at|by|the)\b"
)
#: Hold words together.
_LINKS = frozenset(("ya", "la", "wa", "za", "cha", "vya", "na", "kwa", "of", "and"))
#: Written in more than one way; the short one, because what is common says little.
_SHORT = {
    "apartments": "apts",
    "avenue": "ave",
    "center": "ctr",
    "centre": "ctr",
    "hospital": "hosp",
    "market": "mkt",
    "primary": "pri",
    "road": "rd",
    "saint": "st",
    "school": "sch",
    "secondary": "sec",
    "station": "stn",
    "street": "st",
}


@lru_cache(maxsize=4096)
def normalised(landmark: str) -> str:
    """`Near St. Mary's School` -> `st marys sch`; nothing is left out if nothing else would be left."""
    letters = unicodedata.normalize("NFKD", landmark.casefold().replace("'", "").replace("\u2019", ""))
    plain = " ".join(_WORD.findall("".join(c for c in letters if not unicodedata.combining(c))))
    bare = [word for word in _RELATIONS.sub(" ", plain).split() if word not in _LINKS] or plain.split()
    return " ".join(_SHORT.get(word, word) for word in bare)


@lru_cache(maxsize=4096)
def trigrams(landmark: str) -> frozenset[str]:
    """Of each word with two blanks before it and one behind, so that its beginning counts most."""
    padded = (f"  {word} " for word in normalised(landmark).split())
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))


def similarity(one: str, other: str) -> float:
    """From 0 to 1. Stage 2 is not stage 3: 0 where both name numbers, and none in common."""
    numbers, others = _numbers(one), _numbers(other)
    if numbers and others and not numbers & others:
        return 0.0
    first, second = trigrams(one), trigrams(other)
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared) if shared else 0.0


@lru_cache(maxsize=4096)
def _numbers(landmark: str) -> frozenset[str]:
    return frozenset(word for word in normalised(landmark).split() if word[0].isdigit())
