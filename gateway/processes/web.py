"""The web process: checks the settings, then becomes the server. No access log: paths hold the callback secret."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from gateway.config import ROOT, Settings

# Two processes of four threads: measured best on two cores; four ride out a slow call.
_WORKERS = 2
_THREADS = 4


def main() -> NoReturn:
    """Raises SettingsError, naming every fault, before anything listens."""
    settings = Settings.read(os.environ)
    with suppress(OSError):  # then each process counts for itself
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counts_folder(settings.port))
    os.execv(sys.executable, [sys.executable, "-m", "granian", *arguments(settings)])  # noqa: S606


def counts_folder(port: int) -> Path:
    """An empty folder of this user's: what the server's processes count together. Nothing is left of an earlier run."""
    folder = Path(tempfile.gettempdir()) / f"hatua-counts-{os.geteuid()}-{port}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


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
