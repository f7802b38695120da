"""Delivery reports of the page: they reach the database, whatever order they come in, and until they are taken."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from gateway.models import DeliveryReport, Message
from gateway.services import Services
from tests.browser.drawer import Drawer
from tests.browser.handset import Handset
from tests.standin.processes import Processes

WITHIN_SECONDS = 60


@pytest.fixture(autouse=True)
def worker(gateway: Processes) -> None:
    gateway.start("worker")


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Looks again until it holds; what is waited for happens in other processes. The page goes on meanwhile."""
    give_up = time.monotonic() + WITHIN_SECONDS
    while not is_so():
        assert time.monotonic() < give_up, "it did not happen in time"
        page.wait_for_timeout(100)


def message(services: Services) -> tuple[str, str | None, str | None] | None:
    """State, the carrier's last word and its reason of the only message that we owed."""
    with services.db.reading() as session:
        row = session.scalars(select(Message)).one_or_none()
        return row and (row.state, row.provider_status, row.reason)


def reports_applied(services: Services) -> list[str]:
    """In the order in which they came; empty until all that came are applied."""
    with services.db.reading() as session:
        rows = session.scalars(select(DeliveryReport).order_by(DeliveryReport.id)).all()
        return [row.status for row in rows] if all(row.applied_at for row in rows) else []


def test_a_message_that_came_is_delivered_in_the_database(page: Page, resident: Handset, services: Services) -> None:
    resident.send("HELP")

    resident.read()

    until(page, lambda: message(services) == ("delivered", "Success", None))


def test_reports_that_come_late_and_reversed_change_nothing(
    page: Page, resident: Handset, drawer: Drawer, services: Services
) -> None:
    drawer.switch("reports", "late")
    resident.send("HELP")
    resident.read()

    until(page, lambda: reports_applied(services) == ["Success", "Submitted", "Sent"])

    assert message(services) == ("delivered", "Success", None)
    expect(drawer.element.locator("[name=reports][value=prompt]")).to_be_checked()


def test_a_message_that_is_lost_never_comes_and_has_failed(
    page: Page, resident: Handset, drawer: Drawer, services: Services
) -> None:
    drawer.switch("reports", "failed")
    resident.send("HELP")

    until(page, lambda: message(services) == ("failed", "Failed", "DeliveryFailure"))

    expect(drawer.events("Report: Failed")).to_contain_text("200")
    page.reload()
    expect(resident.stand.locator(".hint")).to_be_visible()


def test_a_report_is_sent_again_until_the_gateway_has_taken_it(
    page: Page, resident: Handset, drawer: Drawer, services: Services
) -> None:
    refusals = 2

    def refuse(route: Route) -> None:
        nonlocal refusals
        refusals -= 1
        route.fulfill(status=503, body="Please call again") if refusals >= 0 else route.continue_()

    page.route("**/sms/delivery", refuse)
    resident.send("HELP")

    until(page, lambda: message(services) == ("delivered", "Success", None))

    expect(drawer.events("Report: Success")).to_have_count(3)
    expect(drawer.events("Report: Success").filter(has_text="The gateway answered 503")).to_have_count(2)


def test_a_report_that_was_not_taken_is_sent_when_the_page_is_opened_again(
    page: Page, resident: Handset, services: Services
) -> None:
    page.route("**/sms/delivery", lambda route: route.abort())
    resident.send("HELP")
    resident.read()

    page.unroute("**/sms/delivery")
    page.reload()

    until(page, lambda: message(services) == ("delivered", "Success", None))
