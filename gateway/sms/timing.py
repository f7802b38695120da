"""How long sending may take before it is doubted, and how long a doubt may last.

In this order on purpose: begun within 10 s of the claim, answered within 13 s of that, lease over after 30 s. So a
claim whose lease is over is no longer being worked on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gateway.config import Settings
from gateway.sms import quiet
from gateway.sms.quiet import Night

CONNECT_SECONDS = 3.05
READ_SECONDS = 10.0

#: Handed over again after a lost answer and no report: once. Without reports more would be a toss of a coin each.
MAX_RESENDS = 1


@dataclass(frozen=True, slots=True)
class Timing:
    start_within: timedelta = timedelta(seconds=10)
    lease: timedelta = timedelta(seconds=30)
    #: A delivery report has this long to end a doubt.
    doubt: timedelta = timedelta(minutes=5)
    #: One message is tried this often while the outbox is held.
    probe: timedelta = timedelta(seconds=60)
    #: When residents are not texted unasked.
    night: Night | None = None

    @classmethod
    def of(cls, settings: Settings) -> Timing:
        """Five sweeps of doubt and a probe each sweep, so that a rehearsal with a fast clock does not wait."""
        sweep = timedelta(seconds=settings.sweep_seconds)
        return cls(
            doubt=min(timedelta(minutes=5), 5 * sweep),
            probe=min(timedelta(seconds=60), sweep),
            night=quiet.night(settings),
        )
