"""Every name by which people call a part of Nairobi, and towns beyond the county: what each stands for.

Read once, from the files in `data/`. A name of several wards keeps them all: which one is meant is for people to say.
"""

from __future__ import annotations

import csv
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway import places

HIGH, MEDIUM, LOW = "high", "medium", "low"

#: Of a number at the end of a name: `Umoja II`, `Umoja two` and `umoja mbili` are `umoja 2`.
_NUMBERS = {
    word: str(number)
    for number, words in enumerate(
        (("i", "one", "moja"), ("ii", "two", "mbili"), ("iii", "three", "tatu"), ("iv", "four", "nne")), start=1
    )
    for word in words
}
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'\u2018\u2019`\u00b4")


@dataclass(slots=True)
class Named:
    """What one name stands for."""

    name: str
    #: Ward code -> confidence.
    wards: dict[str, str] = field(default_factory=dict)
    subcounties: list[str] = field(default_factory=list)
    #: Where it lies, if outside Nairobi.
    county: str | None = None


def key(name: str) -> str:
    """`South B`, `SOUTH-B`, `southb` are one, and so are `Ng'ando` and `ngando`, `Area II` and `area 2`."""
    words = _WORD.findall(name.translate(_APOSTROPHES).casefold())
    if words:
        words[-1] = _NUMBERS.get(words[-1], words[-1])
    return "".join(words)


def _shown(alias: str) -> str:
    """`ng'ando` -> `Ng'ando`, `cbd` -> `CBD`."""
    return " ".join(_capital(word) for word in alias.split())


def _capital(word: str) -> str:
    return string.capwords(word) if set(word) & set("aeiouy") else word.upper()


def _rows(file_name: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / "data" / file_name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _read() -> Mapping[str, Named]:
    names: dict[str, Named] = {}

    def named(alias: str) -> Named:
        return names.setdefault(key(alias), Named(_shown(alias)))

    for row in _rows("outside_nairobi.csv"):
        named(row["alias"]).county = row["county"]
    for row in _rows("aliases.csv"):
        code = places.area_code(row["ward"])
        if code is None:
            raise ValueError(f"aliases.csv: there is no ward {row['ward']}")
        named(row["alias"]).wards.setdefault(code, row["confidence"])
    for ward in places.WARDS:
        for name in (ward.name, ward.label):
            one = named(name)
            one.name = ward.label
            # Where people also use the name for parts of other wards, the file says so.
            one.wards = one.wards or {ward.code: HIGH}
    for row in _rows("subcounty_aliases.csv"):
        one = named(row["alias"])
        if row["subcounty_code"] not in one.subcounties:
            one.subcounties.append(row["subcounty_code"])
    return names


NAMES = _read()
