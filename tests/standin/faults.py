"""What can go wrong between us and the carrier, one `Fault` for one request to send."""

from __future__ import annotations

import json
from dataclasses import dataclass

SENSIBLE_SECONDS = 5


@dataclass(frozen=True)
class Fault:
    #: Whether the message goes out to the phone in spite of it.
    accepts: bool
    status: int = 201
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"
    #: None: the ordinary answer.
    body: str | None = None
    #: A recipient's code and word in an otherwise ordinary answer.
    refusal: tuple[int, str] | None = None
    #: The connection is closed without an answer.
    drops: bool = False
    #: How long the answer is held back, or takes from its first byte to its last.
    seconds: float = 0
    drips: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether the caller can learn from the answer, in any sensible time, that the message was accepted."""
        return not self.drops and self.seconds < SENSIBLE_SECONDS and self.status < 300 and self.body is None


def http_error(status: int, body: str = "The server could not handle the request") -> Fault:
    return Fault(accepts=False, status=status, content_type="text/plain; charset=UTF-8", body=body)


def throttled(retry_after: str = "2") -> Fault:
    return Fault(accepts=False, status=429, headers=(("Retry-After", retry_after),), content_type="text/plain", body="")


def no_recipients(word: str = "InvalidSenderId") -> Fault:
    """HTTP 201, and nobody was sent anything."""
    return Fault(accepts=False, body=json.dumps({"SMSMessageData": {"Message": word, "Recipients": []}}))


def refused(code: int, word: str) -> Fault:
    """HTTP 201 with a recipient who was not sent anything: 401-409, 500-502; messageId is the word "None"."""
    return Fault(accepts=False, refusal=(code, word))


def dropped_before() -> Fault:
    """The line breaks before the carrier has taken the message."""
    return Fault(accepts=False, drops=True)


def accepted_then_dropped() -> Fault:
    """The message goes out, but the answer is lost: the worst case."""
    return Fault(accepts=True, drops=True)


def failed_after_accepting(status: int = 500) -> Fault:
    return Fault(accepts=True, status=status, content_type="text/plain", body="")


def late(seconds: float) -> Fault:
    return Fault(accepts=True, seconds=seconds)


def dripping(seconds: float) -> Fault:
    """An answer that never pauses long enough for a read timeout."""
    return Fault(accepts=True, seconds=seconds, drips=True)


def with_charset() -> Fault:
    """Accepted; the SDK returns a str instead of a dict for this content type."""
    return Fault(accepts=True, content_type="application/json; charset=utf-8")


def not_json() -> Fault:
    return Fault(accepts=True, content_type="text/html", body="<html><body>OK</body></html>")
