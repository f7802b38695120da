"""The gateway as it is deployed: web, worker and clock in processes of their own, people loaded by the command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.config import ROOT
from tests.conftest import CALLBACK_TOKEN
from tests.standin.carrier import Carrier
from tests.standin.gateway import over_http
from tests.standin.processes import Processes

OFFICER, SUPERVISOR = "+254700000201", "+254700000202"

ROSTER = f"""phone,name,role,department,area
{OFFICER},Achieng Were,officer,*,Kasarani sub-county
{SUPERVISOR},Njeri Kimani,supervisor,*,*
"""


def flask(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command of the command line, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def gateway(environment: dict[str, str], carrier: Carrier, tmp_path: Path) -> Iterator[Processes]:
    logs = tmp_path / "logs"
    logs.mkdir()
    with Processes(environment | {"SWEEP_SECONDS": "1"}, logs) as processes:
        people = tmp_path / "people.csv"
        people.write_text(ROSTER)
        loaded = flask(processes.environment, "roster", "load", str(people))
        assert loaded.returncode == 0, loaded.stderr
        processes.start("web", "worker", "clock")
        processes.wait_until_ready()
        carrier.connect(over_http(processes.url), CALLBACK_TOKEN)
        yield processes
