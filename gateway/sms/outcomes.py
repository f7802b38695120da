"""What came of handing one message to the carrier. Only these; whoever sends never raises."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier has it."""

    provider_id: str | None
    status: str
    parts: int | None = None
    cost: str | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """A definite no that may be a yes later."""

    reason: str
    #: Seconds; the carrier wants fewer messages altogether.
    retry_after: float | None = None
    #: After so many attempts it counts as refused; None: as long as the message lives.
    tries: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A definite no for good."""

    reason: str
    #: The number wants or gets no SMS: nothing unasked is sent to it again.
    stops_number: bool = False
    #: For no reason that we know: when it goes on, it is not the fault of this message.
    is_puzzling: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A definite no to everything until somebody acts: key, sender or balance."""

    reason: str


#: How the reason of a doubt begins where the answer came, and was that the carrier has failed.
CARRIER_FAILED = "HTTP 5"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Asked, and no answer that could be understood: the message may or may not be out."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotTried:
    """Claimed, but given back before anything was asked of the carrier."""


Outcome = Accepted | NotSent | Refused | Held | Unknown | NotTried
