"""The county's 17 sub-counties and 85 wards: their codes, names and labels, and what people write for them."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["ward", "sub-county"]

#: The area that is the whole county.
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Ward:
    code: str
    name: str
    #: At most 22 septets: what screens and texts show.
    label: str
    subcounty_code: str


@dataclass(frozen=True, slots=True)
class Subcounty:
    code: str
    name: str


def _read() -> tuple[tuple[Subcounty, ...], tuple[Ward, ...]]:
    with (Path(__file__).parent / "data" / "wards.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    subcounties = dict.fromkeys(Subcounty(row["subcounty_code"], row["subcounty"]) for row in rows)
    wards = tuple(Ward(row["ward_code"], row["ward"], row["label"], row["subcounty_code"]) for row in rows)
    return tuple(subcounties), wards


SUBCOUNTIES, WARDS = _read()

_WARD_BY_CODE = {ward.code: ward for ward in WARDS}
_SUBCOUNTY_BY_CODE = {subcounty.code: subcounty for subcounty in SUBCOUNTIES}
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
#: `ward Kasarani`, `Kasarani sub-county`: the name says itself which it is.
_KIND_WORDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("sub-county", re.compile(r"^(sub[ -]?county|kaunti ndogo)\b( ya\b)?|\bsub[ -]?county$", re.IGNORECASE)),
    ("ward", re.compile(r"^(ward|wadi)\b( ya\b)?|\bward$", re.IGNORECASE)),
)


def wards_of(subcounty_code: str) -> tuple[Ward, ...]:
    """In the order of their codes; empty for an unknown sub-county."""
    return tuple(ward for ward in WARDS if ward.subcounty_code == subcounty_code)


def ward(code: str) -> Ward:
    """Raises KeyError for a code that is no ward's."""
    return _WARD_BY_CODE[code]


def subcounty(code: str) -> Subcounty:
    """Raises KeyError for a code that is no sub-county's."""
    return _SUBCOUNTY_BY_CODE[code]


def area_code(name_or_code: str, prefer: Kind = "ward") -> str | None:
    """The code of a ward or sub-county, or `*`; None if there is none of that name.

    Case and punctuation do not matter. `prefer` decides for a name that both have (Kasarani, Roysambu), unless the
    name itself says it: `ward Kasarani`, `sub-county Kasarani`.
    """
    given = name_or_code.strip()
    if given == EVERYWHERE:
        return EVERYWHERE
    if given in _WARD_BY_CODE or given in _SUBCOUNTY_BY_CODE:
        return given
    for kind, words in _KIND_WORDS:
        if words.search(given):
            return _CODES[kind].get(_key(words.sub("", given)))
    other: Kind = "sub-county" if prefer == "ward" else "ward"
    key = _key(given)
    return _CODES[prefer].get(key) or _CODES[other].get(key)


def nearest_name(name: str) -> str | None:
    """What somebody may have meant who wrote `name`."""
    close = difflib.get_close_matches(_key(name), _NAMES, n=1)
    return _NAMES[close[0]] if close else None


def _key(name: str) -> str:
    """`Dandora Area II`, `DANDORA AREA 2` and `dandora-area-ii` are one."""
    words = re.findall(r"[^\W_]+", name.casefold().replace("'", "").replace("\u2019", ""))
    if words:
        words[-1] = _ROMAN.get(words[-1], words[-1])
    return "".join(words)


_CODES: Mapping[Kind, Mapping[str, str]] = {
    "ward": {_key(name): ward.code for ward in WARDS for name in (ward.name, ward.label)},
    "sub-county": {_key(subcounty.name): subcounty.code for subcounty in SUBCOUNTIES},
}
_NAMES = {_key(name): name for name in (*(s.name for s in SUBCOUNTIES), *(w.name for w in WARDS))}
