"""One row for each USSD session: how it began and where it last rested, so that Redis may be lost at any hop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway import clock, db, people
from gateway.models import UssdEffect, UssdSession
from gateway.services import Services
from gateway.ussd.program.complaints import has_reports_of
from gateway.ussd.program.place import last_place_of
from sessions.hop import Hop
from sessions.ports import Entry, JournalAway, Known
from sessions.record import Record

#: The carrier's word for a session that we closed with END.
ENDED_WELL = "Success"


@dataclass(frozen=True, slots=True)
class SqlJournal:
    services: Services

    def open(self, hop: Hop, begin: Callable[[Known], Record]) -> Entry:
        try:
            with self.services.db.transaction() as session:
                row = session.get(UssdSession, hop.sid) or self._add(session, hop, begin)
                return Entry(Record.from_dict(row.origin), Record.from_dict(row.place))
        except db.AWAY as error:
            raise JournalAway from error

    def find(self, sid: str) -> Entry | None:
        try:
            with self.services.db.reading() as session:
                row = session.get(UssdSession, sid)
                return Entry(Record.from_dict(row.origin), Record.from_dict(row.place)) if row else None
        except db.AWAY as error:
            raise JournalAway from error

    def rest(self, hop: Hop, record: Record) -> None:
        try:
            with self.services.db.transaction() as session:
                session.execute(update(UssdSession).where(UssdSession.sid == record.sid).values(place=record.as_dict()))
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

    def _add(self, session: Session, hop: Hop, begin: Callable[[Known], Record]) -> UssdSession:
        person = people.by_phone(session, self.services.phones, hop.phone)
        remembered = {**last_place_of(session, person), **has_reports_of(session, person)} if person else {}
        origin = begin(Known(person.language if person else None, self._draft(session, hop), remembered))
        row = UssdSession(
            sid=hop.sid,
            phone_hash=hop.caller,
            service_code=hop.code,
            network=hop.network or None,
            menu_sha=origin.menu,
            began_at=clock.now(),
            origin=origin.as_dict(),
            place=origin.as_dict(),
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            # The carrier sent the first hop twice and the other one was faster.
            return session.get_one(UssdSession, hop.sid)
        return row

    def _draft(self, session: Session, hop: Hop) -> Record | None:
        """The caller's latest session, if it rested unfinished within the time to resume and did not end well."""
        since = clock.now() - self.services.settings.resume
        latest = session.scalar(
            select(UssdSession)
            .where(UssdSession.phone_hash == hop.caller, UssdSession.began_at >= since)
            .order_by(UssdSession.began_at.desc())
            .limit(1)
        )
        if latest is None or latest.status == ENDED_WELL:
            return None
        if session.scalar(select(UssdEffect.sid).where(UssdEffect.sid == latest.sid).limit(1)):
            return None
        place = Record.from_dict(latest.place)
        return place if place.is_unfinished else None
