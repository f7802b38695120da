"""The parts that `run` is made of: Procfile, children, embedded Redis, the web server's arguments, the preparation."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import func, select

from gateway import __main__ as processes
from gateway.config import ROOT, Settings
from gateway.models import RosterEntry
from gateway.processes import embedded_redis, prepare, procfile, web
from gateway.processes.child import Child
from gateway.processes.embedded_redis import EmbeddedRedis, NoRedis
from gateway.services import Services
from tests.standin.processes import is_alive


def test_every_line_of_the_procfile_but_the_release_is_a_process_of_ours() -> None:
    commands = procfile.read(ROOT / "Procfile")
    assert commands == {name: f"python -m gateway {name}" for name in ("web", "worker", "clock")}
    assert commands.keys() < processes.PROCESSES.keys()


def test_blank_lines_and_remarks_of_a_procfile_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("# a: b\n\n web:  run me --port=$PORT \nrelease: x\nworker-2: go\n")
    assert procfile.read(tmp_path / "Procfile") == {"web": "run me --port=$PORT", "worker-2": "go"}


def lives_of(child: Child, until: float) -> list[float]:
    """When a child that dies at once is started, up to that second."""
    starts = []
    now = 0.0
    while now <= until:
        if child.due_at is not None and now >= child.due_at:
            child.start(now).wait()
            starts.append(round(now, 1))
        child.bury(now)
        now += 0.1
    return starts


def test_a_child_that_keeps_dying_is_started_less_and_less_often() -> None:
    starts = lives_of(Child("clock", lambda: subprocess.Popen(["false"], process_group=0)), until=60)
    waits = [later - earlier for earlier, later in pairwise(starts)]
    assert waits[0] <= 0.4
    assert waits == sorted(waits)
    assert 9.5 <= waits[-1] <= 10.5


def test_a_child_that_was_well_for_a_while_is_started_again_soon() -> None:
    child = Child("clock", lambda: subprocess.Popen(["false"], process_group=0))
    lives_of(child, until=30)
    child.start(100).wait()
    assert child.bury(130) == "exit code 1"
    assert child.due_at is not None
    assert child.due_at - 130 < 1


def test_what_a_dead_child_leaves_behind_is_ended() -> None:
    command = ["sh", "-c", "sleep 600 >&2 & echo $!"]
    child = Child("web", lambda: subprocess.Popen(command, process_group=0, stdout=subprocess.PIPE))
    with child.start(0) as process:
        process.wait()
        assert process.stdout is not None
        left = int(process.stdout.readline())
        assert is_alive(left)
        child.bury(1)
    # The kernel may take a moment, and in a container nobody may collect orphans.
    while is_alive(left):
        pass


@contextmanager
def running(server: EmbeddedRedis) -> Iterator[subprocess.Popen[bytes]]:
    with server.start() as process:
        try:
            server.wait_until_ready(process)
            yield process
        finally:
            process.terminate()


@pytest.fixture
def server(tmp_path: Path) -> EmbeddedRedis:
    return EmbeddedRedis(tmp_path / "redis.sock", tmp_path / "redis")


def test_the_embedded_redis_listens_on_no_port_and_only_for_its_owner(server: EmbeddedRedis) -> None:
    with running(server), Redis.from_url(f"unix://{server.listen}") as redis:
        assert redis.config_get("port") == {"port": "0"}
        assert server.listen.stat().st_mode & 0o777 == 0o700
        assert redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_what_the_embedded_redis_acknowledged_outlives_a_kill(server: EmbeddedRedis) -> None:
    with running(server) as process, Redis.from_url(f"unix://{server.listen}") as redis:
        redis.set("wake-up", "owed")
        process.kill()
    assert server.listen.exists()
    with running(server), Redis.from_url(f"unix://{server.listen}") as redis:
        assert redis.get("wake-up") == b"owed"


def test_a_server_left_on_the_socket_is_ended_before_another_starts(server: EmbeddedRedis) -> None:
    with running(server) as first, running(server) as second:
        assert first.wait(timeout=10) == 0
        assert second.poll() is None


def test_a_server_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / ("x" * 120), tmp_path)
    with server.start() as process, pytest.raises(NoRedis, match=r"redis\.log"):
        server.wait_until_ready(process)


def test_a_machine_without_any_server_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "plan9")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoRedis, match="REDIS_URL"):
        embedded_redis.server()


def test_the_web_server_writes_no_paths_and_replaces_a_worker_that_crashed(settings: Settings) -> None:
    arguments = web.arguments(settings)
    # Paths hold the callback secret.
    assert "--no-access-log" in arguments
    assert "--respawn-failed-workers" in arguments
    assert "--workers-kill-timeout" in arguments


def test_the_simulator_is_served_to_this_machine_only(environment: dict[str, str], tmp_path: Path) -> None:
    hosts = {
        carrier: web.host(Settings.read(environment | {"CARRIER": carrier}, var=tmp_path))
        for carrier in ("simulator", "africastalking")
    }
    assert hosts == {"simulator": "127.0.0.1", "africastalking": "0.0.0.0"}  # noqa: S104


def on_roster(services: Services) -> int:
    with services.db.reading() as session:
        return (
            session.scalar(select(func.count()).select_from(RosterEntry).where(RosterEntry.retired_at.is_(None))) or 0
        )


def test_the_demo_roster_is_loaded_once_and_never_over_somebodys_own(
    environment: dict[str, str], tmp_path: Path
) -> None:
    services = Services.build(Settings.read(environment | {"CARRIER": "simulator"}, var=tmp_path))
    prepare.load_demo_roster(services)
    loaded = on_roster(services)
    with services.db.transaction() as session:
        own = session.scalars(select(RosterEntry)).first()
        assert own is not None
        own.name = "My own officer"
    prepare.load_demo_roster(services)
    with services.db.reading() as session:
        names = session.scalars(select(RosterEntry.name)).all()
        roles = set(session.scalars(select(RosterEntry.role)))
    assert (loaded, len(names), "My own officer" in names) == (6, 6, True)
    assert roles == {"officer", "supervisor", "director", "chief", "desk", "association"}
    services.db.dispose()


def test_with_a_real_carrier_nobody_is_made_up(services: Services) -> None:
    prepare.load_demo_roster(services)
    assert on_roster(services) == 0
