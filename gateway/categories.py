"""The 24 kinds of complaint, in their three groups: words in both languages, urgency, and who gets the job first."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    #: What a menu file may call it instead: `save: dumping`.
    name: str
    group: str
    english: str
    kiswahili: str
    #: Told to keep people away; first in an officer's list.
    urgent: bool
    #: Whoever reports it is asked whether anybody is in danger.
    asks_danger: bool
    #: The department that gets the job, e.g. county_env.
    owner: str

    def label(self, language: str) -> str:
        return self.kiswahili if language == "sw" else self.english


def _read() -> tuple[Category, ...]:
    with (Path(__file__).parent / "data" / "categories.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Category(
                code=row["code"],
                name=row["name"],
                group=row["group"],
                english=row["english"],
                kiswahili=row["kiswahili"],
                urgent=row["urgent"] == "yes",
                asks_danger=row["urgent"] in ("yes", "maybe"),
                owner=row["first_owner"],
            )
            for row in csv.DictReader(file)
        )


CATEGORIES = _read()
GROUPS = tuple(dict.fromkeys(category.group for category in CATEGORIES))
#: Every department that a category belongs to.
DEPARTMENTS = tuple(dict.fromkeys(category.owner for category in CATEGORIES))

_BY_NAME = {name: category for category in CATEGORIES for name in (category.code, category.name)}
#: Every code and name.
NAMES = frozenset(_BY_NAME)


def categories_of(group: str) -> tuple[Category, ...]:
    """In the order in which a menu shows them; empty for an unknown group."""
    return tuple(category for category in CATEGORIES if category.group == group)


def category(code: str) -> Category:
    """By its code, or by the name that a menu may use. Raises KeyError for an unknown one."""
    return _BY_NAME[code]
