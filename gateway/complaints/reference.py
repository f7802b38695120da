"""References: random digits and a Damm check digit, so that no single wrong digit, and no swap of two neighbours,
ever names another complaint. Text, not numbers: a leading zero counts, and they grow with the number of complaints.
"""

from __future__ import annotations

import secrets

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from gateway.models import Complaint

#: Six random digits and the check digit.
SHORTEST = 7
#: As wide as the column.
LONGEST = 12

# Row: what has been read so far. Column: the next digit. A valid reference ends at 0.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    """`572` -> `4`."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def is_valid(digits: str) -> bool:
    """Whether these can be a reference at all; says nothing about whether there is such a complaint."""
    # isdigit() alone is true of digits of other scripts.
    can_be = digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST
    return can_be and check_digit(digits) == "0"


def new(session: Session) -> str:
    """A reference that no complaint has. Another transaction may take it first: the unique column decides."""
    random_digits = longest(session) - 1
    while True:
        digits = str(secrets.randbelow(10**random_digits)).zfill(random_digits)
        reference = digits + check_digit(digits)
        if not session.scalar(select(exists().where(Complaint.reference == reference))):
            return reference


def longest(session: Session) -> int:
    """How many digits a new reference has: one more before a tenth of a length is used.

    From the highest id, which is never below the number of complaints: counting them by length would read the whole
    table at each report.
    """
    filed = session.scalar(select(func.max(Complaint.id))) or 0
    length = SHORTEST
    while filed >= 10 ** (length - 2) - 1 and length < LONGEST:
        filed -= 10 ** (length - 2) - 1
        length += 1
    return length
