"""A network that misbehaves on purpose: the screen stays the same, and one report stays one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from gateway.models import Complaint, UssdSession
from gateway.services import Services
from tests.browser.conftest import SMALL
from tests.browser.drawer import Drawer
from tests.browser.handset import Handset, reference_in

WAY = ("English", "Report a problem", "Garbage", "dumping", "Westlands", "Kitisuru")
LANDMARK = "Chief's camp, gate 3*4"

#: The fields of the carrier's notice, as reference and documentation name them.
NOTICE = {
    "date",
    "sessionId",
    "serviceCode",
    "networkCode",
    "phoneNumber",
    "status",
    "cost",
    "durationInMillis",
    "hopsCount",
    "hopsMetadata",
    "input",
    "lastAppResponse",
    "errorMessage",
}

Disturb = Callable[[], None]


def references(services: Services) -> list[str]:
    with services.db.reading() as session:
        return list(session.scalars(select(Complaint.reference)))


def how_it_ended(services: Services) -> list[tuple[str | None, int | None]]:
    with services.db.reading() as session:
        rows = session.scalars(select(UssdSession).order_by(UssdSession.began_at))
        return [(row.status, row.hops) for row in rows]


def report(resident: Handset, disturb: Disturb) -> str:
    """Files a complaint, disturbed on every screen, and returns the last one."""
    resident.dial()
    for label in WAY:
        number = resident.find(label)
        undisturbed(resident, disturb)
        resident.answer_with_keys(number)
    undisturbed(resident, disturb)
    resident.answer(LANDMARK)
    send = resident.find("Send")
    undisturbed(resident, disturb)
    resident.answer_with_keys(send)
    resident.expect_screen("ended")
    undisturbed(resident, disturb)
    return resident.text


def undisturbed(resident: Handset, disturb: Disturb) -> None:
    before = resident.text
    disturb()
    assert resident.text == before


@pytest.mark.parametrize(
    "deeds", [("retry",), ("late",), ("atOnce",), ("loseRedis",), ("loseRedis", "retry")], ids="+".join
)
def test_the_screen_stays_the_same_and_one_report_stays_one(
    resident: Handset, drawer: Drawer, services: Services, complaints_of_browser: list[str], deeds: tuple[str, ...]
) -> None:
    def disturb() -> None:
        for deed in deeds:
            if drawer.button(deed).get_attribute("aria-disabled") == "false":
                drawer.do(deed)

    last = report(resident, disturb)

    assert references(services) == [reference_in(last)]
    assert set(drawer.verdicts()) <= {"same screen"}
    assert complaints_of_browser == []


def test_an_answer_sent_five_times_at_once_is_one_answer(
    page: Page, resident: Handset, drawer: Drawer, services: Services
) -> None:
    resident.dial()
    for label in WAY:
        resident.press(*resident.find(label))
        drawer.do("atOnce")
    resident.answer(LANDMARK)
    resident.press(*resident.find("Send"))
    drawer.do("atOnce")
    resident.expect_screen("ended")

    assert references(services) == [reference_in(resident.text)]
    expect(drawer.events("At once").filter(has_text="END ")).to_have_count(5)
    assert set(drawer.verdicts()) == {"same screen"}


def test_what_was_typed_outlives_a_retry(resident: Handset, drawer: Drawer) -> None:
    resident.dial()
    resident.press("2")

    drawer.do("retry")

    expect(resident.field).to_have_value("2")


def test_a_late_hop_is_answered_in_the_log_alone(resident: Handset, drawer: Drawer) -> None:
    resident.dial()
    first_line = resident.text.splitlines()[0]
    resident.choose("English")
    shown = resident.text

    drawer.do("late")

    expect(drawer.events("Late hop")).to_contain_text(first_line)
    expect(drawer.events("Late hop")).to_contain_text("same screen")
    assert resident.text == shown


def test_a_call_that_is_dropped_has_ended_incomplete(
    page: Page, resident: Handset, drawer: Drawer, services: Services
) -> None:
    resident.dial()
    resident.choose("English", "Report a problem")
    with page.expect_request("**/ussd/ended") as notice:
        drawer.do("drop")

    resident.expect_screen("notice")
    expect(resident.lcd).to_contain_text("Connection lost")
    expect(drawer.events("End: Incomplete")).to_contain_text("200")
    form = notice.value.post_data_json
    # An empty field is on the wire, though not in the parsed form.
    assert {pair.partition("=")[0] for pair in (notice.value.post_data or "").split("&")} == NOTICE
    assert (form["status"], form["hopsCount"], form["input"]) == ("Incomplete", "3", "1*1")
    assert form["lastAppResponse"].startswith("CON ")
    assert how_it_ended(services) == [("Incomplete", 3)]


def test_a_dropped_report_goes_on_where_it_was(resident: Handset, drawer: Drawer) -> None:
    resident.dial()
    resident.choose("English", "Report a problem", "Garbage")
    resident.find("dumping")
    shown = resident.text
    drawer.do("drop")
    # The notice is what keeps a report without free text; it must have arrived before Redis goes.
    expect(drawer.events("End: Incomplete")).to_contain_text("200")
    drawer.do("loseRedis")
    resident.press("end")

    resident.dial()
    resident.choose("Continue")

    assert resident.text == shown


def test_an_end_and_a_cancelled_call_are_reported_once_each(
    resident: Handset, drawer: Drawer, services: Services
) -> None:
    resident.dial()
    resident.choose("English", "Help", "Emergency")
    resident.expect_screen("ended")
    resident.press("end")
    resident.dial()
    resident.press("end")

    expect(drawer.events("End: Success")).to_contain_text("200")
    expect(drawer.events("End: Incomplete")).to_contain_text("200")
    expect(drawer.events("End: .*")).to_have_count(2)
    assert how_it_ended(services) == [("Success", 4), ("Incomplete", 1)]


@pytest.mark.parametrize(
    ("where", "service_code", "text"), [("text", "*384*1972#", "1*2"), ("code", "*384*1972*1*2#", "")]
)
def test_what_is_dialled_ahead_arrives_where_the_switch_says(
    page: Page, resident: Handset, drawer: Drawer, where: str, service_code: str, text: str
) -> None:
    drawer.switch("ahead", where)
    with page.expect_request("**/ussd") as request:
        resident.press(*"*384*1972*1*2#", "call")

    resident.expect_screen("ussd")
    form = request.value.post_data_json
    assert (form["serviceCode"], form.get("text", "")) == (service_code, text)
    expect(resident.lcd).to_contain_text("Back")


def test_the_log_holds_neither_a_number_nor_what_was_typed(page: Page, resident: Handset, drawer: Drawer) -> None:
    report(resident, lambda: None)
    resident.send("HELP please")
    expect(drawer.events("SMS")).to_have_count(1)

    log = page.locator("[data-part=events]").inner_html()

    assert "254700" not in log
    assert "Chief" not in log
    assert "HELP" not in log
    expect(drawer.events("Hop").last).to_contain_text("text 0 → 200 CON ")


@pytest.mark.parametrize("context", [SMALL], indirect=True, ids=["small"])
def test_on_a_small_screen_the_open_drawer_leaves_the_screen_of_the_phone_in_sight(
    page: Page, resident: Handset, drawer: Drawer
) -> None:
    resident.dial()
    page.evaluate("scrollTo(0, 0)")
    lcd, front = resident.lcd.bounding_box(), drawer.element.bounding_box()

    assert lcd and front
    assert lcd["y"] + lcd["height"] <= front["y"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
