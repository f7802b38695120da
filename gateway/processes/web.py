"""The web process: checks the settings, then becomes the server. No access log: paths hold the callback secret."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from gateway.config import ROOT, Settings

# Two processes of four threads: measured best on two cores; four ride out a slow call.
_WORKERS = 2
_THREADS = 4


def main() -> NoReturn:
    """Raises SettingsError, naming every fault, before anything listens."""
    os.execv(sys.executable, [sys.executable, "-m", "granian", *arguments(Settings.read(os.environ))])  # noqa: S606


def host(settings: Settings) -> str:
    """The simulator is for this machine only; a carrier comes from outside."""
    return "127.0.0.1" if settings.is_simulator else "0.0.0.0"  # noqa: S104


def arguments(settings: Settings) -> list[str]:
    options = {
        "--interface": "wsgi",
        "--host": host(settings),
        "--port": settings.port,
        "--http": 1,
        "--workers": _WORKERS,
        "--blocking-threads": _THREADS,
        # A server that is told to stop while it still imports would otherwise never end.
        "--workers-kill-timeout": 4,
        "--respawn-interval": 1,
        "--log-level": "warning",
        "--working-dir": ROOT,
    }
    # Without a respawn one crashed worker ends the whole server.
    switches = ["--respawn-failed-workers", "--no-ws", "--no-access-log"]
    return [*(str(part) for option in options.items() for part in option), *switches, "wsgi:app"]
