from __future__ import annotations

import pytest
from sqlalchemy import inspect

from gateway.complaints import reference
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Complaint
from tests.gateway import cast

KNOWN = ("5724", "4821759", "4820019", "3186408", "1042735")


def test_the_check_digit_is_that_of_the_published_examples() -> None:
    assert [digits[:-1] + reference.check_digit(digits[:-1]) for digits in KNOWN] == list(KNOWN)


def test_every_single_wrong_digit_and_every_swap_of_neighbours_is_found() -> None:
    for digits in KNOWN[1:]:
        wrong = {digits[:i] + d + digits[i + 1 :] for i in range(7) for d in "0123456789"}
        wrong |= {digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(6)}
        assert [other for other in wrong if reference.is_valid(other)] == [digits]


def test_what_is_no_row_of_digits_is_no_reference() -> None:
    for given in ("", "572", "5724", "482175", "48217 59", "٤٨٢١٧٥٩", "4821759x", "0" * 13):
        assert not reference.is_valid(given), given


@pytest.mark.parametrize(("filed", "length"), [(0, 7), (99_998, 7), (99_999, 8), (1_099_997, 8), (1_099_998, 9)])
def test_references_grow_by_a_digit_before_a_tenth_of_them_is_used(
    database: Database, settings: Settings, filed: int, length: int
) -> None:
    with database.transaction() as session:
        complaint = cast.file_complaint(session, settings)
        columns = {column.key: getattr(complaint, column.key) for column in inspect(Complaint).columns}
        if filed:
            session.add(Complaint(**columns | {"id": filed, "filed_by": "another", "reference": "1042735"}))
            session.flush()
        made = reference.new(session)

        assert (len(made), reference.is_valid(made)) == (length, True)
