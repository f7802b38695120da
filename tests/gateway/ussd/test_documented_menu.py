"""A menu that is not the shipped one, with names and outcomes of its own: what is proved also works."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway import clock
from gateway.complaints import states
from gateway.services import Services
from gateway.sms import stops
from gateway.ussd import publishing
from tests.gateway import cast
from tests.gateway.ussd.conftest import County
from tests.standin.carrier import Carrier

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

TAKA = Path(__file__).parents[2] / "menus" / "taka.yaml"


@pytest.fixture(autouse=True)
def taka_in_force(gateway: Services) -> None:
    proposal = publishing.propose(gateway.db, TAKA.read_text(encoding="utf-8"))
    publishing.publish(gateway.db, proposal, author="an editor")


def test_a_report_is_filed_by_the_names_of_the_menu(carrier: Carrier, county: County) -> None:
    call = carrier.dial(cast.AMINA)
    for label in ("English", "Report a problem", "Burning waste", "Makadara", "Maringo/Hamza"):
        call.choose(label)
    call.press("Behind Jamia 4*2")

    assert call.screen.text.startswith("Burning waste, Maringo/Hamza: Behind Jamia 4*2")
    call.choose("Send")

    (complaint,) = county.all()
    assert (complaint.category, complaint.ward, complaint.landmark) == ("T4", cast.MARINGO, "Behind Jamia 4*2")
    assert call.screen.body == f"END Thank you. Your report is {complaint.reference}. We will SMS you each step."


def test_a_caller_whose_sms_are_off_ends_like_anybody_else(carrier: Carrier, county: County) -> None:
    with county.services.db.transaction() as session:
        cast.person(session, cast.AMINA).language = "en"
        stops.stop(session, cast.person(session, cast.AMINA).id, "sms", clock.now())

    call = carrier.dial(cast.AMINA)
    for label in ("Report a problem", "Illegal dumping", "Makadara", "Maringo/Hamza"):
        call.choose(label)
    call.press("Stage Mosque Rd")
    call.choose("Send")

    assert call.screen.body.startswith("END Thank you. Your report is")


def test_only_who_has_reported_is_offered_their_reports_with_age_and_the_officers_words(
    carrier: Carrier, county: County
) -> None:
    call = carrier.dial(cast.BRIAN)
    call.choose("English")
    assert "My reports" not in call.screen.options

    number = county.complaint()
    county.say(cast.OTIENO, states.DONE, number, "Two lorries removed it")
    call = carrier.dial(cast.AMINA)
    call.choose("English")
    call.choose("My reports")
    line = next(label for label in call.screen.options if label.startswith(number))
    call.choose(line)

    assert len(line) <= 24
    assert call.screen.body == f"END {number}: Done, please confirm, 0 days. Two lorries removed it"
