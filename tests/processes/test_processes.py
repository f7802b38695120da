"""The real web, worker and clock, each on its own: they start, survive each other's death, and end when asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standin.processes import Processes, get, is_alive

NAMES = ("web", "worker", "clock")


@pytest.fixture
def gateway(environment: dict[str, str], tmp_path: Path) -> Iterator[Processes]:
    with Processes(environment, tmp_path) as gateway:
        gateway.start(*NAMES)
        gateway.wait_until_ready()
        yield gateway


def test_all_end_when_asked_and_complain_of_nothing(gateway: Processes) -> None:
    pids = [gateway.pid(name) for name in NAMES]
    assert {name: gateway.stop(name) for name in NAMES} == dict.fromkeys(NAMES, 0)
    assert not any(map(is_alive, pids))
    assert not [name for name in NAMES if "Traceback" in gateway.log(name)]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_killed_web_process_is_replaced_on_the_same_port(gateway: Processes) -> None:
    before = gateway.pid("web")
    gateway.kill("web")
    assert get(gateway.port, "/healthz") is None
    gateway.start("web")
    gateway.wait_until_ready()
    assert gateway.pid("web") != before
    assert not gateway.has_ended("worker")
    assert not gateway.has_ended("clock")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_callback_secret_is_in_no_log(gateway: Processes, environment: dict[str, str]) -> None:
    token = environment["CALLBACK_TOKEN"]
    assert get(gateway.port, f"/at/{token}/ussd") is not None
    for name in NAMES:
        gateway.stop(name)
    assert not [name for name in NAMES if token in gateway.log(name)]
