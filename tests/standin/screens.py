"""How a robot reads a screen: septets counted, numbered options by label. Independent of the gateway's code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

MOST_SEPTETS = 160

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_SEPTETS = "\f^{}\\[~]|€"
_OPTION = re.compile(r"^(\d{1,2})[.:)] ?(.+)$", re.MULTILINE)
_KEYS_ON_ONE_LINE = re.compile(r"(?:^|(?<= ))(\d{1,2})\.(\w+)(?= \d|$)")

MORE = "98"


def septets(text: str) -> int:
    """How much of a GSM-7 screen or SMS `text` takes; anything outside the alphabet is an error."""
    strangers = sorted({character for character in text if character not in _BASIC + _TWO_SEPTETS})
    assert not strangers, f"{strangers} is not in the GSM-7 alphabet: {text!r}"
    return len(text) + sum(character in _TWO_SEPTETS for character in text)


@dataclass(frozen=True)
class Screen:
    """One answer of a USSD gateway as a phone shows it."""

    body: str

    @property
    def goes_on(self) -> bool:
        return self.body.startswith("CON ")

    @property
    def text(self) -> str:
        return self.body[4:]

    @cached_property
    def options(self) -> dict[str, str]:
        """Number by label, in the order shown; `0.Back 00.Home 98.More` on one line are three."""
        found: dict[str, str] = {}
        for line in self.text.splitlines():
            keys = _KEYS_ON_ONE_LINE.findall(line)
            for number, label in keys if len(keys) > 1 else _OPTION.findall(line):
                found.setdefault(label.strip(), number)
        return found

    def number_of(self, label: str) -> str | None:
        """The number of the option with that label, else of the only one that begins with or holds it."""
        wanted = label.casefold()
        for fits in (str.__eq__, str.startswith, str.__contains__):
            numbers = {number for shown, number in self.options.items() if fits(shown.casefold(), wanted)}
            if len(numbers) == 1:
                return numbers.pop()
        return None

    def check(self) -> None:
        """What the carrier demands of every answer."""
        assert self.body.startswith(("CON ", "END ")), f"a screen must begin with CON or END: {self.body!r}"
        used = septets(self.body)
        assert used <= MOST_SEPTETS, f"{used} septets do not fit into {MOST_SEPTETS}: {self.body!r}"
