"""Which part of Nairobi somebody means who was asked for the place, or who names it within a text.

A name is never made into a ward that was not meant: what several wards share is for the caller to choose, and what is
not certain, or not quite what was written, is only offered.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import combinations

from gateway import area_names, places
from gateway.area_names import NAMES, Named, key
from gateway.places import Subcounty, Ward


class Kind(StrEnum):
    WARD = "ward"
    WARDS = "wards"  # one of several
    SUBCOUNTIES = "subcounties"  # a ward of one of several
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    kind: Kind
    #: As we call it; what we do not know, as it was written.
    name: str
    #: To choose from: of a sub-county, all of its wards.
    wards: tuple[Ward, ...] = ()
    subcounties: tuple[Subcounty, ...] = ()
    #: Where it lies, if outside Nairobi.
    county: str | None = None
    #: Just this was written and there is no doubt about its ward: no need to ask.
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class FoundIn:
    """The area that a text names, and the rest of the text: the landmark."""

    found: Found
    rest: str


_LONGEST_TEXT = 1000
_LONGEST_NAME = 80
_LONGEST_NAME_WORDS = 5
#: Shorter words are like too many others.
_LEAST_LETTERS = 4
_ALIKE = 0.78
#: So much is hardly by chance.
_NEARLY = 0.88
_LONGEST_MISSPELT_WORDS = 3
#: Spellings that are this near to the best one are offered with it.
_AS_GOOD = 0.04

#: Names of areas that are ordinary words in most texts: "pipeline burst", "hospital waste".
_ORDINARY = re.compile(
    r"airport|base|community|globe|hospital|lucky|obama|olympic|pipeline|prestige|railways|satellite|savanna|seasons"
    r"|survey|town|\d+",
    re.IGNORECASE,
)
#: Names of half the city, which are no other name misspelt.
_TOO_WIDE = frozenset({"eastlands", "eastland"})
_NEAR_WORDS = (
    "karibu na|karibu ya|kando ya|mbele ya|nyuma ya|near to|near|nearby|next to|opposite|opp|behind|close to|around|off"
)
_NEAR = re.compile(rf"^({_NEAR_WORDS})\b\W*", re.IGNORECASE)
_ENDS_NEAR = re.compile(rf"\b({_NEAR_WORDS})\W*$", re.IGNORECASE)
_BEFORE_A_NAME = re.compile(r"^(in|at|from|huko|mtaa wa|mtaa|eneo la|estate ya)\b\W*", re.IGNORECASE)
_AFTER_A_NAME = re.compile(r"\W*\b(estate|area|mtaa|slums?|nairobi|kenya)\W*$", re.IGNORECASE)
_LEADS_TO_A_NAME = re.compile(r"\b(in|at|from|huko|katika|mtaa wa|eneo la)\W*$", re.IGNORECASE)
_WARD_WORD = re.compile(r"^(ward|wadi)( ya)?\b|\b(ward|wadi)$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['\u2018\u2019`\u00b4-][^\W_]+)*")


def find(text: str) -> Found:
    """What `text` means as the answer to "which estate or area?"."""
    words = " ".join(text.split())
    if len(words) > _LONGEST_NAME:
        return Found(Kind.UNKNOWN, words)
    if ward := _WARDS_BY_NAME.get(key(_WARD_WORD.sub("", words))) if _WARD_WORD.search(words) else None:
        return Found(Kind.WARD, ward.label, (ward,), is_sure=True)
    for reading in (words, alone := _BEFORE_A_NAME.sub("", words), bare := _AFTER_A_NAME.sub("", alone)):
        if named := NAMES.get(key(reading)):
            return _found(named)
    beyond = _NEAR.sub("", bare)
    if beyond != bare and (named := NAMES.get(key(beyond))):
        return replace(_found(named), is_sure=False)
    return _misspelt(key(beyond))[1] or Found(Kind.UNKNOWN, words)


def find_in(text: str) -> FoundIn:
    """The area that a whole message names, and what is left of it.

    What stands behind "near" is rather the landmark, and an ordinary word rather no name, unless there is nothing else.
    """
    text = " ".join(text[:_LONGEST_TEXT].split())
    words = list(_WORD.finditer(text))
    spans = list(_spans(text, words))
    if not spans:
        return _misspelt_in(text, words)
    first = min(spans, key=lambda span: (span.doubts, span.start))
    found = _found(first.named)
    for other in spans:
        # "South B Hazina": the smaller area says which ward of the larger is meant.
        common = [ward.code for ward in found.wards if ward.code in other.named.wards]
        if other is not first and not other.doubts and 0 < len(common) < len(found.wards):
            found = _found(Named(other.named.name, {code: other.named.wards[code] for code in common}))
    found = replace(found, is_sure=found.is_sure and not first.doubts)
    if found.is_sure and (rather := _rather(text, words, first, found)):
        # "Huruma unda" is Huruma, or Huruma Runda, which is elsewhere.
        found = replace(
            found, wards=tuple(dict.fromkeys([*rather.wards, *found.wards])), kind=Kind.WARDS, is_sure=False
        )
    return FoundIn(found, _without(text, first.start, first.end))


@dataclass(frozen=True, slots=True)
class _Span:
    """A name within a text."""

    named: Named
    start: int
    end: int
    #: Reasons why it may not be meant as the area.
    doubts: int


def _spans(text: str, words: list[re.Match[str]]) -> Iterator[_Span]:
    """The longest name at each place, none within another."""
    at = 0
    while at < len(words):
        for count in range(min(_LONGEST_NAME_WORDS, len(words) - at), 0, -1):
            start, end = words[at].start(), words[at + count - 1].end()
            if named := NAMES.get(key(text[start:end])):
                is_ordinary = _ORDINARY.fullmatch(text[start:end]) is not None
                is_behind_near = bool(_ENDS_NEAR.search(text[:start]))
                yield _Span(named, start, end, 2 * is_ordinary + is_behind_near)
                at += count - 1
                break
        at += 1


def _rather(text: str, words: list[re.Match[str]], named: _Span, found: Found) -> Found | None:
    """A longer name around this one that is nearly what was written, and in another ward."""
    for start, end in combinations(range(len(words) + 1), 2):
        left, right = words[start].start(), words[end - 1].end()
        if end - start > _LONGEST_MISSPELT_WORDS or not (left <= named.start and named.end <= right):
            continue
        written = key(text[left:right])
        ratio, other = _misspelt(written) if written not in NAMES else (0, None)
        if other and ratio >= _NEARLY and not set(other.wards) <= set(found.wards):
            return other
    return None


def _misspelt_in(text: str, words: list[re.Match[str]]) -> FoundIn:
    """A text that begins with something like a name; elsewhere too many words are like some name."""
    beginnings = [(words[0].start(), last.end()) for last in words[:3]]
    likeness = {span: _misspelt(key(text[span[0] : span[1]])) for span in beginnings}
    best = max(beginnings, key=lambda span: likeness[span][0], default=None)
    found = likeness[best][1] if best else None
    return FoundIn(found, _without(text, *best)) if best and found else FoundIn(Found(Kind.UNKNOWN, ""), text)


def _without(text: str, start: int, end: int) -> str:
    before = _LEADS_TO_A_NAME.sub("", text[:start])
    return " ".join(f"{before} {text[end:]}".split()).strip(" ,.;:-")


def _found(named: Named) -> Found:
    subcounties = tuple(places.subcounty(code) for code in named.subcounties)
    if named.county is not None:
        return Found(Kind.OUTSIDE, named.name, county=named.county)
    if len(subcounties) > 1:
        return Found(Kind.SUBCOUNTIES, named.name, subcounties=subcounties)
    codes = dict.fromkeys(ward.code for one in subcounties for ward in places.wards_of(one.code))
    wards = tuple(places.ward(code) for code in codes | dict.fromkeys(named.wards))
    if len(wards) > 1:
        return Found(Kind.WARDS, named.name, wards, subcounties)
    return Found(Kind.WARD, named.name, wards, is_sure=named.wards[wards[0].code] == area_names.HIGH)


@lru_cache(maxsize=4096)
def _misspelt(wanted: str) -> tuple[float, Found | None]:
    """The names that are most like it, as one, and how like they are; they are never sure."""
    if not _LEAST_LETTERS <= len(wanted) <= _LONGEST_NAME or wanted in _TOO_WIDE:
        return 0, None
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    ratios: dict[str, float] = {}
    for name in _candidates(wanted):
        matcher.set_seq1(name)
        if matcher.quick_ratio() >= _ALIKE and (ratio := matcher.ratio()) >= _ALIKE:
            ratios[name] = ratio
    if not ratios:
        return 0, None
    best = max(ratios.values())
    ranked = sorted(ratios, key=lambda name: -ratios[name])
    like = [NAMES[name] for name in ranked if ratios[name] >= best - _AS_GOOD]
    inside = [one for one in like if one.county is None]
    if not inside:
        return best, _found(like[0])
    together = Named(inside[0].name)
    for one in inside:
        together.wards |= one.wards
        together.subcounties = list(dict.fromkeys([*together.subcounties, *one.subcounties]))
    return best, replace(_found(together), is_sure=False)


def _candidates(wanted: str) -> Iterator[str]:
    """Names of about that length that share two letters in a row with it, twice: all that can be alike, quickly."""
    shared: defaultdict[str, int] = defaultdict(int)
    for pair in _pairs(wanted):
        for name in _BY_PAIR.get(pair, ()):
            shared[name] += 1
    for name, count in shared.items():
        if abs(len(name) - len(wanted)) <= 2 and count >= min(2, len(wanted) - 3):
            yield name


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name) - 1)}


def _by_pair() -> Mapping[str, list[str]]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name in NAMES:
        if len(name) >= _LEAST_LETTERS:
            for pair in _pairs(name):
                names[pair].append(name)
    return names


_BY_PAIR = _by_pair()
_WARDS_BY_NAME = {key(name): ward for ward in places.WARDS for name in (ward.name, ward.label)}
