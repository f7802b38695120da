"""A feature phone on the page as a person uses it: looks at the screen, presses keys, waits for what comes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.standin.screens import MORE, Screen

_SMS_WITHIN_MS = 60_000
_REFERENCE = re.compile(r"\b\d{7,8}\b")
#: Questions on the way that a test does not care about (danger? one of these?) are answered so.
_NO = re.compile(r"^(No|Hapana)\b(?! water)")
#: More pages and questions than any way through the menu has.
_MOST_SCREENS = 20


@dataclass(frozen=True)
class Handset:
    page: Page
    role: str

    @property
    def stand(self) -> Locator:
        return self.page.locator(f"[data-phone={self.role}]")

    @property
    def lcd(self) -> Locator:
        return self.stand.locator("[data-part=lcd]")

    @property
    def field(self) -> Locator:
        return self.stand.locator("[data-part=field]")

    @property
    def text(self) -> str:
        return self.stand.locator(".lines").inner_text()

    @property
    def screen(self) -> Screen:
        return Screen(f"CON {self.text}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.stand.locator(f"[data-key='{key}']").click()

    def tap(self, *keys: str) -> None:
        """All at once, so that a slow machine is no slow thumb: the same key again within 900 ms is another letter."""
        self.stand.evaluate(
            "(stand, keys) => keys.forEach((key) => stand.querySelector(`[data-key='${key}']`).click())", list(keys)
        )

    def expect_screen(self, name: str) -> None:
        expect(self.lcd).to_have_attribute("data-screen", name)

    def dial(self) -> None:
        """By the shortcut, which types the code, and the green key."""
        self.press("right")
        expect(self.stand.locator(".code")).to_have_text("*384*1972#")
        self.press("call")
        self.expect_screen("ussd")

    def find(self, label: str) -> str:
        """The number in front of that label, when pages have been turned and other questions declined until it came."""
        for _ in range(_MOST_SCREENS):
            number = self.screen.number_of(label)
            if number is not None:
                return number
            self.answer_with_keys(self._way_on(label))
        raise AssertionError(f"{label!r} does not come; the screen is {self.text!r}")

    def _way_on(self, label: str) -> str:
        options = self.screen.options
        if MORE in options.values():
            return MORE
        declining = [number for shown, number in options.items() if _NO.match(shown)]
        assert len(declining) == 1, f"{label!r} is not on the screen: {self.text!r}"
        return declining[0]

    def choose(self, *labels: str) -> None:
        for label in labels:
            self.answer_with_keys(self.find(label))

    def answer_with_keys(self, digits: str) -> None:
        self.press(*digits, "left")
        self.wait_for_answer()

    def answer(self, words: str) -> None:
        """Typed on a real keyboard."""
        self.field.fill(words)
        self.press("left")
        self.wait_for_answer()

    def wait_for_answer(self) -> None:
        expect(self.lcd).not_to_have_attribute("data-screen", "running")
        expect(self.lcd).to_have_attribute("data-screen", re.compile("^(ussd|ended)$"))

    def send(self, words: str) -> None:
        """An SMS to the short code."""
        self.press("end", "left", "left")
        self.expect_screen("write")
        self.field.fill(words)
        self.press("left")
        expect(self.lcd).not_to_have_attribute("data-screen", re.compile("^(write|running)$"))
        self.press("end")

    def read(self) -> str:
        """The text of the oldest message not read yet, when it has come."""
        self.press("end")
        expect(self.stand.locator(".news")).to_be_visible(timeout=_SMS_WITHIN_MS)
        self.press("left")
        self.expect_screen("reader")
        return self.text


def reference_in(text: str) -> str:
    found = _REFERENCE.search(text)
    assert found, f"no reference in {text!r}"
    return found.group()
