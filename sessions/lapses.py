"""When a write to the journal has failed: whatever was written before that may lack what a session did since.

What a process knows: every write of its own that failed, at once; and one of another process, if it has read any
session from Redis between that fault and the loss of Redis. A process that was started since knows of neither. Where
nobody knows, a rebuilt screen may show two answers of the caller as one; it is shown before anything is done with it.
"""

from __future__ import annotations


class Lapses:
    """Seconds since the epoch, as far as the clocks of the machines agree."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def note(self, at: float) -> None:
        self._last = max(self._last, at)

    def may_lack(self, written: float) -> bool:
        """Whether what was last written then may be behind."""
        return self._last >= written
