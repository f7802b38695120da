"""Hands the engine what it may read and do for one caller: the ports Facts and Actions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from redis.exceptions import RedisError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway import clock, db
from gateway.models import UssdEffect
from gateway.services import Services
from gateway.ussd.kept import KeptReports
from gateway.ussd.program import Call, program
from sessions.hop import Hop
from sessions.ports import ActionFailed, Done, FactsAway, Found, Item, JournalAway
from sessions.record import Record
from sessions.store import connect

log = logging.getLogger(__name__)

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Each may raise FactsAway."""

    services: Services
    hop: Hop

    def guard(self, name: str, record: Record) -> bool:
        return bool(self._read(lambda: program.guards[name](Call(self.services, self.hop, record))))

    def listing(self, name: str, of: str | None, record: Record) -> Sequence[Item]:
        return self._read(lambda: program.listings[name].run(Call(self.services, self.hop, record), of))

    def finding(self, name: str, record: Record) -> Found:
        found: Found = self._read(lambda: program.findings[name].run(Call(self.services, self.hop, record)))
        return found

    def fetch(self, name: str, record: Record) -> Mapping[str, str]:
        return self._read(lambda: program.fetches[name].run(Call(self.services, self.hop, record)))

    @staticmethod
    def _read(read: Callable[[], Fact]) -> Fact:
        try:
            return read()
        except db.AWAY as error:
            raise FactsAway from error


@dataclass(frozen=True, slots=True)
class CallActions:
    """Each action is one transaction with its row in `ussd_effects`: done once, or not at all."""

    services: Services
    kept: KeptReports

    def run(self, name: str, hop: Hop, record: Record) -> Done:
        return self.run_as_of(clock.now(), name, hop, record)

    def run_as_of(self, now: datetime, name: str, hop: Hop, record: Record) -> Done:
        """`now` is when it was confirmed: a promise counts from there, however late it could be filed."""
        try:
            return self._run_once(now, name, hop, record)
        except IntegrityError:
            # The same hop was faster elsewhere and has committed; its outcome is ours.
            done = self.recall(record.sid, record.at)
            if done is None:
                raise
            return done
        except db.AWAY as error:
            raise ActionFailed(name) from error

    def recall(self, sid: str, screen: str) -> Done | None:
        try:
            with self.services.db.reading() as session:
                return _recalled(session, sid, screen)
        except db.AWAY as error:
            raise JournalAway from error

    def keep(self, name: str, hop: Hop, record: Record) -> bool:
        return self.kept.add(name, hop, record, clock.now())

    def _run_once(self, now: datetime, name: str, hop: Hop, record: Record) -> Done:
        with self.services.db.transaction() as session:
            if first := _recalled(session, record.sid, record.at):
                return first
            done: Done = program.actions[name].run(Call(self.services, hop, record), session, now)
            session.add(
                UssdEffect(
                    sid=record.sid,
                    screen=record.at,
                    action=name,
                    outcome=done.outcome,
                    gives=dict(done.gives),
                    at=now,
                )
            )
            return done


def _recalled(session: Session, sid: str, screen: str) -> Done | None:
    effect = session.get(UssdEffect, (sid, screen))
    return Done(effect.outcome, effect.gives) if effect else None


def file_kept_reports(services: Services) -> None:
    """Files what was confirmed while the database was away; at the next round where Redis is away now."""
    with connect(services.settings.redis_url) as redis:
        kept = KeptReports(redis, services.phones)
        try:
            kept.file_all(CallActions(services, kept))
        except RedisError as error:
            log.warning("kept reports not read error=%s", type(error).__name__)
