"""Public holidays of Kenya: those of every year, those that follow Easter or the moon, and Sundays that move on."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta

import pytest

from gateway import holidays
from gateway.config import ROOT

#: All of some years; in 2027 two are on a Sunday, in 2033 it is Idd-ul-Fitr, Labour Day and Christmas.
YEARS = {
    2026: "01-01 03-20 04-03 04-06 05-01 06-01 10-10 10-20 12-12 12-25 12-26",
    2027: "01-01 03-09 03-26 03-29 05-01 06-01 10-10 10-11 10-20 12-12 12-13 12-25 12-26 12-27",
    2033: "01-01 01-02 01-03 04-15 04-18 05-01 05-02 06-01 10-10 10-20 12-12 12-23 12-25 12-26 12-27",
}


@pytest.mark.parametrize("year", YEARS)
def test_the_holidays_of_a_year(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=after) for after in range(365)]

    assert [f"{day:%m-%d}" for day in days if holidays.is_holiday(day)] == YEARS[year].split()


def test_every_row_of_the_table_names_a_day_in_one_of_the_three_ways() -> None:
    with (ROOT / "gateway" / "data" / "holidays.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    for row in rows:
        day = row["day"]
        if not re.fullmatch(r"easter[+-]\d+", day):
            # 2028 has a 29 February.
            date.fromisoformat(day if len(day) == len("2028-01-01") else f"2028-{day}")
        assert row["name"]
    assert len({row["day"] for row in rows}) == len(rows)
