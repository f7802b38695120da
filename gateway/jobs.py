"""What workers do. Each job is a wake-up without arguments: it does all that is waiting, and is safe to run twice or
in several processes at once. The clock process runs the same when Redis is away."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from functools import cache

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from gateway import clock, people
from gateway.commands import handle
from gateway.services import Services, current
from gateway.sms import balance, incoming, outbox, receipts
from gateway.sms.outbox import Claimed
from gateway.sms.outcomes import NotTried
from gateway.sms.provider import Provider
from gateway.sms.sending import Flight, Sender
from gateway.sms.settling import Result, settle
from gateway.sms.throttle import Throttle
from gateway.sms.timing import Timing

log = logging.getLogger(__name__)

#: A job ends after this, and is asked for again if there is more: so that the SMS that come in and those that go out
#: take turns, and none of them keeps the other waiting.
TURN_SECONDS = 5.0
#: How long apart results are written again when the database has gone away. With the turn and the last answers less
#: than the time that RQ gives a job.
_WRITE_PAUSES = (0.2, 0.5, 1.0, 2.0, *(4.0,) * 7)

#: Set by a process that is about to end: nothing new is begun.
stopping = threading.Event()


def drain_outbox() -> None:
    """RQ: sends what is due."""
    drain(current())


def handle_incoming() -> None:
    """RQ: answers the SMS that have come in."""
    answer_waiting(current())


def drain(services: Services, for_seconds: float = TURN_SECONDS) -> None:
    flight = Flight(sender(services), for_seconds)
    results: list[Result] = []
    while True:
        began = time.monotonic()
        places = flight.places()
        if results or places:
            batch = _write_and_claim(services, results, places)
            if places:
                flight.begin(batch, began)
        if not flight.is_busy:
            break
        results = flight.results()
    if flight.is_cut_short:
        services.wakeups.outbox()


def answer_waiting(services: Services, for_seconds: float = TURN_SECONDS) -> None:
    """Each waiting SMS is tried once; one that fails is tried again later and holds up nobody."""
    until = time.monotonic() + for_seconds
    last: int | None = 0
    while last is not None and not stopping.is_set():
        last = _answer_next(services, last)
        if time.monotonic() > until:
            services.wakeups.incoming()
            break


def look_up_balance(services: Services) -> None:
    """Now and then. The simulator's carrier wants no money."""
    with services.db.reading() as session:
        if services.settings.is_simulator or not balance.is_stale(session, clock.now()):
            return
    said = provider(services).balance()
    with services.db.transaction() as session:
        balance.note(session, said, clock.now())


@cache
def provider(services: Services) -> Provider:
    return Provider(services.settings)


@cache
def sender(services: Services) -> Sender:
    """This process's connections to the carrier, kept from job to job."""
    settings = services.settings
    # A worker that waits for a hanging Redis sends nothing meanwhile.
    patience = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "retry": Retry(NoBackoff(), 1)}
    throttle = Throttle(Redis.from_url(settings.redis_url, **patience), settings.send_per_second)
    return Sender(provider(services), throttle, services.phones, Timing.of(settings), stopping)


def _write_and_claim(services: Services, results: list[Result], places: int) -> list[Claimed]:
    """One transaction. Tries for a while: what is not written down will be doubted, and perhaps sent twice."""
    batch: list[Claimed] = []
    for pause in (*_WRITE_PAUSES, None):
        try:
            with services.db.transaction() as session:
                settle(session, clock.now(), Timing.of(services.settings), results)
                receipts.apply_waiting(session, clock.now())
                if places:
                    batch = outbox.claim(session, clock.now(), Timing.of(services.settings), places)
            return batch
        except (DBAPIError, NoConnection) as error:
            # The claim may have been committed all the same, and is nobody's then.
            results = [*results, *((claimed, NotTried()) for claimed in batch)]
            batch, places = [], 0
            if pause is None or not results:
                raise
            log.warning("results not written yet count=%d error=%s", len(results), type(error).__name__)
            time.sleep(pause)
    return batch


def _answer_next(services: Services, after: int) -> int | None:
    """The id of the SMS that was tried, or None where no more are waiting. Its effects are one transaction."""
    now = clock.now()
    tried: int | None = None
    try:
        with services.db.transaction() as session:
            row = incoming.next_waiting(session, now, after)
            if row is None:
                return None
            tried = row.id
            if incoming.finish(session, row, now):
                handle.answer(session, services.settings, services.phones, now=now, incoming=row)
    except Exception as error:
        if tried is None:
            raise
        _log_failure("incoming sms failed", tried, error)
        _put_back(services, tried)
    return tried


def _put_back(services: Services, incoming_id: int) -> None:
    """Set aside after some attempts, and apologised for where even that is possible."""
    now = clock.now()
    with services.db.transaction() as session:
        given_up = incoming.put_back(session, incoming_id, now)
    if given_up is None:
        return
    log.error("incoming sms set aside id=%d", incoming_id)
    if given_up.phone_sealed is None:
        return
    try:
        with services.db.transaction() as session:
            outbox.owe(
                session,
                services.settings,
                person=people.find_or_add(session, services.phones, services.phones.open(given_up.phone_sealed), now),
                phrase="sms.unknown",
                values={},
                dedupe_key=f"set-aside:{incoming_id}",
                now=now,
                urgency=outbox.ANSWER,
            )
    except Exception as error:  # noqa: BLE001 - the SMS behind it are waiting
        _log_failure("no apology for incoming sms", incoming_id, error)


def _log_failure(what: str, incoming_id: int, error: Exception) -> None:
    """Without the error's message, which could quote the SMS or the number; where it happened says enough."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s id=%d error=%s\n%s", what, incoming_id, type(error).__name__, where)
