"""Days as associations write them, in English, Kiswahili and numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.complaints import dates

#: A Sunday.
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("25 Nov", date(2026, 11, 25)),
        ("25th of November", date(2026, 11, 25)),
        ("25nov", date(2026, 11, 25)),
        ("Nov 25", date(2026, 11, 25)),
        ("November 25, 2026", date(2026, 11, 25)),
        ("tarehe 25 Novemba", date(2026, 11, 25)),
        ("25 ya Novemba", date(2026, 11, 25)),
        ("5 Desemba saa tatu asubuhi", date(2026, 12, 5)),
        ("5 January", date(2027, 1, 5)),
        ("25/11", date(2026, 11, 25)),
        ("25-11-2026", date(2026, 11, 25)),
        ("25.11.26", date(2026, 11, 25)),
        ("on 1/12 at 9am", date(2026, 12, 1)),
        ("25", date(2026, 11, 25)),
        ("the 25th", date(2026, 11, 25)),
        ("tarehe 3", date(2026, 12, 3)),
        ("22", TODAY),
        ("today", TODAY),
        ("Leo", TODAY),
        ("kesho", date(2026, 11, 23)),
        ("Tomorrow 9am", date(2026, 11, 23)),
        ("kesho kutwa", date(2026, 11, 24)),
        ("keshokutwa", date(2026, 11, 24)),
        ("the day after tomorrow", date(2026, 11, 24)),
        ("Sat", date(2026, 11, 28)),
        ("this Saturday", date(2026, 11, 28)),
        ("Jumamosi", date(2026, 11, 28)),
        ("J'mosi", date(2026, 11, 28)),
        ("alhamisi asubuhi", date(2026, 11, 26)),
        ("sun", date(2026, 11, 29)),
        ("Sat 28 Nov", date(2026, 11, 28)),
        ("Sat 10.30", date(2026, 11, 28)),
        ("Saturday 9:30", date(2026, 11, 28)),
    ],
)
def test_a_day_is_understood(words: str, day: date) -> None:
    assert dates.day_in(words, TODAY) == day


@pytest.mark.parametrize(
    "words",
    [
        "",
        "soon",
        "next year",
        "31/11",
        "32",
        "21 Nov",
        "25/11/2025",
        "25 Mei",
        "0/0",
        "99/99",
        "we come with 20 people",
    ],
)
def test_what_is_no_day_within_two_months_is_none(words: str) -> None:
    assert dates.day_in(words, TODAY) is None


@given(st.text(max_size=40), st.dates(min_value=date(2020, 1, 1), max_value=date(2100, 1, 1)))
def test_whatever_is_written_no_day_is_in_the_past_or_far_away(words: str, today: date) -> None:
    found = dates.day_in(words, today)

    assert found is None or today <= found <= today + dates.FURTHEST


@given(st.dates(min_value=date(2026, 1, 1), max_value=date(2030, 1, 1)), st.integers(min_value=0, max_value=60))
def test_any_day_that_is_near_can_be_written_in_numbers_or_words(today: date, ahead: int) -> None:
    day = date.fromordinal(today.toordinal() + ahead)

    assert dates.day_in(f"{day.day}/{day.month}", today) == day
    assert dates.day_in(f"{day:%d %B}", today) == day
