"""The whole story on the page: reported by phone, worked on by SMS, closed by the resident."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from gateway.models import Complaint
from gateway.services import Services
from tests.browser.conftest import SMALL
from tests.browser.handset import Handset, reference_in
from tests.standin.processes import Processes


@pytest.fixture(autouse=True)
def everything(gateway: Processes) -> None:
    gateway.start("worker", "clock")


def complaint(services: Services, reference: str) -> Complaint:
    with services.db.reading() as session:
        return session.scalars(select(Complaint).where(Complaint.reference == reference)).one()


def test_a_complaint_is_reported_done_and_confirmed_with_two_phones(
    resident: Handset, officer: Handset, services: Services, complaints_of_browser: list[str]
) -> None:
    resident.dial()
    resident.choose("English", "Report a problem", "Garbage", "dumping", "Westlands", "Kitisuru")
    resident.answer("Chief's camp, gate 3*4")
    resident.choose("Send")
    resident.expect_screen("ended")
    reference = reference_in(resident.text)

    assert reference in resident.read()
    assert reference in officer.read()
    officer.send(f"ACK {reference}")
    assert reference in officer.read()
    assert reference in resident.read()
    officer.send(f"DONE {reference} collected by truck 12")
    assert reference in officer.read()
    assert "YES" in resident.read()
    resident.send("YES")
    assert reference in resident.read()

    closed = complaint(services, reference)
    assert (closed.state, closed.outcome) == ("closed", "confirmed")
    assert complaints_of_browser == []


@pytest.mark.parametrize("context", [SMALL], indirect=True, ids=["small"])
def test_the_same_in_kiswahili_with_a_thumb_on_a_small_screen(
    page: Page, resident: Handset, officer: Handset, services: Services, complaints_of_browser: list[str]
) -> None:
    resident.dial()
    resident.choose("Kiswahili", "Ripoti shida", "Maji", "Hakuna maji", "Westlands", "Kitisuru")
    resident.tap("#", *"222", *"444", *"33")
    expect(resident.field).to_have_value("cie")
    resident.press("left")
    resident.wait_for_answer()
    resident.choose("Tuma")
    resident.expect_screen("ended")
    reference = reference_in(resident.text)

    assert reference in resident.read()
    page.locator("[data-show=officer]").click()
    assert reference in officer.read()
    officer.send(f"POKEA {reference}")
    assert reference in officer.read()
    page.locator("[data-show=resident]").click()
    assert reference in resident.read()
    page.locator("[data-show=officer]").click()
    officer.send(f"MALIZA {reference} bomba kuu limerekebishwa")
    assert reference in officer.read()
    page.locator("[data-show=resident]").click()
    assert "NDIYO" in resident.read()
    resident.send("NDIYO")
    assert reference in resident.read()

    assert complaint(services, reference).state == "closed"
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert complaints_of_browser == []
