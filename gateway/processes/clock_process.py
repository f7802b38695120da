"""The clock: sees to what becomes due, and wakes workers for what is left. SQL is the truth, so this is what brings
back work whose wake-up was lost. Any number may run at once."""

from __future__ import annotations

import logging
import os
import signal

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from gateway import clock, jobs, readings
from gateway.config import Settings
from gateway.services import Services
from gateway.sms import alarms, incoming, outbox
from gateway.sms.alarms import Watch
from gateway.sweeps import sweep
from gateway.ussd.calls import file_kept_reports

log = logging.getLogger(__name__)
_watch = Watch()

_LONGEST_PAUSE = 5.0


def main() -> int:
    settings = Settings.read(os.environ)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda _number, _frame: jobs.stopping.set())
    run(Services.build(settings))
    return 0


def run(services: Services) -> None:
    """Until `jobs.stopping` is set."""
    pause = min(_LONGEST_PAUSE, services.settings.sweep_seconds)
    while not jobs.stopping.wait(pause):
        tick(services)


def _look_around(services: Services) -> None:
    with services.db.transaction() as session:
        readings.write(session, readings.CLOCK, "", clock.now())
    jobs.look_up_balance(services)
    with services.db.reading() as session:
        _watch.see(alarms.ringing(session, clock.now()))


def tick(services: Services) -> None:
    """One round: what is due, then a wake-up, or the work itself where no wake-up can be given."""
    file_kept_reports(services)
    sweep(services, clock.now())
    try:
        _look_around(services)
        with services.db.reading() as session:
            is_waiting = incoming.is_waiting(session, clock.now())
            is_due = outbox.is_due(session, clock.now())
        if is_waiting and not services.wakeups.incoming():
            jobs.answer_waiting(services)
            is_due = True
        if is_due and not services.wakeups.outbox():
            jobs.drain(services)
    except (DBAPIError, NoConnection) as error:
        log.error("clock without database error=%s", type(error).__name__)
