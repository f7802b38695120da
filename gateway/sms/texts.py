"""Every text of an SMS, English and Kiswahili side by side in phrases.csv: key and values in, one GSM-7 part out.

No value can break a text: each blank has a width, foreign characters are simplified, and where the whole is still
longer than one part the words that people wrote themselves (landmark, note) give way first.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from menus import gsm7

LANGUAGES = ("en", "sw")

#: The widest each blank may be, in septets. What is useless when cut (ref, code, sms, due) has room for its longest
#: form.
WIDTHS: Mapping[str, int] = {
    "agency": 14,
    "alike": 76,
    "answer": 80,
    "area": 22,
    "category": 24,
    "choices": 105,
    "code": 14,
    "count": 4,
    "county": 14,
    "day": 10,
    "due": 16,
    "due24": 3,
    "fixed": 4,
    "followed": 4,
    "hours": 4,
    "landmark": 30,
    "late": 4,
    "left": 18,
    "list": 50,
    "minutes": 3,
    "note": 30,
    "officer": 14,
    "parent": 12,
    "phone": 13,
    "pin": 6,
    "promise": 3,
    "question": 70,
    "reason": 30,
    "ref": 12,
    "reopen": 9,
    "reopened": 3,
    "reported": 4,
    "since": 16,
    "sms": 14,
    "state": 28,
    "today": 3,
    "verb": 12,
    "verify": 9,
    "waiting": 3,
    "ward": 22,
    "ward1": 22,
    "ward2": 22,
}
#: What is shortened when a text would need a second part, in this order.
_ELASTIC = ("landmark", "note", "reason", "answer", "question", "list", "area", "category", "ward", "state", "officer")
_LEAST_WIDTH = 8

_BLANK = re.compile(r"\{(\w+)\}")
_SPACES = re.compile(r"\s+")


def _read(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["key"]: {"en": row["english"], "sw": row["kiswahili"]} for row in csv.DictReader(file)}


PHRASES: Mapping[str, Mapping[str, str]] = _read(Path(__file__).resolve().parent.parent / "data" / "phrases.csv")


def blanks(phrase: str, language: str) -> frozenset[str]:
    """The names that `render` needs values for."""
    return frozenset(_BLANK.findall(PHRASES[phrase][language]))


def render(phrase: str, language: str, values: Mapping[str, object]) -> str:
    """At most 160 septets of GSM-7, whatever the values. Raises KeyError for an unknown phrase or a missing value."""
    template = PHRASES[phrase][language]
    filled = {name: gsm7.cut(_tidy(values[name]), WIDTHS[name]) for name in _BLANK.findall(template)}
    text = _fill(template, filled)
    for name in _ELASTIC:
        excess = gsm7.septets(text) - gsm7.SMS_ONE_PART
        if excess <= 0:
            break
        if name in filled:
            uses = template.count(f"{{{name}}}")
            width = gsm7.septets(filled[name]) - -(-excess // uses)
            filled[name] = gsm7.cut(filled[name].removesuffix(".."), max(_LEAST_WIDTH, width))
            text = _fill(template, filled)
    return text


def span(length: timedelta, language: str) -> str:
    """`3 days`, or `siku 3`; in hours where it is no whole number of days (9 septets at most)."""
    hours = max(1, round(length / timedelta(hours=1)))
    number, english, kiswahili = (hours // 24, "day", "siku") if hours % 24 == 0 else (hours, "hour", "saa")
    return f"{kiswahili} {number}" if language == "sw" else f"{number} {english}{'s' if number > 1 else ''}"


def _tidy(value: object) -> str:
    """One line of the basic alphabet, without the full stop that the text itself will put."""
    return _SPACES.sub(" ", gsm7.plain(str(value))).strip().rstrip(".,;")


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda blank: values[blank[1]], template)
