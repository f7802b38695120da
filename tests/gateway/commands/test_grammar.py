"""What people write is understood, or kept from doing anything.

corpus.csv is for everybody to extend, with a spreadsheet: what somebody wrote, then the verb that it is read as (empty
if it is no command), the numbers (`!` before one with a wrong digit), the other words, the language of the keyword (en,
sw), and of a report its group and category, as far as the words tell.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.commands.grammar import parse
from gateway.commands.keywords import KEYWORDS
from gateway.complaints import reference

#: Fewer would be a file that somebody emptied.
LEAST_ROWS = 300

with (Path(__file__).parent / "corpus.csv").open(encoding="utf-8", newline="") as _file:
    CORPUS = list(csv.DictReader(_file))


def test_the_corpus_is_large() -> None:
    assert len({row["text"] for row in CORPUS}) >= LEAST_ROWS


SIX_DIGITS = st.text("0123456789", min_size=6, max_size=6)
REFERENCES = SIX_DIGITS.map(lambda digits: digits + reference.check_digit(digits))


@pytest.mark.parametrize("row", CORPUS, ids=[row["text"] for row in CORPUS])
def test_a_text_is_understood_as_the_corpus_says(row: dict[str, str]) -> None:
    command = parse(row["text"])

    refs = " ".join([*command.references, *(f"!{digits}" for digits in command.invalid_references)])
    assert row == {
        "text": row["text"],
        "verb": command.verb or "",
        "refs": refs,
        "note": command.note or "",
        "language": command.language or "",
        "group": command.group or "",
        "category": command.category or "",
    }


@given(REFERENCES, st.data())
def test_spaces_inside_a_reference_do_not_matter(digits: str, data: st.DataObject) -> None:
    spaces = data.draw(st.lists(st.sampled_from(["", " ", "-", ". "]), min_size=7, max_size=7))
    written = "".join(digit + space for digit, space in zip(digits, spaces, strict=True))

    assert parse(f"ACK {written}").references == (digits,)
    assert parse(f"{written} ack").references == (digits,)


@given(REFERENCES, st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_names_no_complaint(digits: str, at: int, by: int) -> None:
    wrong = digits[:at] + str((int(digits[at]) + by) % 10) + digits[at + 1 :]

    for text in (f"DONE {wrong} cleared by truck", f"DONE {wrong[:3]} {wrong[3:]} 12 trucks came", f"{wrong} DONE"):
        command = parse(text)
        assert (command.references, command.invalid_references) == ((), (wrong,)), text


@given(REFERENCES, st.integers(0, 5))
def test_two_swapped_digits_name_no_complaint(digits: str, at: int) -> None:
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]

    command = parse(f"YES {swapped}")

    assert command.references == ((digits,) if swapped == digits else ())
    assert command.invalid_references == (() if swapped == digits else (swapped,))


def test_longer_references_are_joined_once_they_exist() -> None:
    longer = "4821753" + reference.check_digit("4821753")

    assert parse(f"ACK {longer[:3]} {longer[3:7]} {longer[7:]}", longest=8).references == (longer,)
    assert parse(f"ACK {longer}").references == (longer,)


@given(st.text(max_size=300))
def test_no_text_fails(text: str) -> None:
    command = parse(text)

    assert all(reference.is_valid(digits) for digits in command.references)
    assert not any(reference.is_valid(digits) for digits in command.invalid_references)


@pytest.mark.parametrize(
    "text",
    [
        "\x00DONE\x00 4821759\x00",
        "DONE \U0001f69b 4821759 \U0001f69b",
        "DONE" + " " * 10_000 + "4821759",
        "DONE 4821759 " + "1 " * 5_000,
        "DONE 4821759 " + "truck " * 2_000,
    ],
)
def test_odd_and_long_texts_are_read_like_any_other(text: str) -> None:
    command = parse(text)

    assert (command.verb, command.references) == ("DONE", ("4821759",))


@pytest.mark.parametrize("text", ["", "\x00", "\U0001f44d", "!" * 10_000, "7" * 10_000, "a" * 10_000, "٤٨٢١٧٥٩"])
def test_what_says_nothing_is_no_command(text: str) -> None:
    assert parse(text).verb is None


@pytest.mark.parametrize(("text", "leaning"), [("Yes I have a problem", "YES"), ("La hasha sijui", "NO")])
def test_a_yes_or_no_that_runs_on_is_none_without_a_number(text: str, leaning: str) -> None:
    command = parse(text)

    assert (command.verb, command.leaning) == (None, leaning)


@pytest.mark.parametrize("text", ["No! Still there", "NO\nstill there", "no it is still there", "NO 4821759 we see it"])
def test_a_no_that_goes_on_about_it_is_a_no(text: str) -> None:
    assert parse(text).verb == "NO"


def test_no_keyword_is_one_letter_from_reopening() -> None:
    assert "fungua" not in KEYWORDS
