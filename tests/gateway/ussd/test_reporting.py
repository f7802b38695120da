"""Reporting by USSD on the real application, in both languages: every branch from the first call to the reference."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from gateway import areas, clock
from gateway.areas import Kind
from gateway.complaints import queries, states
from gateway.models import Person
from gateway.services import Services
from gateway.sms import stops
from tests.gateway import cast
from tests.gateway.ussd.conftest import Caller, County

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def test_a_first_call_is_told_of_privacy_and_reports_from_the_lists(caller: Caller, county: County) -> None:
    caller.dial().at("notice")
    caller.choose("Report a problem", "Garbage & dumping", caller.category("T2")).at("area")
    assert not caller.offers("Same place as last time")
    caller.choose("Makadara").at("ward")
    caller.choose("Maringo/Hamza").at("landmark")
    confirm = caller.type("Stage 5*7 Rabai Rd").at("confirm")

    sent = caller.choose("Send").at("sent")

    assert confirm["ward"] == "Maringo/Hamza"
    assert confirm["landmark"] == "Stage 5*7 Rabai Rd"
    (complaint,) = county.all()
    assert (complaint.reference, complaint.ward) == (sent["ref"], cast.MARINGO)
    assert (complaint.landmark, complaint.priority) == ("Stage 5*7 Rabai Rd", queries.NORMAL)
    assert sent["hours"] == "72"


def test_a_known_caller_sees_the_main_menu_at_once_and_reports_the_same_place_in_six_answers(
    caller: Caller, county: County
) -> None:
    with county.services.db.transaction() as session:
        cast.person(session, cast.AMINA).language = caller.language
    county.complaint(category="T3")
    caller.dial().at("home")

    caller.report().choose("Same place as last time").at("landmark")
    caller.type("Shell petrol station").choose("Send").at("sent")

    assert caller.hops == 6
    assert county.all()[1].ward == cast.MARINGO


def test_a_typed_area_that_is_certain_leads_on_and_keeps_within_seven_answers(caller: Caller, county: County) -> None:
    caller.report().choose("Type estate or area name").at("typed_area")
    caller.type("umoja II").at("landmark")
    assert caller.type("Mama Lucy").at("confirm")["ward"] == "Umoja II"
    caller.choose("Send").at("sent")

    assert caller.hops == 7
    assert county.all()[0].ward == "1427"


def test_an_area_that_is_not_certain_is_asked_and_may_be_refused(caller: Caller, county: County) -> None:
    assert not areas.find("Tassia").is_sure
    asked = caller.report().choose("Type estate or area name").type("Tassia").at("area_check")
    assert asked == {"meant": "Tassia", "ward": "Embakasi"}

    caller.choose("No, choose again").at("area")
    misspelt = caller.choose("Type estate or area name").type("Kawangwere").at("area_check")
    assert misspelt == {"meant": "Kawangware", "ward": "Kawangware"}
    caller.choose("Yes").at("landmark")
    caller.type("Congo stage").choose("Send").at("sent")

    assert county.all()[0].ward == "1372"


def test_an_area_of_several_wards_is_chosen_and_none_of_them_may_be_right(caller: Caller, county: County) -> None:
    caller.report().choose("Type estate or area name").type("Kayole").at("area_wards")
    caller.choose("None of these").at("area")
    caller.choose("Type estate or area name").type("Kayole").choose("Kayole South").at("landmark")
    caller.type("Chiefs camp").choose("Send").at("sent")

    assert county.all()[0].ward == "1418"


def test_the_name_of_a_sub_county_leads_to_its_wards(caller: Caller) -> None:
    caller.report().choose("Type estate or area name").type("westlands").at("area_wards")
    assert "Kangemi" in caller.screen.options


def test_a_name_of_several_sub_counties_leads_to_the_one_that_is_chosen(caller: Caller) -> None:
    caller.report().choose("Type estate or area name").type("Dagoretti").at("area_subcounties")
    caller.choose("Dagoretti South").at("ward")
    caller.choose("Riruta").at("landmark")
    assert caller.type("Satellite stage").at("confirm")["ward"] == "Riruta"


def test_a_place_outside_nairobi_is_told_whom_to_ask(caller: Caller) -> None:
    outside = caller.report().choose("Type estate or area name").type("Ongata Rongai").at("area_outside")
    assert outside == {"meant": "Ongata Rongai", "county": "Kajiado"}

    caller.choose("Type again").at("typed_area")
    caller.type("rongai").choose("Choose from list").at("area")


def test_an_unknown_area_may_be_typed_again_or_chosen(caller: Caller) -> None:
    assert areas.find("5*7 nowhere").kind is Kind.UNKNOWN
    unknown = caller.report().choose("Type estate or area name").type("5*7 nowhere").at("area_unknown")
    assert unknown == {"typed": "5*7 nowhere"}

    caller.choose("Type again").at("typed_area")
    caller.type("nowhere").choose("Choose from list").at("area")


def test_somebody_in_danger_gets_advice_and_an_urgent_complaint(caller: Caller, county: County) -> None:
    caller.report("T4").at("danger")
    caller.choose("Yes").at("danger_advice")
    assert "999" in caller.screen.text
    caller.choose("Continue").at("area")
    caller.choose("Makadara", "Maringo/Hamza").type("Stage")
    assert "URGENT" in caller.screen.text or "DHARURA" in caller.screen.text

    sent = caller.choose("Send").at("sent_urgent")

    (complaint,) = county.all()
    assert (complaint.reference, complaint.priority) == (sent["ref"], queries.URGENT)


def test_no_danger_is_an_ordinary_complaint_and_another_problem_is_asked_again(caller: Caller, county: County) -> None:
    caller.report("T4").choose("Yes", "Continue", "Makadara", "Maringo/Hamza").type("Stage").choose("Change", "Problem")
    caller.choose("Garbage & dumping", caller.category("T3")).at("area")
    caller.choose("Makadara", "Maringo/Hamza").type("Stage").choose("Send").at("sent")

    assert county.all()[0].priority == queries.NORMAL


def test_any_report_can_be_marked_urgent_before_it_is_sent(caller: Caller, county: County) -> None:
    caller.report().choose("Makadara", "Maringo/Hamza").type("Stage").choose("Change").at("change")
    caller.choose("Mark as URGENT: danger").at("urgent_advice")
    caller.choose("Continue").at("confirm")
    caller.choose("Change")
    assert not caller.offers("Mark as URGENT: danger")
    caller.choose("Landmark").type("Stage, near the school").choose("Send").at("sent_urgent")

    assert county.all()[0].priority == queries.URGENT
    assert county.all()[0].landmark == "Stage, near the school"


def test_what_is_cancelled_is_not_sent(caller: Caller, county: County) -> None:
    caller.report().choose("Makadara", "Maringo/Hamza").type("Stage").choose("Cancel").at("cancelled")

    assert county.all() == []


def test_a_place_may_be_changed_before_it_is_sent(caller: Caller, county: County) -> None:
    caller.report().choose("Makadara", "Maringo/Hamza").type("Stage").choose("Change", "Place").at("area")
    caller.choose("Makadara", "Harambee").type("Stage").choose("Send").at("sent")

    assert county.all()[0].ward == cast.HARAMBEE


def test_what_others_have_reported_nearby_is_offered_to_be_joined(caller: Caller, county: County) -> None:
    theirs = county.complaint(owner=cast.BRIAN, ago=timedelta(days=2))
    caller.report().choose("Makadara", "Maringo/Hamza").type("near Stage Mosque Rd").at("alike")
    (line,) = [label for label in caller.screen.options if label.startswith("Stage")]
    assert line.endswith("(1)")

    assert caller.choose(line).at("join") == {"ref": theirs, "place": "Stage Mosque Rd", "people": "1"}
    assert caller.choose("Add me to it").at("joined") == {"ref": theirs}

    assert len(county.all()) == 1
    caller.dial().choose("My complaints")
    assert any(label.startswith(theirs) for label in caller.screen.options)


def test_a_problem_that_is_different_is_reported_all_the_same(caller: Caller, county: County) -> None:
    county.complaint(owner=cast.BRIAN)
    caller.report().choose("Makadara", "Maringo/Hamza").type("Stage Mosque Rd").at("alike")
    caller.choose("Mine is different").at("confirm")
    caller.choose("Change", "Landmark").type("Stage Mosque Rd").choose_first().at("join")
    caller.choose("No, it is different").at("confirm")
    caller.choose("Send").at("sent")

    assert len(county.all()) == 2


def test_what_was_closed_meanwhile_is_reported_as_ones_own(caller: Caller, county: County) -> None:
    theirs = county.complaint(owner=cast.BRIAN)
    caller.report().choose("Makadara", "Maringo/Hamza").type("Stage Mosque Rd").choose_first().at("join")
    county.say(cast.BRIAN, states.CANCEL, theirs)

    caller.choose("Add me to it").at("confirm")
    caller.choose("Send").at("sent")

    assert len(county.all()) == 2


def test_what_belongs_to_an_agency_is_said_to_go_there(caller: Caller, county: County) -> None:
    caller.report("M1").choose("Makadara", "Maringo/Hamza").type("Stage")

    sent = caller.choose("Send").at("sent_referred")

    assert sent["agency"] == "Nairobi Water"
    assert county.look(sent["ref"]).state == states.REFERRED


def test_whoever_stopped_sms_is_not_promised_any(caller: Caller, county: County) -> None:
    with county.services.db.transaction() as session:
        person = cast.person(session, cast.AMINA)
        person.language = caller.language
        stops.stop(session, person.id, "STOP", clock.now())

    sent = caller.report().choose("Makadara", "Maringo/Hamza").type("Stage").choose("Send").at("sent_quiet")

    assert sent["code"] == "*384*1972#"


def test_the_way_to_a_report_by_lists_reads_no_database(caller: Caller, gateway: Services) -> None:
    """Choosing and listing read files: the last place is known from the first hop, and what is alike comes later."""
    caller.dial().choose("Report a problem")
    statements: list[str] = []
    event.listen(gateway.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    caller.choose("Garbage & dumping", caller.category("T2"), "Makadara", "Maringo/Hamza").at("landmark")

    assert statements == []


def test_who_reports_in_a_language_is_written_to_in_it(caller: Caller, county: County) -> None:
    caller.report().choose("Makadara", "Maringo/Hamza").type("Stage").choose("Send")

    with county.services.db.reading() as session:
        owner = session.get_one(Person, county.all()[0].owner_id)
        assert owner.language == caller.language
