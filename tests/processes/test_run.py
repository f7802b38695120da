"""`python -m gateway run` in a copy of this tree: real supervisor, Redis and schema, short lives in the Procfile."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis

from gateway import config
from gateway.config import ROOT
from gateway.processes import leash
from gateway.processes.embedded_redis import EmbeddedRedis
from tests.standin.processes import ends_within, free_port, get, is_alive

WITHIN_SECONDS = 40

PROCFILE = """
# Three that live until they are told to end, and tell the test about it.
release: false
web: python short_lives.py web $PORT
worker: python short_lives.py worker
clock: python short_lives.py clock
"""

SHORT_LIVES = """
import os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from gateway import config
from gateway.processes.embedded_redis import EmbeddedRedis

class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

def end(*_):
    with open("ended", "a") as ended:
        redis = EmbeddedRedis(config.embedded_redis_socket(config.VAR), config.VAR).answers()
        ended.write(f"{sys.argv[1]} {'with' if redis else 'without'} redis\\n")
    os._exit(0)

signal.signal(signal.SIGTERM, end)
print("born", os.getpid())
if sys.argv[1] == "web":
    HTTPServer(("127.0.0.1", int(sys.argv[2])), Ready).serve_forever()
while True:
    signal.pause()
"""


class Run:
    """One `run` in a tree, with what it printed."""

    def __init__(self, tree: Path, environment: dict[str, str]) -> None:
        self._log = tree / f"log.{time.monotonic_ns()}"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "run"],
                cwd=tree,
                env={"PATH": os.environ["PATH"], **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=leash.hold,
            )

    @property
    def printed(self) -> str:
        return self._log.read_text()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        give_up = time.monotonic() + WITHIN_SECONDS
        while not is_so():
            assert not ends_within(self.process, 0.05), self.printed
            assert time.monotonic() < give_up, self.printed

    def wait_for(self, pattern: str, times: int = 1) -> list[str]:
        """Until that has been printed; returns what was found."""
        self.wait_until(lambda: len(re.findall(pattern, self.printed)) >= times)
        return re.findall(pattern, self.printed)

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=WITHIN_SECONDS)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    copy = tmp_path / "tree"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "var", "tests", "__pycache__"))
    (copy / "Procfile").write_text(PROCFILE)
    (copy / "short_lives.py").write_text(SHORT_LIVES)
    return copy


@pytest.fixture
def start(tree: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(**environment: str) -> Run:
        runs.append(Run(tree, {"PORT": str(free_port()), **environment}))
        return runs[-1]

    yield start
    for run in runs:
        run.process.kill()
        run.process.wait()


def redis_of(tree: Path) -> EmbeddedRedis:
    return EmbeddedRedis(config.embedded_redis_socket(tree / "var"), tree / "var" / "redis")


def wait_until_gone(pids: list[int]) -> None:
    # They are not this process's children, so there is nothing to wait on.
    give_up = time.monotonic() + WITHIN_SECONDS
    while any(map(is_alive, pids)):
        assert time.monotonic() < give_up, pids


def births(run: Run, name: str, times: int = 1) -> list[int]:
    return [int(pid) for pid in run.wait_for(rf"{name} +\| born (\d+)", times)]


def test_everything_starts_one_that_dies_starts_again_and_all_stop_in_order(
    start: Callable[..., Run], tree: Path
) -> None:
    port = free_port()
    run = start(PORT=str(port))
    [address] = run.wait_for(r"http://\S+")
    assert address == f"http://127.0.0.1:{port}/simulator"

    pids = {name: births(run, name)[0] for name in ("web", "worker", "clock")}
    os.kill(pids["worker"], signal.SIGKILL)
    _, reborn = births(run, "worker", times=2)
    run.wait_for(r"worker has ended \(SIGKILL\)")
    assert reborn != pids["worker"]
    assert is_alive(pids["web"])
    assert is_alive(pids["clock"])

    assert run.end() == 0, run.printed
    assert (tree / "ended").read_text().splitlines() == ["worker with redis", "clock with redis", "web with redis"]
    assert not any(is_alive(pid) for pid in (*pids.values(), reborn))
    assert not redis_of(tree).answers()
    assert run.printed.count("http://") == 1


def test_redis_is_started_again_as_well_and_keeps_what_it_held(start: Callable[..., Run], tree: Path) -> None:
    run = start()
    run.wait_for("ready")
    url = f"unix://{redis_of(tree).listen}"
    with Redis.from_url(url) as redis:
        redis.set("a session", "on its way")
        server = int(redis.info()["process_id"])
    os.kill(server, signal.SIGKILL)
    run.wait_for(r"redis has ended \(SIGKILL\)")
    run.wait_until(redis_of(tree).answers)
    with Redis.from_url(url) as redis:
        assert redis.get("a session") == b"on its way"
    assert run.end() == 0


def test_a_second_run_in_the_same_folder_says_so_and_stops(start: Callable[..., Run]) -> None:
    first = start()
    first.wait_for("ready")
    second = start()
    assert second.process.wait(timeout=WITHIN_SECONDS) == 1
    assert second.printed == f"Hatua already runs from this folder (process {first.process.pid}).\n"
    assert first.end() == 0


def test_a_killed_run_takes_its_processes_along_and_hinders_no_later_one(start: Callable[..., Run]) -> None:
    port = str(free_port())
    first = start(PORT=port)
    first.wait_for("ready")
    pids = [births(first, name)[0] for name in ("web", "worker", "clock")]
    first.process.kill()
    first.process.wait()
    later = start(PORT=port)
    later.wait_for("ready")
    wait_until_gone(pids)
    assert later.end() == 0


def test_a_port_in_use_is_said_in_words_before_anything_starts(start: Callable[..., Run], tree: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = start(PORT=str(port))
        assert run.process.wait(timeout=WITHIN_SECONDS) == 1
    assert run.printed == f"Port {port} is in use. Stop what uses it or choose another: PORT=8001\n"
    assert not (tree / "var" / "redis").exists()


@pytest.mark.parametrize("name", ["run", "web"])
def test_faulty_settings_are_all_named_before_anything_starts(name: str, tree: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "CARRIER": "africastalking", "PORT": "none", "SWEEP_SECONDS": "-1"}
    ended = subprocess.run(
        [sys.executable, "-m", "gateway", name], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    for setting in ("PORT", "SWEEP_SECONDS", "AT_USERNAME", "AT_API_KEY", "CALLBACK_TOKEN", "SECRET_KEY", "PHONE_KEY"):
        assert setting in ended.stderr
    assert not (tree / "var").exists()


def test_an_unreachable_database_is_said_in_words_and_redis_is_not_left_behind(
    start: Callable[..., Run], tree: Path
) -> None:
    run = start(DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    assert run.process.wait(timeout=WITHIN_SECONDS) == 1
    assert "The database cannot be prepared: " in run.printed
    assert "Traceback" not in run.printed
    assert not redis_of(tree).answers()


def test_an_unreachable_redis_is_said_in_words(start: Callable[..., Run], tree: Path) -> None:
    run = start(REDIS_URL=f"unix://{tree / 'none.sock'}")
    assert run.process.wait(timeout=WITHIN_SECONDS) == 1
    assert "Redis cannot be prepared: " in run.printed
    assert "Traceback" not in run.printed


def test_the_procfile_of_the_product_serves_a_phone_and_leaves_nothing_behind(
    start: Callable[..., Run], tree: Path
) -> None:
    shutil.copyfile(ROOT / "Procfile", tree / "Procfile")
    port = free_port()
    run = start(PORT=str(port))
    [address] = run.wait_for(r"http://\S+")
    page = get(port, address.removeprefix(f"http://127.0.0.1:{port}"))
    assert page is not None
    assert page[0] == 200
    family = descendants(run.process.pid)
    assert len(family) >= 6  # Redis, the server and its two workers, the worker, the clock
    assert run.end() == 0, run.printed
    assert not any(map(is_alive, family))
    assert "Traceback" not in run.printed


def descendants(pid: int) -> list[int]:
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            _, parent = (process / "stat").read_text().rpartition(") ")[2].split()[:2]
            parents[int(process.name)] = int(parent)
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found[1:]
