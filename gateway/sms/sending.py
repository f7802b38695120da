"""Keeps messages in the air over several kept connections: asked as soon as they are claimed, written down as the
answers come. So a worker that dies leaves few doubts, and hardly one about a message that it had not begun."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from cryptography.fernet import InvalidToken

from gateway.phones import PhoneBook
from gateway.sms import gate
from gateway.sms.outbox import Claimed
from gateway.sms.outcomes import Accepted, Held, NotSent, NotTried, Outcome
from gateway.sms.provider import Provider
from gateway.sms.settling import Result
from gateway.sms.throttle import Throttle
from gateway.sms.timing import Timing

log = logging.getLogger(__name__)

AT_ONCE = 32
#: Messages are claimed in lots of this time, so that a full outbox costs fewer transactions than messages. Each is
#: begun in its own place all the same.
_LOT_SECONDS = 0.2
#: Answers that come within this time are written down together.
_GATHER_SECONDS = 0.02
#: So long a job waits for its places.
_PATIENCE_SECONDS = 2.0


class Sender:
    """One for a process; its threads keep their connections. `stopping` ends every flight early."""

    def __init__(
        self, provider: Provider, throttle: Throttle, book: PhoneBook, timing: Timing, stopping: threading.Event
    ) -> None:
        self.throttle = throttle
        self.stopping = stopping
        self._provider = provider
        self._book = book
        self._start_within = timing.start_within.total_seconds()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sms")

    def begin(self, message: Claimed, claimed_at: float, due_at: float) -> Future[Outcome]:
        """Both are of `time.monotonic`."""
        return self._threads.submit(self._send_one, message, claimed_at, due_at)

    def _send_one(self, message: Claimed, claimed_at: float, due_at: float) -> Outcome:
        if self.stopping.wait(max(0.0, due_at - time.monotonic())):
            return NotTried()
        began = time.monotonic()
        if began > claimed_at + self._start_within:
            # This process was held up, and by now the message may be somebody else's.
            return NotTried()
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


class Flight:
    """What one job has in the air. In turns: `places`, claim so many, `begin` them, `results`."""

    def __init__(self, sender: Sender, for_seconds: float) -> None:
        self._sender = sender
        self._throttle = sender.throttle
        self._until = time.monotonic() + for_seconds
        self._lot = max(1, min(AT_ONCE, int(self._throttle.per_second * _LOT_SECONDS)))
        self._running: dict[Future[Outcome], Claimed] = {}
        #: Places that the throttle has given, and when they may be used.
        self._reserved, self._due_at = 0, 0.0
        self._nothing_is_due = False
        self._bad_in_a_row = 0
        self._is_broken_off = False

    @property
    def is_busy(self) -> bool:
        return bool(self._running or self._reserved)

    @property
    def is_cut_short(self) -> bool:
        """Whether there may be more to send, but not by this flight."""
        return self._sender.stopping.is_set() or time.monotonic() > self._until

    def places(self) -> int:
        """How many messages may be claimed and begun now."""
        now = time.monotonic()
        free = AT_ONCE - len(self._running)
        if not self._reserved and free and not self._is_over and not self._nothing_is_due:
            self._reserved = min(self._lot, free)
            self._due_at = now + self._throttle.wait_seconds(self._reserved)
            # A worker has other things to do than to wait; the clock will ask again.
            self._is_broken_off |= self._due_at > now + _PATIENCE_SECONDS
        if self._is_over:
            self._use(0)
        return self._reserved if self._due_at <= now else 0

    def begin(self, batch: Sequence[Claimed], claimed_at: float) -> None:
        """Begins what was claimed for all the places; `claimed_at` is from before the claim."""
        self._nothing_is_due = len(batch) < self._reserved
        self._use(len(batch))
        now = time.monotonic()
        for number, message in enumerate(batch):
            due_at = now + number / self._throttle.per_second
            self._running[self._sender.begin(message, claimed_at, due_at)] = message

    def results(self) -> list[Result]:
        """What has come back; waits for something, or for the next places."""
        left = max(0.0, self._due_at - time.monotonic()) if self._reserved else None
        if self._running:
            wait(self._running, left, FIRST_COMPLETED)
            wait(self._running, min(_GATHER_SECONDS, left or _GATHER_SECONDS))
        elif left:
            self._sender.stopping.wait(left)
        results = [(self._running.pop(future), future.result()) for future in list(self._running) if future.done()]
        for _, outcome in results:
            self._see(outcome)
        self._nothing_is_due &= not results
        return results

    @property
    def _is_over(self) -> bool:
        return self._is_broken_off or self.is_cut_short

    def _use(self, places: int) -> None:
        if self._reserved > places:
            self._throttle.give_back(self._reserved - places)
        self._reserved = 0

    def _see(self, outcome: Outcome) -> None:
        """Breaks off where the messages behind these would only meet the same fault."""
        match outcome:
            case Accepted():
                self._bad_in_a_row = 0
            case Held():
                self._is_broken_off = True
            case NotSent(retry_after=float(seconds)):
                self._throttle.slow_down(seconds)
            case _ if isinstance(outcome, NotSent) or gate.is_doubtful(outcome):
                self._bad_in_a_row += 1
                self._is_broken_off |= self._bad_in_a_row >= gate.MOST_DOUBTS
