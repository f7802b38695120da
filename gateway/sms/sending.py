"""Sends a batch of claimed messages over several kept connections at once, and gives back what it should not begin."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from cryptography.fernet import InvalidToken

from gateway.phones import PhoneBook
from gateway.sms.gate import MOST_DOUBTS
from gateway.sms.outbox import Claimed, Result
from gateway.sms.outcomes import Accepted, Held, NotSent, NotTried, Outcome, Unknown
from gateway.sms.provider import Provider
from gateway.sms.throttle import Throttle
from gateway.sms.timing import Timing
from menus import gsm7

log = logging.getLogger(__name__)

_AT_ONCE = 24
_MOST_IN_BATCH = 100
_BATCH_SECONDS = 4.0
#: Results are handed on in such lots: what is not yet written down when a worker dies will be doubted.
_LOT = 20


class Sender:
    """One for a process; its threads keep their connections. `stopping` ends a batch early."""

    def __init__(
        self, provider: Provider, throttle: Throttle, book: PhoneBook, timing: Timing, stopping: threading.Event
    ) -> None:
        self._provider = provider
        self._throttle = throttle
        self._book = book
        self._start_within = timing.start_within.total_seconds()
        self._stopping = stopping
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sms")

    def send(self, batch: Sequence[Claimed], claimed_at: float) -> Iterator[list[Result]]:
        """Yields every message of the batch once, with what came of it. `claimed_at` is of `time.monotonic`."""
        breaker = _Breaker()
        running: dict[Future[Outcome], Claimed] = {}
        lot: list[Result] = []
        for message in batch:
            if len(running) >= _AT_ONCE:
                lot += _collect(running, breaker)
            if self._may_begin(message, claimed_at, breaker):
                running[self._threads.submit(self._send_one, message)] = message
            else:
                lot.append((message, NotTried()))
            if len(lot) >= _LOT:
                yield lot
                lot = []
        while running:
            lot += _collect(running, breaker)
            if len(lot) >= _LOT:
                yield lot
                lot = []
        if lot:
            yield lot

    def _may_begin(self, message: Claimed, claimed_at: float, breaker: _Breaker) -> bool:
        left = claimed_at + self._start_within - time.monotonic()
        if breaker.is_open or left <= 0 or self._stopping.is_set():
            return False
        delay = self._throttle.wait_seconds(gsm7.parts(message.body))
        if delay > left:
            return False
        return not (delay > 0 and self._stopping.wait(delay))

    def _send_one(self, message: Claimed) -> Outcome:
        began = time.monotonic()
        try:
            phone = self._book.open(message.phone_sealed)
        except InvalidToken:
            return Held("PHONE_KEY is not the one of these numbers")
        outcome = self._provider.send_one(phone, message.body)
        log.info(
            "sms message=%d attempt=%d outcome=%s reason=%r ms=%d",
            message.id,
            message.attempt,
            type(outcome).__name__,
            getattr(outcome, "reason", None),
            (time.monotonic() - began) * 1000,
        )
        return outcome


def batch_size(per_second: float) -> int:
    """What can be begun well before the claim is too old."""
    return max(1, min(_MOST_IN_BATCH, int(per_second * _BATCH_SECONDS)))


class _Breaker:
    """Opens when the rest of a batch would only meet the same fault."""

    def __init__(self) -> None:
        self.is_open = False
        self._bad_in_a_row = 0

    def see(self, outcome: Outcome) -> None:
        match outcome:
            case Accepted():
                self._bad_in_a_row = 0
            case Held():
                self.is_open = True
            case NotSent(retry_after=float()):
                self.is_open = True
            case Unknown() | NotSent():
                self._bad_in_a_row += 1
                self.is_open |= self._bad_in_a_row >= MOST_DOUBTS


def _collect(running: dict[Future[Outcome], Claimed], breaker: _Breaker) -> list[Result]:
    """Waits for at least one that is running."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    results = [(running.pop(future), future.result()) for future in done]
    for _, outcome in results:
        breaker.see(outcome)
    return results
