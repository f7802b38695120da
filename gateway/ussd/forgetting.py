"""What an erasure leaves of calls: that there were some, on which network, how long, and where they ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.models import UssdSession
from gateway.services import Services
from gateway.ussd.kept import KeptReports
from sessions.record import Record
from sessions.store import Store, connect


def calls_of(session: Session, caller: str, until: datetime) -> list[UssdSession]:
    """`caller` is the keyed hash of the phone."""
    calls = select(UssdSession).where(UssdSession.phone_hash == caller, UssdSession.began_at <= until)
    return list(session.scalars(calls.order_by(UssdSession.began_at)))


def forget_in_redis(services: Services, caller: str, sids: list[str]) -> None:
    """Raises RedisError where that is not possible now."""
    with connect(services.settings.redis_url) as redis:
        Store(redis, services.settings.resume.total_seconds()).forget(caller, sids)
        KeptReports(redis, services.phones).forget(caller)


def forget_in_sql(session: Session, caller: str, until: datetime) -> None:
    for call in calls_of(session, caller, until):
        origin, place = _bare(call, call.origin), _bare(call, call.place)
        bare = update(UssdSession).where(UssdSession.sid == call.sid)
        session.execute(bare.values(phone_hash="", origin=origin, place=place))


def _bare(call: UssdSession, kept: dict[str, object]) -> dict[str, object]:
    """Nobody's: a hop that came now would find no caller to answer."""
    full = Record.from_dict(kept)
    bare = Record(call.sid, "", full.menu, full.language, full.began, at=full.at, begun=full.begun, ended=full.ended)
    return bare.as_dict()
