"""Many hops of one session at once, against the real server with its processes and threads: one step."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.test_story import ENGLISH, RESIDENT, reference_in, to_the_confirmation
from tests.standin.carrier import Carrier
from tests.standin.processes import Processes

HOPS = 50


def at_once(carrier: Carrier, form: dict[str, str], texts: list[str]) -> list[str]:
    """Posts one hop for each text, all at the same moment; the answers in the same order."""
    together = threading.Barrier(len(texts))

    def post(text: str) -> str:
        together.wait()
        answer = carrier.callback("ussd", form | {"text": text})
        assert (answer.status, answer.content_type.split(";")[0]) == (200, "text/plain")
        return answer.body

    with ThreadPoolExecutor(len(texts)) as threads:
        return list(threads.map(post, texts))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_fifty_copies_of_each_hop_of_a_whole_report_are_one_step_each(gateway: Processes, carrier: Carrier) -> None:
    form = {"phoneNumber": RESIDENT, "serviceCode": "*384*1972#", "sessionId": "ATUid_copies", "networkCode": "63902"}
    text = ""
    bodies = at_once(carrier, form, [""] * HOPS)
    assert set(bodies) == {bodies[0]}
    for answer in ("1", "1", "1", "2", "7", "1", "Stage 7*8"):
        text = f"{text}*{answer}" if text else answer
        bodies = at_once(carrier, form, [text] * HOPS)
        assert set(bodies) == {bodies[0]}, text
    assert "Stage 7*8" in bodies[0]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_of_many_different_answers_at_once_one_is_taken_and_at_most_one_complaint_filed(
    gateway: Processes, carrier: Carrier
) -> None:
    call = to_the_confirmation(carrier, ENGLISH)
    form = {
        "phoneNumber": call.phone,
        "serviceCode": call.code,
        "sessionId": call.session_id,
        "networkCode": call.network,
    }
    send, change = call.screen.number_of("Send"), call.screen.number_of("Change")

    bodies = at_once(carrier, form, [f"{call.text}*{send}", f"{call.text}*{change}"] * (HOPS // 2))

    moved = set(bodies) - {call.screen.body}
    assert len(moved) == 1, "one of the two answers was taken, never both"
    if "Thank you" in (body := moved.pop()):
        carrier.wait_for_sms(RESIDENT, containing=reference_in(body))
