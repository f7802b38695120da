"""The real processes (web, worker, clock), each on its own with its own environment, stopped and killed by pid.

What they wrote is in one file each, and is shown when the test fails.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.config import ROOT
from gateway.processes import leash

_READY_WITHIN_SECONDS = 30
_END_WITHIN_SECONDS = 15
_SHOWN_CHARACTERS = 6000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Processes:
    """`with Processes(environment, tmp_path) as gateway: gateway.start("web", "worker")`; stops all at the end.

    Nothing of the test's own environment reaches them but PATH. `tree` is where the code is, normally this one.
    """

    def __init__(self, environment: Mapping[str, str], logs: Path, *, tree: Path = ROOT) -> None:
        self.port = int(environment.get("PORT") or free_port())
        self.environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONUNBUFFERED": "1",
            **environment,
            "PORT": str(self.port),
        }
        self._tree = tree
        self._logs = logs
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # Last started, first stopped; Redis and the database outlive them all.
        for name in reversed(self._processes):
            self.stop(name)
        if error is not None:
            for name in self._processes:
                sys.stderr.write(f"--- {name} wrote:\n{self.log(name)[-_SHOWN_CHARACTERS:]}\n")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *names: str) -> None:
        """Starts `python -m gateway <name>` for each; a name may be given again after `kill` or `stop`.

        For several of a kind: `worker`, `worker.2`, ...
        """
        for name in names:
            assert name not in self._processes or self.has_ended(name), f"{name} is running"
            with self._path(name).open("ab") as log:
                self._processes[name] = subprocess.Popen(
                    [sys.executable, "-m", "gateway", name.partition(".")[0]],
                    cwd=self._tree,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    process_group=0,
                    preexec_fn=leash.hold,
                )

    def wait_until_ready(self) -> None:
        """Until the web process serves."""
        give_up = time.monotonic() + _READY_WITHIN_SECONDS
        while (answer := get(self.port, "/readyz")) is None or answer[0] != 200:
            assert not ends_within(self._processes["web"], 0.05), f"the web process has ended:\n{self.log('web')}"
            assert time.monotonic() < give_up, f"not ready ({answer}):\n{self.log('web')}"

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def has_ended(self, name: str) -> bool:
        return self._processes[name].poll() is not None

    def kill(self, name: str) -> None:
        """As a power cut would, without a chance to tidy up. A job that a worker has forked lives on."""
        _kill_group(self._processes[name])

    def stop(self, name: str) -> int:
        """Asks it to end, kills it where it does not, and returns its exit code: -9 if it had to be killed."""
        process = self._processes[name]
        process.terminate()
        ends_within(process, _END_WITHIN_SECONDS)
        _kill_group(process)
        return process.returncode

    def log(self, name: str) -> str:
        return self._path(name).read_text(errors="replace")

    def _path(self, name: str) -> Path:
        return self._logs / f"{name}.log"


def get(port: int, path: str) -> tuple[int, str] | None:
    """Status and body; None where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat").read_text()
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return sys.platform != "linux"
    # In a container nobody may collect orphans: ended, they stay in the table as zombies.
    return not status.rpartition(") ")[2].startswith("Z")


def cpu_seconds(pid: int) -> float:
    """What a process and those that it has started have used so far; not a number where that cannot be told."""
    used: dict[int, tuple[int, float]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # Behind the name: state, parent ... user and system time as the 12th and 13th.
            _state, parent, *rest = path.read_text().rpartition(") ")[2].split()
            used[int(path.parent.name)] = int(parent), (int(rest[9]) + int(rest[10])) / os.sysconf("SC_CLK_TCK")
    if pid not in used:
        return float("nan")
    family = {pid}
    while more := {child for child, (parent, _) in used.items() if parent in family} - family:
        family |= more
    return sum(used[member][1] for member in family)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=_END_WITHIN_SECONDS)
