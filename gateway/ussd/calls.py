"""Hands the engine what it may read and do for one caller: the ports Facts and Actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from gateway import clock
from gateway.models import UssdEffect
from gateway.services import Services
from gateway.ussd.program import Call, program
from sessions.hop import Hop
from sessions.ports import ActionFailed, Done, Item
from sessions.record import Record


@dataclass(frozen=True, slots=True)
class CallFacts:
    services: Services
    hop: Hop

    def guard(self, name: str, record: Record) -> bool:
        return bool(program.guards[name](Call(self.services, self.hop, record)))

    def listing(self, name: str, of: str | None, record: Record) -> Sequence[Item]:
        items: Sequence[Item] = program.listings[name].run(Call(self.services, self.hop, record), of)
        return items

    def fetch(self, name: str, record: Record) -> Mapping[str, str]:
        fetched: Mapping[str, str] = program.fetches[name].run(Call(self.services, self.hop, record))
        return fetched


@dataclass(frozen=True, slots=True)
class CallActions:
    """Each action is one transaction with its row in `ussd_effects`: done once, or not at all."""

    services: Services

    def run(self, name: str, hop: Hop, record: Record) -> Done:
        try:
            return self._run_once(name, hop, record)
        except IntegrityError:
            # The same hop was faster elsewhere and has committed; its outcome is ours.
            done = self.recall(record.sid, record.at)
            if done is None:
                raise
            return done
        except SQLAlchemyError as error:
            raise ActionFailed(name) from error

    def recall(self, sid: str, screen: str) -> Done | None:
        with self.services.db.reading() as session:
            return _recalled(session, sid, screen)

    def _run_once(self, name: str, hop: Hop, record: Record) -> Done:
        now = clock.now()
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
