"""Amounts as the carrier writes them: `KES 0.8000`."""

from __future__ import annotations

import re
from decimal import Decimal

_AMOUNT = re.compile(r"([A-Z]{3})\s*(-?[0-9]{1,12}(?:\.[0-9]{1,8})?)")


def amount(words: str) -> tuple[str, Decimal] | None:
    """Currency and number."""
    found = _AMOUNT.fullmatch(words.strip())
    return (found[1], Decimal(found[2])) if found else None
