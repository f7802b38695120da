"""`run`: everything on one machine. Redis, then what must be prepared, then each line of the Procfile, kept running.

One process that dies is started again and the others go on. At the end they stop in order, Redis last, so that none
loses what it stands on; nothing is left behind.
"""

from __future__ import annotations

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from gateway import config
from gateway.config import Settings
from gateway.processes import leash, prepare, procfile, web
from gateway.processes.child import Child
from gateway.processes.console import Console
from gateway.processes.embedded_redis import EmbeddedRedis, NoRedis
from gateway.services import Services

REDIS = "redis"
_TICK_SECONDS = 0.1
#: How long a child may take to end: asked once, asked again (a worker then drops its job, which is repeated), killed.
_ASK_AGAIN_SECONDS = 3.0
_KILL_SECONDS = 5.0
_PORT_WITHIN_SECONDS = 2.0
#: When to say what `run` still waits for.
_READY_WITHIN_SECONDS = 20.0
#: A second signal within this time is the same wish: a terminal and `make` may both pass it on.
_SAME_SIGNAL_SECONDS = 1.0


class CannotRun(Exception):
    """Why `run` stops before it starts, in words for the operator."""


def main() -> int:
    settings = Settings.read(os.environ)
    try:
        with _only_one(config.VAR):
            _demand_free_port(web.host(settings), settings.port)
            return Supervisor(settings, os.environ).run()
    except (CannotRun, NoRedis) as error:
        sys.exit(str(error))


class Supervisor:
    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        programs = Path(sys.executable).parent
        self._environ = {
            **environ,
            "PATH": f"{programs}{os.pathsep}{environ.get('PATH', os.defpath)}",
            "PORT": str(settings.port),
            "PYTHONUNBUFFERED": "1",
        }
        commands = procfile.read(config.ROOT / "Procfile")
        self._server = EmbeddedRedis(config.embedded_redis_socket(config.VAR), config.VAR / "redis")
        self._redis = None if environ.get("REDIS_URL", "").strip() else Child(REDIS, self._server.start)
        self._children = [Child(name, partial(self._start_line, command)) for name, command in commands.items()]
        self._console = Console([REDIS, *commands])
        self._is_announced = False
        self._complain_at: float | None = None
        self._stopped_at: float | None = None
        self._is_impatient = False

    def run(self) -> int:
        self._listen_to_signals()
        try:
            self._start_all()
            while self._stopped_at is None:
                self._console.pass_on(_TICK_SECONDS)
                self._revive()
                self._announce()
        finally:
            self._stop_all()
        return 0

    def _start_all(self) -> None:
        if self._redis:
            self._start(self._redis)
            self._server.wait_until_ready(self._redis.process)
        services = Services.build(self._settings)
        try:
            for step in prepare.STEPS:
                if self._stopped_at is None:
                    step(services)
        except SQLAlchemyError as error:
            raise CannotRun(f"The database cannot be prepared: {getattr(error, 'orig', None) or error}") from error
        except RedisError as error:
            raise CannotRun(f"Redis cannot be prepared: {error}") from error
        finally:
            services.db.dispose()
        for child in self._children:
            if self._stopped_at is None:
                self._start(child)

    @property
    def _all(self) -> list[Child]:
        return [*self._children, *([self._redis] if self._redis else [])]

    def _start(self, child: Child) -> None:
        process = child.start(time.monotonic())
        if process.stdout:
            self._console.follow(child.name, process.stdout)

    def _start_line(self, command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", f"exec {command}"],
            cwd=config.ROOT,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A group of its own: Ctrl-C in the terminal comes to us alone, and we stop them in order.
            process_group=0,
            preexec_fn=leash.hold,
        )

    def _revive(self) -> None:
        now = time.monotonic()
        for child in self._all:
            if death := child.bury(now):
                self._console.say(f"{child.name} has ended ({death}); it is started again.")
            elif child.due_at is not None and now >= child.due_at:
                self._start(child)

    def _announce(self) -> None:
        """The address, once, when whoever opens it will be served; or once what that waits for."""
        if self._is_announced:
            return
        now = time.monotonic()
        missing = _missing(self._settings.port)
        if missing is None:
            page = "simulator" if self._settings.is_simulator else ""
            self._console.say(f"Hatua is ready: http://127.0.0.1:{self._settings.port}/{page}  (Ctrl-C stops it)")
            self._is_announced = True
        elif self._complain_at is None:
            self._complain_at = now + _READY_WITHIN_SECONDS
        elif now > self._complain_at:
            self._console.say(f"Hatua is not ready yet: {missing}")
            self._complain_at = float("inf")

    def _stop_all(self) -> None:
        """Whoever makes work first, the web last but one, Redis last. A second signal makes it short."""
        for child in sorted(self._all, key=lambda child: (child.name == REDIS, child.name == "web")):
            asked_at = time.monotonic()
            child.ask_to_end()
            asked_again = False
            while (
                child.is_running and (taken := time.monotonic() - asked_at) < _KILL_SECONDS and not self._is_impatient
            ):
                self._console.pass_on(0.02)
                if taken >= _ASK_AGAIN_SECONDS and not asked_again:
                    asked_again = True
                    child.ask_to_end()
            child.kill()
        self._console.pass_on(0)

    def _listen_to_signals(self) -> None:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing)
        self._console.wake_on(reading)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._stopped_at is None:
            self._stopped_at = now
        elif now - self._stopped_at > _SAME_SIGNAL_SECONDS:
            self._is_impatient = True


@contextmanager
def _only_one(var: Path) -> Iterator[None]:
    """Raises CannotRun where another `run` keeps its files in the same folder. A killed one is no hindrance."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise CannotRun(f"Hatua already runs from this folder (process {lock.read().strip()}).") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _demand_free_port(host: str, port: int) -> None:
    # A moment's patience: the processes of a killed run end a little after it.
    give_up = time.monotonic() + _PORT_WITHIN_SECONDS
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return
            except PermissionError:
                raise CannotRun(f"Port {port} may not be used by this user. Choose one above 1023: PORT=8001") from None
            except OSError:
                if time.monotonic() > give_up:
                    raise CannotRun(f"Port {port} is in use. Stop what uses it or choose another: PORT=8001") from None
        time.sleep(_TICK_SECONDS)


def _missing(port: int) -> str | None:
    """What the web process says that it waits for; None when it is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return None if answer.status == 200 else answer.read(200).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException):
        return "the web process does not answer"
    finally:
        connection.close()
