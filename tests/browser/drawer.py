"""The drawer of the page: what the network does on purpose, and the log of what passed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True)
class Drawer:
    page: Page

    @property
    def element(self) -> Locator:
        return self.page.locator("[data-part=drawer]")

    def open(self) -> None:
        self.element.locator("summary").click()
        expect(self.element.locator(".inside")).to_be_visible()

    def do(self, deed: str) -> None:
        """Presses the button, and waits until the phone rests again."""
        self.button(deed).click()
        expect(self.page.locator("[data-phone=resident] [data-part=lcd]")).not_to_have_attribute(
            "data-screen", "running"
        )

    def button(self, deed: str) -> Locator:
        return self.element.locator(f"[data-deed={deed}]")

    def switch(self, name: str, value: str) -> None:
        self.element.locator(f"[name={name}][value={value}]").check(force=True)

    def hang_up_like_the_network(self) -> None:
        self.element.locator("[data-part=strict]").check()

    def events(self, what: str) -> Locator:
        """The lines of that name in the log, newest first."""
        named = self.page.locator(".what", has_text=re.compile(f"^{what}$"))
        return self.element.locator("[data-part=events] li").filter(has=named)

    def verdicts(self) -> list[str]:
        return self.element.locator(".verdict").all_inner_texts()
