"""The database as callers use it: SQLite and PostgreSQL behave alike."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from gateway import clock, readings
from gateway.db import Database
from gateway.models import Reading


def kept(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {reading.name: reading.value for reading in session.scalars(select(Reading))}


def row(name: str, value: str) -> dict[str, object]:
    return {"name": name, "value": value, "at": clock.now()}


def test_a_single_statement_is_kept(database: Database) -> None:
    with database.at_once() as connection:
        connection.execute(insert(Reading), row("balance", "KES 5"))

    assert kept(database) == {"balance": "KES 5"}


def test_a_single_statement_that_fails_changes_nothing_and_holds_up_nobody(database: Database) -> None:
    with database.at_once() as connection:
        connection.execute(insert(Reading), row("balance", "KES 5"))
    with pytest.raises(IntegrityError), database.at_once() as connection:
        connection.execute(insert(Reading), row("balance", "KES 6"))

    with database.at_once() as connection:
        connection.execute(insert(Reading), row("balance.least", "KES 1"))
    assert kept(database) == {"balance": "KES 5", "balance.least": "KES 1"}


def test_after_single_statements_a_transaction_is_one_again(database: Database) -> None:
    """They share their connections with transactions: nothing of the one is left for the other."""
    with database.at_once() as connection:
        connection.execute(select(Reading))

    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        readings.write(session, "balance", "KES 5", clock.now())
        1 / 0  # noqa: B018
    assert kept(database) == {}


def test_what_is_changed_while_reading_is_thrown_away(database: Database) -> None:
    with database.transaction() as session:
        readings.write(session, "balance", "KES 5", clock.now())

    with database.reading() as session:
        session.get_one(Reading, "balance").value = "KES 6"
        session.add(Reading(**row("balance.least", "KES 1")))
        assert len(session.scalars(select(Reading)).all()) == 1

    assert kept(database) == {"balance": "KES 5"}
