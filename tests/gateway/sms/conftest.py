from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from gateway import people
from gateway.models import Message
from gateway.services import Services
from gateway.sms import outbox
from gateway.sms.timing import Timing

#: In the past, so that what is owed now is due now.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TIMING = Timing()
AMINA = "+254700000101"
OTIENO = "+254711000001"

Owe = Callable[..., int]
Row = Callable[[int], Message]


@pytest.fixture
def owe(services: Services) -> Owe:
    """Owes one message in a transaction of its own; returns its id."""
    counted = iter(range(1_000_000))

    def owe(phone: str = AMINA, *, urgency: int = outbox.UPDATE, key: str | None = None, now: datetime = NOW) -> int:
        with services.db.transaction() as session:
            message = outbox.owe(
                session,
                services.settings,
                person=people.find_or_add(session, services.phones, phone, now),
                phrase="officer.note.ok",
                values={"ref": f"{next(counted):07d}"},
                dedupe_key=key or f"note:{next(counted)}",
                now=now,
                urgency=urgency,
            )
            return message.id if message else 0

    return owe


@pytest.fixture
def row(services: Services) -> Row:
    def row(message_id: int) -> Message:
        with services.db.reading() as session:
            return session.scalars(select(Message).where(Message.id == message_id)).one()

    return row
