"""Which estates of its ward a landmark names."""

from __future__ import annotations

import re
from itertools import combinations

from gateway import area_names, places

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_LONGEST_NAME_WORDS = 5


def named_in(landmark: str, ward: str) -> frozenset[str]:
    """Their keys; never the ward itself, which says nothing about where in the ward, nor what several wards share."""
    words = _WORD.findall(landmark)[:40]
    spans = (
        words[start:end] for start, end in combinations(range(len(words) + 1), 2) if end - start <= _LONGEST_NAME_WORDS
    )
    return frozenset(key for span in spans if _is_estate(key := area_names.key(" ".join(span)), ward))


def _is_estate(key: str, ward: str) -> bool:
    named = area_names.NAMES.get(key)
    return named is not None and list(named.wards) == [ward] and key not in area_names.key(places.ward(ward).name)
