"""A day as people write it in an SMS: `25 Nov`, `Sat`, `kesho`, `25/11`. Pure; never in the past."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

#: Further ahead is a mistake, or next year's.
FURTHEST = timedelta(days=60)

_DAYS_FROM_TODAY: Mapping[str, int] = {
    "today": 0, "leo": 0,
    "tomorrow": 1, "tommorow": 1, "tomorow": 1, "tmrw": 1, "kesho": 1,
    "kesho kutwa": 2, "keshokutwa": 2, "day after tomorrow": 2, "mtondo": 3,
}  # fmt: skip
#: Monday is 0.
_WEEKDAYS: tuple[tuple[str, ...], ...] = (
    ("monday", "mon", "jumatatu", "j3"),
    ("tuesday", "tue", "tues", "jumanne", "j4"),
    ("wednesday", "wed", "jumatano", "j5"),
    ("thursday", "thu", "thur", "thurs", "alhamisi"),
    ("friday", "fri", "ijumaa"),
    ("saturday", "sat", "jumamosi", "jmosi", "j1"),
    ("sunday", "sun", "jumapili", "jpili", "j2"),
)
_MONTHS: tuple[tuple[str, ...], ...] = (
    ("january", "januari", "jan"),
    ("february", "februari", "feb"),
    ("march", "machi", "mar", "mac"),
    ("april", "aprili", "apr"),
    ("may", "mei"),
    ("june", "juni", "jun"),
    ("july", "julai", "jul"),
    ("august", "agosti", "aug", "ago"),
    ("september", "septemba", "sept", "sep"),
    ("october", "oktoba", "oct", "okt"),
    ("november", "novemba", "nov"),
    ("december", "desemba", "dec", "des"),
)

_WEEKDAY = {word: number for number, words in enumerate(_WEEKDAYS) for word in words}
_MONTH = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words}


def _one_of(words: Mapping[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_YEAR = r"(?:[\s,./-]+(?P<year>20\d\d|\d\d)(?!\d|[:.]\d))?"
_NUMERIC = re.compile(r"(?<!\d)(?P<day>\d{1,2})\s?[/.-]\s?(?P<month>1[0-2]|0?[1-9])(?!\d)" + _YEAR)
_DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+(?:of|ya))?[\s/.-]*(?P<month>{_one_of(_MONTH)})\b{_YEAR}"
)
_MONTH_DAY = re.compile(rf"\b(?P<month>{_one_of(_MONTH)})[\s/.-]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d){_YEAR}")
_FROM_TODAY = re.compile(rf"\b(?P<word>{_one_of(_DAYS_FROM_TODAY)})\b")
_ON_WEEKDAY = re.compile(rf"\b(?P<word>{_one_of(_WEEKDAY)})\b")
#: `tarehe 25`, `on the 25th`, or nothing but `25`.
_DAY_ALONE = re.compile(r"(?:\btarehe\s+|\bthe\s+|^\W*)(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d|\s?[:./-]\s?\d)")


def day_in(words: str, today: date) -> date | None:
    """The first day from today on that the words can mean; None where they name none within FURTHEST.

    `Sat` on a Saturday is next week's: for today people say so.
    """
    text = words.casefold().replace("'", "")
    for pattern in (_NUMERIC, _DAY_MONTH, _MONTH_DAY):
        if found := pattern.search(text):
            month = found["month"]
            return _on(int(found["day"]), _MONTH.get(month) or int(month), found["year"], today)
    if found := _FROM_TODAY.search(text):
        return today + timedelta(days=_DAYS_FROM_TODAY[found["word"]])
    if found := _ON_WEEKDAY.search(text):
        return today + timedelta(days=(_WEEKDAY[found["word"]] - today.weekday() - 1) % 7 + 1)
    if found := _DAY_ALONE.search(text):
        return _next_of_month(int(found["day"]), today)
    return None


def _on(day: int, month: int, year: str | None, today: date) -> date | None:
    years = (int(year) % 100 + 2000,) if year else (today.year, today.year + 1)
    return next((found for each in years if (found := _soon(each, month, day, today))), None)


def _next_of_month(day: int, today: date) -> date | None:
    following = (today.year, today.month + 1) if today.month < 12 else (today.year + 1, 1)
    months = ((today.year, today.month), following)
    return next((found for year, month in months if (found := _soon(year, month, day, today))), None)


def _soon(year: int, month: int, day: int, today: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if today <= found <= today + FURTHEST else None
