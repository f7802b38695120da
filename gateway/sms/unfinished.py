"""The words of a query over unfinished messages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam

from gateway.models.messages import UNFINISHED


def unfinished(state: Any) -> ColumnElement[bool]:
    """Written out in the statement: a database uses a partial index only where it can read the words."""
    words: BindParameter[list[str]] = bindparam(None, list(UNFINISHED), expanding=True, literal_execute=True)
    return state.in_(words)  # type: ignore[no-any-return]
