"""Reports that were confirmed while the database was away: kept in Redis, filed once when it is back.

The caller was told that the reference follows by SMS; filing owes that message. Filing twice is filing once (an action
is unique by session and screen), so any number of clocks may do it at the same time.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from redis import Redis
from redis.exceptions import RedisError

from gateway.phones import PhoneBook
from sessions.hop import Hop
from sessions.ports import ActionFailed, Done
from sessions.record import Record

log = logging.getLogger(__name__)

_WAITING = "ussd:kept"
#: What cannot be filed although the database is there: a fault of ours, to be looked at, never thrown away.
_ASIDE = "ussd:kept:aside"
_AT_ONCE = 100


class Filing(Protocol):
    def run_as_of(self, now: datetime, name: str, hop: Hop, record: Record) -> Done: ...


@dataclass(frozen=True, slots=True)
class KeptReports:
    redis: Redis
    phones: PhoneBook

    def add(self, action: str, hop: Hop, record: Record, confirmed_at: datetime) -> bool:
        """False if Redis is away, too."""
        report = {
            "action": action,
            "confirmed_at": confirmed_at.isoformat(),
            "phone": self.phones.seal(hop.phone),
            "code": hop.code,
            "network": hop.network,
            "text": hop.text,
            "record": record.as_dict(),
        }
        try:
            self.redis.rpush(_WAITING, json.dumps(report))
        except RedisError as error:
            log.warning("report not kept error=%s", type(error).__name__)
            return False
        log.warning("report kept until the database is back")
        return True

    def file_all(self, filing: Filing) -> int:
        """Files what is waiting, in order; stops where the database is still away. Returns how many were filed."""
        filed = 0
        for item in cast("list[bytes]", self.redis.lrange(_WAITING, 0, _AT_ONCE - 1)):
            try:
                self._file(item, filing)
            except ActionFailed:
                break
            except Exception as error:  # noqa: BLE001 - one report that cannot be filed must not hold up the others
                log.error("kept report set aside error=%s", type(error).__name__)
                self.redis.rpush(_ASIDE, item)
            else:
                filed += 1
            self.redis.lrem(_WAITING, 1, item.decode())
        return filed

    def forget(self, caller: str) -> None:
        """What was set aside of this caller. Raises RedisError where that is not possible now."""
        for item in cast("list[bytes]", self.redis.lrange(_ASIDE, 0, -1)):
            if json.loads(item)["record"]["caller"] == caller:
                self.redis.lrem(_ASIDE, 1, item.decode())

    def _file(self, item: bytes, filing: Filing) -> None:
        report = json.loads(item)
        record = Record.from_dict(report["record"])
        hop = Hop(
            sid=record.sid,
            phone=self.phones.open(report["phone"]),
            caller=record.caller,
            code=report["code"],
            dialled="",
            network=report["network"],
            text=report["text"],
        )
        filing.run_as_of(datetime.fromisoformat(report["confirmed_at"]), report["action"], hop, record)
