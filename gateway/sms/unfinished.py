"""The words of a query over unfinished messages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from gateway.db import is_one_of
from gateway.models.messages import UNFINISHED


def unfinished(state: Any) -> ColumnElement[bool]:
    return is_one_of(state, UNFINISHED)
