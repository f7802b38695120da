"""One phone on the page: keys, keyboard, clocks, and what it says when the gateway is away."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.handset import Handset
from tests.standin.processes import Processes


def test_a_keyboard_alone_dials_answers_and_hangs_up(page: Page, resident: Handset) -> None:
    page.keyboard.type("*384*1972#")
    page.keyboard.press("Enter")
    resident.expect_screen("ussd")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(resident.lcd).to_contain_text("Report a problem")
    page.keyboard.press("Escape")

    resident.expect_screen("home")


def test_the_page_says_what_a_screen_costs(resident: Handset) -> None:
    resident.dial()

    meter = resident.stand.locator("[data-part=size] output")
    expect(meter).to_have_text(f"{len('CON ' + resident.text)}/160")


def test_a_code_that_the_network_does_not_know_is_not_dialled(page: Page, resident: Handset) -> None:
    resident.press(*"*100#", "call")

    resident.expect_screen("notice")
    expect(resident.lcd).to_contain_text("invalid MMI code")


def test_every_hop_has_the_five_fields_of_the_carrier(page: Page, resident: Handset) -> None:
    with page.expect_request("**/ussd") as first:
        resident.dial()
    with page.expect_request("**/ussd") as second:
        resident.answer_with_keys("1")

    dialled, answered = first.value.post_data_json, second.value.post_data_json
    assert set(dialled) == {"sessionId", "phoneNumber", "serviceCode", "text", "networkCode"}
    assert re.fullmatch("ATUid_[0-9a-f]{32}", dialled["sessionId"])
    assert dialled["sessionId"] == answered["sessionId"]
    assert (dialled["text"], answered["text"]) == ("", "1")


def test_letters_are_typed_with_twelve_keys(resident: Handset) -> None:
    resident.press("left", "left")
    resident.tap(*"44", "#", *"2", "#", *"73")

    expect(resident.field).to_have_value("hA73")

    resident.press("right", "right")
    expect(resident.field).to_have_value("hA")


def test_a_new_number_in_the_phone_is_another_caller(page: Page, resident: Handset) -> None:
    number = resident.stand.locator("[data-part=number]")
    number.fill("0700 000 042")
    number.press("Tab")
    expect(number).to_have_value("+254700000042")

    with page.expect_request("**/ussd") as request:
        resident.dial()

    assert request.value.post_data_json["phoneNumber"] == "+254700000042"


def test_a_number_that_is_none_is_put_back(resident: Handset) -> None:
    number = resident.stand.locator("[data-part=number]")
    number.fill("nobody")
    number.press("Tab")

    expect(number).to_have_value("+254700000001")


def test_without_the_gateway_the_phone_says_so_and_loses_its_signal(resident: Handset, gateway: Processes) -> None:
    resident.dial()
    gateway.stop("web")

    resident.press("1", "left")

    resident.expect_screen("notice")
    expect(resident.lcd).to_contain_text("Connection problem")
    expect(resident.stand.locator(".bars")).to_have_class(re.compile("lost"))


def test_a_message_that_could_not_be_sent_is_kept(resident: Handset, gateway: Processes) -> None:
    gateway.stop("web")
    resident.press("left", "left")
    resident.field.fill("TAKA Kitisuru")
    resident.press("left")
    resident.expect_screen("notice")

    resident.press("left")

    expect(resident.field).to_have_value("TAKA Kitisuru")


def test_numbers_and_texts_are_never_in_an_address(page: Page, resident: Handset) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))

    resident.dial()
    resident.send("HELP")

    assert addresses
    assert not [address for address in addresses if "254700" in address or "HELP" in address]
