"""Insert a row unless one with its unique key is there: how anything that may come twice is stored once."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gateway.models import DeliveryReport, Digest, IncomingSms, Message, OutboxGate

Table = type[DeliveryReport | Digest | IncomingSms | Message | OutboxGate]


def insert_once(session: Session, table: Table, **values: object) -> int | None:
    """The new row's id, or None where it was already there."""
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(table) if on_postgresql else sqlite.insert(table)
    return session.scalar(insert.values(**values).on_conflict_do_nothing().returning(table.id))
