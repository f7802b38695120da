"""Kenya's public holidays, on which no working time passes. The promise to residents knows none.

A row of `data/holidays.csv` is a day of every year (`06-01`), one counted from Easter Sunday (`easter-2`) or one that
the Gazette names (`2027-03-09`): Idd-ul-Fitr, whose day the moon decides, and days of mourning or of elections.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

from dateutil.easter import easter


def _read() -> frozenset[str]:
    with (Path(__file__).parent / "data" / "holidays.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["day"] for row in csv.DictReader(file))


_DAYS = _read()


def is_holiday(day: date) -> bool:
    """Of a holiday on a Sunday the next day that is none itself is one (Public Holidays Act, Cap. 110)."""
    sunday = day - timedelta(days=day.isoweekday())
    return _is_named(day) or all(_is_named(sunday + timedelta(days=later)) for later in range(day.isoweekday()))


def _is_named(day: date) -> bool:
    from_easter = (day - easter(day.year)).days
    return not _DAYS.isdisjoint((f"{day:%m-%d}", day.isoformat(), f"easter{from_easter:+d}"))
