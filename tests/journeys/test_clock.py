"""The 72 hours in seconds, from outside: real processes, and phones that only receive."""

from __future__ import annotations

import re
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

RESIDENT, OFFICER, SUPERVISOR = "+254700000301", "+254700000201", "+254700000202"
DIRECTOR, CHIEF, ASSOCIATION = "+254700000203", "+254700000204", "+254700000205"
ROSTER = f"""phone,name,role,department,area
{OFFICER},Achieng Were,officer,*,*
{SUPERVISOR},Njeri Kimani,supervisor,*,*
{DIRECTOR},Fatuma Said,director,*,*
{CHIEF},Paul Kamau,chief,*,*
{ASSOCIATION},Joseph Ochieng,association,*,*
"""
SECONDS = {"ACK": 3, "DONE": 5, "PROMISE": 7, "CHIEF": 9, "EXTERNAL": 11, "VERIFY": 4, "REOPEN": 60}


@pytest.fixture
def gateway(environment: dict[str, str], carrier: Carrier, tmp_path: Path) -> Iterator[Processes]:
    logs = tmp_path / "logs"
    logs.mkdir()
    hours = {f"{name}_HOURS": f"{seconds / 3600:.6f}" for name, seconds in SECONDS.items()}
    with Processes(environment | hours | {"SWEEP_SECONDS": "0.2"}, logs) as processes:
        people = tmp_path / "people.csv"
        people.write_text(ROSTER)
        load = [sys.executable, "-m", "flask", "--app", "wsgi", "roster", "load", str(people)]
        subprocess.run(load, cwd=ROOT, env=processes.environment, check=True, timeout=60)
        processes.start("web", "worker", "clock")
        processes.wait_until_ready()
        carrier.connect(over_http(processes.url), CALLBACK_TOKEN)
        yield processes


def report(carrier: Carrier) -> str:
    carrier.send_sms(RESIDENT, "TAKA Kayole soko, lori linamwaga usiku")
    carrier.wait_for_sms(RESIDENT, containing="1 Kayole Central")
    carrier.send_sms(RESIDENT, "1")
    job = carrier.wait_for_sms(OFFICER, containing="NEW").text
    found = re.search(r"\b\d{7}\b", job)
    assert found, job
    return found[0]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_nobody_acts_and_the_levels_arrive_in_order_and_once(gateway: Processes, carrier: Carrier) -> None:
    reference = report(carrier)

    carrier.wait_for_sms(SUPERVISOR, containing=f"ESCALATED {reference}")
    carrier.wait_for_sms(DIRECTOR, containing=f"ESCALATED {reference}")
    carrier.wait_for_sms(CHIEF, containing=reference)
    carrier.wait_for_sms(ASSOCIATION, containing=reference)
    carrier.wait_for_sms(RESIDENT, containing="ahadi")

    phones = [sms.phone for sms in carrier.sent if reference in sms.text]
    above = [phone for phone in phones if phone in (SUPERVISOR, DIRECTOR, CHIEF, ASSOCIATION)]
    assert above == [SUPERVISOR, DIRECTOR, CHIEF, ASSOCIATION]
    assert len({(sms.phone, sms.text) for sms in carrier.sent}) == len(carrier.sent), "nothing twice"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_done_and_then_silence_is_asked_about_and_closed_as_silent(gateway: Processes, carrier: Carrier) -> None:
    reference = report(carrier)
    carrier.send_sms(OFFICER, f"DONE {reference} two lorries removed")

    carrier.wait_for_sms(RESIDENT, containing="IMEKAMILIKA")
    carrier.wait_for_sms(RESIDENT, containing=f"{reference}: hujatujibu")
    carrier.wait_for_sms(RESIDENT, containing=f"{reference}: limefungwa bila uthibitisho")

    carrier.send_sms(RESIDENT, f"HAPANA {reference}")
    assert reference in carrier.wait_for_sms(SUPERVISOR, containing="REOPENED").text
