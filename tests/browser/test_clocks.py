"""The network's two clocks: shown always, and hanging up where the drawer says so."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.drawer import Drawer
from tests.browser.handset import Handset
from tests.standin.processes import Processes


@pytest.fixture
def page(context: BrowserContext, gateway: Processes) -> Page:
    page = context.new_page()
    page.clock.install()
    page.goto(f"{gateway.url}/simulator")
    return page


def test_a_slow_reader_is_only_shown_the_clocks(page: Page, resident: Handset) -> None:
    resident.dial()
    page.clock.run_for(31_000)

    resident.expect_screen("ussd")
    expect(resident.stand.locator("[data-part=idle]")).to_have_class(re.compile("over"))


@pytest.mark.parametrize(("answers", "why"), [(0, "30 s without an answer"), (7, "180 s")])
def test_the_network_hangs_up_when_it_is_asked_to(
    page: Page, resident: Handset, drawer: Drawer, answers: int, why: str
) -> None:
    drawer.hang_up_like_the_network()
    resident.dial()
    for _answer in range(answers):
        page.clock.run_for(25_000)
        resident.answer_with_keys("9")
    with page.expect_request("**/ussd/ended") as notice:
        page.clock.run_for(31_000)

    resident.expect_screen("notice")
    expect(resident.lcd).to_contain_text(why)
    assert notice.value.post_data_json["status"] == "Incomplete"
