"""The desk in a real browser, beside the phones: a code by SMS, an alarm, a resident who is not reached."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gateway import clock
from gateway.services import Services
from gateway.sms import gate
from tests.browser.conftest import LARGE, SMALL
from tests.browser.drawer import Drawer
from tests.browser.handset import Handset, reference_in
from tests.standin.processes import Processes

SUPERVISOR = "0700 000 102"


@pytest.fixture(autouse=True)
def everything(gateway: Processes) -> None:
    gateway.start("worker", "clock")


@pytest.fixture
def desk(page: Page, context: BrowserContext, gateway: Processes, complaints_of_browser: list[str]) -> Iterator[Page]:
    desk = context.new_page()
    desk.on("console", lambda message: complaints_of_browser.append(message.text))
    desk.goto(f"{gateway.url}/desk/")
    yield desk
    desk.close()


def is_whole(page: Page) -> bool:
    """Nothing hangs over the edge of the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def show(phone: Handset) -> None:
    """On a small screen one phone is shown at a time."""
    phone.page.bring_to_front()
    switch = phone.page.locator(f"[data-show={phone.role}]")
    if switch.is_visible():
        switch.click()


def belong_to_supervisor(phone: Handset) -> None:
    show(phone)
    number = phone.stand.locator("[data-part=number]")
    number.fill(SUPERVISOR)
    number.press("Tab")


def sign_in(desk: Page, phone: Handset) -> None:
    desk.get_by_label("Your phone number").fill(SUPERVISOR)
    desk.get_by_role("button", name="Send me a code").click()
    show(phone)
    code = re.search(r"\b\d{6}\b", phone.read())
    assert code
    desk.bring_to_front()
    desk.get_by_label("The code from the SMS").fill(code[0])
    desk.get_by_role("button", name="Come in").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Open")


@pytest.mark.parametrize("context", [LARGE, SMALL], indirect=True, ids=["large", "small"])
def test_a_resident_who_is_not_reached_is_seen_called_and_ticked_off(
    page: Page, desk: Page, resident: Handset, officer: Handset, complaints_of_browser: list[str]
) -> None:
    assert is_whole(desk)
    # So that the next SMS to a phone of this page is the resident's.
    belong_to_supervisor(officer)
    show(resident)
    drawer = Drawer(page)
    drawer.open()
    drawer.switch("reports", "failed")
    resident.dial()
    resident.choose("English", "Report a problem", "Garbage", "dumping", "Westlands", "Kitisuru")
    resident.answer("Chief's camp")
    resident.choose("Send")
    resident.expect_screen("ended")
    reference = reference_in(resident.text)
    expect(drawer.events("Report: Failed")).to_have_count(1, timeout=60_000)

    sign_in(desk, officer)
    mark = desk.get_by_role("row", name=reference).get_by_text("1 not reached")
    while mark.count() == 0:
        desk.wait_for_timeout(200)
        desk.reload()
    assert is_whole(desk)

    desk.get_by_role("link", name=reference).click()
    missed = desk.get_by_role("region", name="Not reached")
    expect(missed).to_contain_text("0700***001")
    expect(missed).to_contain_text("the operator could not deliver it")
    assert is_whole(desk)
    missed.get_by_role("button", name="Show number").click()
    expect(missed).to_contain_text("+254700000001")
    missed.get_by_role("button", name="I told them by phone").click()
    expect(desk.get_by_role("heading", name="History")).to_be_visible()
    expect(missed).to_have_count(0)
    expect(desk.get_by_text("told somebody by phone")).to_be_visible()
    assert complaints_of_browser == []


@pytest.mark.parametrize("context", [LARGE, SMALL], indirect=True, ids=["large", "small"])
def test_an_alarm_is_on_the_desk_until_it_ends(
    page: Page, desk: Page, officer: Handset, services: Services, complaints_of_browser: list[str]
) -> None:
    belong_to_supervisor(officer)
    sign_in(desk, officer)
    with services.db.transaction() as session:
        gate.hold(session, clock.now(), "by hand", probe_at=None)

    desk.reload()
    expect(desk.get_by_role("region", name="alarm")).to_contain_text("The outbox is held: by hand")
    assert is_whole(desk)
    desk.get_by_role("link", name="How the messages stand, and what to do").click()
    expect(desk.get_by_role("region", name="alarm")).to_contain_text("flask messages release")
    assert is_whole(desk)

    with services.db.transaction() as session:
        gate.release(session)
    desk.reload()
    expect(desk.get_by_text("The outbox is held")).to_have_count(0)
    desk.get_by_role("button", name="Sign out").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert complaints_of_browser == []
