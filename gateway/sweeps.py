"""What has become due is done: once, however often and in however many processes a sweep runs.

Each sweep is a transaction of its own; one that fails is logged and does not keep the others from running.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.services import Services
from gateway.sms import receipts, recovery
from gateway.sms.timing import Timing

log = logging.getLogger(__name__)

Run = Callable[[Session, Services, datetime], object]


@dataclass(frozen=True, slots=True)
class Sweep:
    name: str
    run: Run
    #: For messages on their way, also in a sweep as of another time: no worker has really been silent so long.
    in_real_time: bool = False


#: In this order on purpose: a report ends a doubt before the doubt could end in a second SMS.
SWEEPS = (
    Sweep("leases", lambda session, of, now: recovery.end_leases(session, now, Timing.of(of.settings)), True),
    Sweep("reports", lambda session, of, now: receipts.apply_waiting(session, now), True),
    Sweep("doubts", lambda session, of, now: recovery.end_doubts(session, now, Timing.of(of.settings)), True),
    Sweep("expiry", lambda session, of, now: recovery.expire(session, now), True),
)


def sweep(
    services: Services, now: datetime, *, as_of: datetime | None = None, sweeps: tuple[Sweep, ...] = SWEEPS
) -> list[str]:
    """Does what is due now, or would be as of another time. Returns the names of the sweeps that failed."""
    failed = []
    for one in sweeps:
        try:
            with services.db.transaction() as session:
                one.run(session, services, now if one.in_real_time else as_of or now)
        except Exception as error:  # noqa: BLE001 - whatever fails, the other sweeps run
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("sweep failed name=%s error=%s\n%s", one.name, type(error).__name__, where)
            failed.append(one.name)
    return failed
