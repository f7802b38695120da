"""What has become due is done: once, however often and in however many processes a sweep runs.

One sweep that fails is logged and does not keep the others from running; of those that go through many rows, neither
does one row keep the others.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gateway import erasures
from gateway.complaints import absences, alerts, digests, erasure, hotspots, timers
from gateway.services import Services
from gateway.sms import receipts, recovery
from gateway.sms.timing import Timing

log = logging.getLogger(__name__)

Run = Callable[[Session, Services, datetime], object]

_PAGE = 200
#: Rows of one transaction: few enough that a resident's call does not wait for them.
_TOGETHER = 20


@dataclass(frozen=True, slots=True)
class Sweep:
    """Done in one transaction."""

    name: str
    run: Run
    #: For messages on their way, also in a sweep as of another time: no worker has really been silent so long.
    in_real_time: bool = False

    def sweep(self, services: Services, now: datetime) -> bool:
        with services.db.transaction() as session:
            self.run(session, services, now)
        return True


@dataclass(frozen=True, slots=True)
class ByPage:
    """Done for a page of rows and the next page, until nothing is left; a row that fails is left for next time."""

    name: str
    #: The next rows after the last one of the page before.
    page: Callable[[Session, Services, datetime, Any, int], Sequence[Any]]
    run: Callable[[Session, Services, Sequence[Any], datetime], object]
    in_real_time: bool = False
    #: What is to be done before, outside of the transaction: Redis may be slow.
    prepare: Callable[[Services, Sequence[Any], datetime], object] | None = None

    def sweep(self, services: Services, now: datetime) -> bool:
        """False where a row failed."""
        all_went_well, last = True, None
        while True:
            with services.db.reading() as session:
                rows = self.page(session, services, now, last, _PAGE)
            if not rows:
                return all_went_well
            for first in range(0, len(rows), _TOGETHER):
                all_went_well &= self._do(services, rows[first : first + _TOGETHER], now)
            last = rows[-1]

    def _do(self, services: Services, rows: Sequence[Any], now: datetime) -> bool:
        """Together; where that fails one by one, so that the one that cannot be done keeps no other."""
        try:
            if self.prepare:
                self.prepare(services, rows, now)
            with services.db.transaction() as session:
                self.run(session, services, rows, now)
        except Exception as error:  # noqa: BLE001 - the rows behind it are due as well
            if len(rows) > 1:
                one_by_one = [self._do(services, [row], now) for row in rows]
                return all(one_by_one)
            _log_failure(self.name, error)
            return False
        return True


def _look_at(session: Session, of: Services, rows: Sequence[tuple[datetime, int]], now: datetime) -> None:
    for complaint in timers.hold(session, [complaint_id for _, complaint_id in rows], now):
        timers.act(session, of.settings, complaint, now)


#: In this order on purpose: a report ends a doubt before the doubt could end in a second SMS; a job is in the right
#: hands before its officer is reminded; a level is reached before people are told of it.
SWEEPS: tuple[Sweep | ByPage, ...] = (
    Sweep("leases", lambda session, of, now: recovery.end_leases(session, now, Timing.of(of.settings)), True),
    Sweep("reports", lambda session, of, now: receipts.apply_waiting(session, now), True),
    Sweep("doubts", lambda session, of, now: recovery.end_doubts(session, now, Timing.of(of.settings)), True),
    Sweep("expiry", lambda session, of, now: recovery.expire(session, now), True),
    ByPage(
        "absences",
        lambda session, of, now, last, limit: absences.jobs(session, of.settings, now, last or 0, limit),
        lambda session, of, rows, now: absences.reroute(session, of.settings, rows, now),
    ),
    ByPage("complaints", lambda session, of, now, last, limit: timers.due(session, now, last, limit), _look_at),
    Sweep("alerts", lambda session, of, now: alerts.tell(session, of.settings, now)),
    Sweep("digests", lambda session, of, now: digests.send(session, of.settings, now)),
    Sweep("hotspots", hotspots.notice),
    ByPage(
        "erasures",
        lambda session, _of, now, last, limit: erasure.due(session, now, last or 0, limit),
        erasures.carry_out,
        prepare=erasures.forget_calls,
    ),
)


def sweep(
    services: Services, now: datetime, *, as_of: datetime | None = None, sweeps: tuple[Sweep | ByPage, ...] = SWEEPS
) -> list[str]:
    """Does what is due now, or would be as of another time. Returns the names of the sweeps that failed."""
    failed = []
    for one in sweeps:
        try:
            went_well = one.sweep(services, now if one.in_real_time else as_of or now)
        except Exception as error:  # noqa: BLE001 - whatever fails, the other sweeps run
            _log_failure(one.name, error)
            went_well = False
        if not went_well:
            failed.append(one.name)
    return failed


def _log_failure(name: str, error: Exception) -> None:
    """Without the error's message, which could quote somebody; where it happened says enough."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("sweep failed name=%s error=%s\n%s", name, type(error).__name__, where)
