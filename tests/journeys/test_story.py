"""The main job, end to end on real processes: dial, report, ACK, DONE, YES, closed; in each language and on each
database. Screens are read as a person reads them: by their labels."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.journeys.conftest import OFFICER, SUPERVISOR
from tests.standin.carrier import Carrier
from tests.standin.dialogue import Dialogue
from tests.standin.processes import Processes
from tests.standin.screens import septets

RESIDENT = "+254700000301"
STRANGER = "+254700000999"


@dataclass(frozen=True)
class Words:
    """What a person looks for on the screens and writes in a text, in one language."""

    language: str
    report: tuple[str, ...]
    send: str
    mine: str
    promised: str
    status: tuple[str, str]
    seen: str
    closed: str
    ack: str
    done: str
    yes: str
    job: str
    done_answer: str


ENGLISH = Words(
    language="English",
    report=("Report a problem", "Garbage & dumping", "Illegal dumping", "Kasarani", "Clay City"),
    send="Send",
    mine="My complaints",
    promised="within 72 hours",
    status=("STATUS", "Officer has seen it"),
    seen="seen by county officer A.Were",
    closed="closed, thank you",
    ack="ACK",
    done="DONE",
    yes="YES",
    job="When finished: DONE",
    done_answer="DONE. Resident asked to confirm",
)
KISWAHILI = Words(
    language="Kiswahili",
    report=("Ripoti shida", "Taka na utupaji", "Utupaji taka haramu", "Kasarani", "Clay City"),
    send="Tuma",
    mine="Malalamiko yangu",
    promised="ndani ya saa 72",
    status=("HALI", "Afisa ameliona"),
    seen="A.Were",
    closed="limefungwa",
    ack="pokea",
    done="Maliza",
    yes="ndio",
    job="Ukimaliza: MALIZA",
    done_answer="Mkazi ameombwa kuthibitisha",
)


def to_the_confirmation(carrier: Carrier, words: Words, landmark: str = "Stage 7*8, near the market") -> Dialogue:
    call = carrier.dial(RESIDENT)
    if call.screen.number_of(words.language) and len(call.screen.options) == 2:
        call.choose(words.language)
    for label in words.report:
        call.choose(label)
    call.press(landmark)
    assert landmark[:12] in call.screen.text
    return call


def reference_in(text: str) -> str:
    found = re.search(r"\b\d{7}\b", text)
    assert found, text
    return found[0]


@pytest.mark.parametrize("words", [ENGLISH, KISWAHILI], ids=lambda words: words.language)
def test_a_complaint_is_reported_worked_on_and_closed(gateway: Processes, carrier: Carrier, words: Words) -> None:
    end = to_the_confirmation(carrier, words).choose(words.send)
    reference = reference_in(end.text)
    assert not end.goes_on
    assert words.promised in end.text

    assert "Clay City" in carrier.wait_for_sms(RESIDENT, containing=reference).text
    job = carrier.wait_for_sms(OFFICER, containing=reference).text
    assert "Stage 7*8" in job

    carrier.send_sms(OFFICER, f"{words.ack} {reference}")
    carrier.wait_for_sms(OFFICER, containing=words.job)
    assert reference in carrier.wait_for_sms(RESIDENT, containing=words.seen).text

    carrier.send_sms(RESIDENT, f"{words.status[0]} {reference}")
    carrier.wait_for_sms(RESIDENT, containing=words.status[1])

    carrier.send_sms(OFFICER, f"{words.done}{reference} lori mbili zimeondoa taka")
    carrier.wait_for_sms(OFFICER, containing=words.done_answer)
    assert reference in carrier.wait_for_sms(RESIDENT, containing="lori mbili").text

    carrier.send_sms(RESIDENT, words.yes)
    assert reference in carrier.wait_for_sms(RESIDENT, containing=words.closed).text

    call = carrier.dial(RESIDENT)
    call.choose(words.mine)
    assert reference in call.choose(reference).text
    assert all(septets(sms.text) <= 160 for sms in carrier.sent)
    assert len({(sms.phone, sms.text) for sms in carrier.sent}) == len(carrier.sent), "nothing twice"


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_not_fixed_opens_it_again_and_tells_the_supervisor(gateway: Processes, carrier: Carrier) -> None:
    reference = reference_in(to_the_confirmation(carrier, ENGLISH).choose("Send").text)
    carrier.wait_for_sms(OFFICER, containing=reference)
    carrier.send_sms(OFFICER, f"DONE {reference} all is clean now")
    carrier.wait_for_sms(RESIDENT, containing="county says DONE")

    carrier.send_sms(RESIDENT, f"no {reference}")

    carrier.wait_for_sms(RESIDENT, containing="reopened")
    assert reference in carrier.wait_for_sms(SUPERVISOR, containing="REOPENED").text


def test_a_confirmation_that_arrives_ten_times_at_once_is_one_complaint(gateway: Processes, carrier: Carrier) -> None:
    call = to_the_confirmation(carrier, ENGLISH)
    number = call.screen.number_of("Send")
    together = threading.Barrier(10)

    def confirm(_: int) -> str:
        copy = Dialogue(
            call.phone, call.code, call.hop, session_id=call.session_id, text=call.text, screens=call.screens
        )
        together.wait()
        return Dialogue.press(copy, str(number)).body

    with ThreadPoolExecutor(10) as threads:
        bodies = set(threads.map(confirm, range(10)))

    assert len(bodies) == 1
    reference = reference_in(bodies.pop())
    carrier.wait_for_sms(RESIDENT, containing=reference)
    call = carrier.dial(RESIDENT)
    call.choose("My complaints")
    assert [label[:7] for label in call.screen.options if label[0].isdigit()] == [reference]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_nobody_off_the_roster_can_move_a_complaint_and_a_wrong_digit_touches_none(
    gateway: Processes, carrier: Carrier
) -> None:
    reference = reference_in(to_the_confirmation(carrier, ENGLISH).choose("Send").text)
    carrier.wait_for_sms(OFFICER, containing=reference)

    carrier.send_sms(STRANGER, f"DONE {reference} it was me really")
    assert "not registered" in carrier.wait_for_sms(STRANGER).text

    wrong = reference[:-1] + str((int(reference[-1]) + 1) % 10)
    carrier.send_sms(OFFICER, f"DONE {wrong} two lorries removed")
    assert "check it" in carrier.wait_for_sms(OFFICER, containing=wrong).text

    carrier.send_sms(STRANGER, "habari za asubuhi")
    carrier.wait_for_sms(STRANGER, skip=1)
    carrier.send_sms(RESIDENT, f"STATUS {reference}")
    carrier.wait_for_sms(RESIDENT, containing="Received")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_message_owed_while_no_worker_runs_is_sent_by_the_clock_or_the_next_worker(
    gateway: Processes, carrier: Carrier
) -> None:
    gateway.kill("worker")

    reference = reference_in(to_the_confirmation(carrier, ENGLISH).choose("Send").text)
    gateway.start("worker")

    carrier.wait_for_sms(RESIDENT, containing=reference)
    carrier.wait_for_sms(OFFICER, containing=reference)
