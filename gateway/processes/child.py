"""A process that is kept running: started again when it dies, a little later each time, and ended with its family."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress

_FIRST_DELAY_SECONDS = 0.2
_LONGEST_DELAY_SECONDS = 10.0
#: Whoever lived this long is well again.
_HEALTHY_SECONDS = 20.0


class Child:
    """`start` is called for each life. Times are seconds of one monotonic clock, handed in."""

    def __init__(self, name: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.name = name
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._delay = _FIRST_DELAY_SECONDS
        #: When to start it again; None while it runs.
        self.due_at: float | None = 0.0

    @property
    def process(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._process

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, now: float) -> subprocess.Popen[bytes]:
        self._process = self._start()
        self._started_at, self.due_at = now, None
        return self._process

    def bury(self, now: float) -> str | None:
        """If it has died since it was started: ends what it left behind, sets `due_at`, says how it died."""
        if self.due_at is not None or self.is_running:
            return None
        self.kill()
        if now - self._started_at >= _HEALTHY_SECONDS:
            self._delay = _FIRST_DELAY_SECONDS
        self.due_at = now + self._delay
        self._delay = min(self._delay * 2, _LONGEST_DELAY_SECONDS)
        code = self.process.returncode
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name

    def ask_to_end(self) -> None:
        if self.is_running:
            self.process.terminate()

    def kill(self) -> None:
        """Also those of its own children that have outlived it: each child leads a process group."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
