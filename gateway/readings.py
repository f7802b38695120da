"""What was last seen of the world (the clock's round, the balance), kept where every process can read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gateway.models import Reading

#: When a clock last went its round.
CLOCK = "clock"
#: Money at the carrier, in its own words; the least there should be; when it was last asked, answered or not.
BALANCE, LEAST_BALANCE, BALANCE_ASKED = "balance", "balance.least", "balance.asked"


def write(session: Session, name: str, value: str, now: datetime) -> None:
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql.insert(Reading) if on_postgresql else sqlite.insert(Reading)).values(
        name=name, value=value, at=now
    )
    session.execute(insert.on_conflict_do_update(index_elements=[Reading.name], set_={"value": value, "at": now}))


def read(session: Session, name: str) -> Reading | None:
    return session.get(Reading, name, populate_existing=True)
