"""One row for each USSD session: how it began and where it last rested, so that Redis may be lost at any hop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from gateway import clock, db, people
from gateway.models import UssdSession
from gateway.services import Services
from gateway.ussd import callers
from sessions.hop import Hop
from sessions.ports import Entry, JournalAway, Known
from sessions.record import Record

#: Beside the record in a row's place.
_WRITTEN = "written"

# Made once: making a statement costs as much as executing it.
_FIND = select(UssdSession.origin, UssdSession.place).where(UssdSession.sid == bindparam("of"))
_ADD = {
    dialect.__name__.rsplit(".", 1)[1]: dialect.insert(UssdSession.__table__).on_conflict_do_nothing()
    for dialect in (postgresql, sqlite)
}
_REST = update(UssdSession).where(UssdSession.sid == bindparam("of")).values(place=bindparam("place"))


@dataclass(frozen=True, slots=True)
class SqlJournal:
    services: Services

    def open(self, hop: Hop, begin: Callable[[Known], Record]) -> Entry:
        try:
            with self.services.db.at_once() as connection:
                # The first hop of a call has no text, and hardly ever a row.
                return (hop.text and _found(connection, hop.sid)) or self._added(connection, hop, begin)
        except db.AWAY as error:
            raise JournalAway from error

    def find(self, sid: str) -> Entry | None:
        try:
            with self.services.db.reading() as session:
                return _found(session.connection(), sid)
        except db.AWAY as error:
            raise JournalAway from error

    def rest(self, hop: Hop, record: Record) -> None:
        try:
            with self.services.db.at_once() as connection:
                connection.execute(_REST, {"of": record.sid, "place": _written(record, clock.now())})
        except db.AWAY as error:
            raise JournalAway from error

    def speak(self, hop: Hop, language: str) -> None:
        try:
            with self.services.db.transaction() as session:
                people.find_or_add(session, self.services.phones, hop.phone, clock.now()).language = language
        except db.AWAY as error:
            raise JournalAway from error

    def end(self, sid: str, *, status: str, hops: int | None) -> None:
        """What the carrier says of a session that is over; of one we never saw, nothing is kept."""
        try:
            with self.services.db.transaction() as session:
                session.execute(
                    update(UssdSession)
                    .where(UssdSession.sid == sid)
                    .values(ended_at=clock.now(), status=status or None, hops=hops)
                )
        except db.AWAY as error:
            raise JournalAway from error

    def _added(self, connection: Connection, hop: Hop, begin: Callable[[Known], Record]) -> Entry:
        now = clock.now()
        origin = begin(callers.known(connection, hop.caller, now - self.services.settings.resume))
        row = {
            "sid": hop.sid,
            "phone_hash": hop.caller,
            "service_code": hop.code,
            "network": hop.network or None,
            "menu_sha": origin.menu,
            "began_at": now,
            "origin": origin.as_dict(),
            "place": _written(origin, now),
        }
        if connection.execute(_ADD[connection.dialect.name], row).rowcount:
            return Entry(origin, origin, now.timestamp())
        # It was there: the carrier sent the first hop twice, or Redis has lost it.
        there = _found(connection, hop.sid)
        assert there is not None  # noqa: S101
        return there


def _found(connection: Connection, sid: str) -> Entry | None:
    row = connection.execute(_FIND, {"of": sid}).one_or_none()
    if row is None:
        return None
    origin = Record.from_dict(row.origin)
    return Entry(origin, Record.from_dict(row.place), row.place.get(_WRITTEN, origin.began))


def _written(record: Record, now: datetime) -> dict[str, Any]:
    return {**record.as_dict(), _WRITTEN: now.timestamp()}
