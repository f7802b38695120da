"""A resident's USSD session as the carrier plays it: the whole transcript grows, each answer is held to its rules."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.standin.gateway import Answer
from tests.standin.screens import MORE, Screen

#: Posts one hop's five fields.
Hop = Callable[[dict[str, str]], Answer]


def new_session_id() -> str:
    return f"ATUid_{secrets.token_hex(16)}"


@dataclass
class Dialogue:
    phone: str
    code: str
    hop: Hop
    network: str = "63902"
    session_id: str = field(default_factory=new_session_id)
    #: The transcript so far, as in the `text` field.
    text: str = ""
    #: Every screen shown, the last one now on the phone.
    screens: list[Screen] = field(default_factory=list)

    @property
    def screen(self) -> Screen:
        return self.screens[-1]

    @property
    def is_over(self) -> bool:
        return not self.screen.goes_on

    def dial(self, text: str = "") -> Screen:
        """The first hop; `text` is not empty for a code dialled deeper than the service (`*384*1972*1#`)."""
        self.text = text
        return self._send()

    def press(self, answer: str) -> Screen:
        """Types an answer on the present screen, any text, and returns the next screen."""
        assert not self.is_over, f"the session has ended: {self.screen.body!r}"
        self.text = f"{self.text}*{answer}" if self.text else answer
        return self._send()

    def choose(self, label: str) -> Screen:
        """Presses the option with this label, turning pages with 98 until it is there."""
        for _page in range(30):
            if (number := self.screen.number_of(label)) is not None:
                return self.press(number)
            if MORE not in self.screen.options.values():
                break
            self.press(MORE)
        raise AssertionError(f"{label!r} is not on the screen: {self.screen.body!r}")

    def repeat(self) -> Screen:
        """The carrier posts the last hop once more."""
        return self._send()

    def _send(self) -> Screen:
        answer = self.hop(
            {
                "phoneNumber": self.phone,
                "serviceCode": self.code,
                "text": self.text,
                "sessionId": self.session_id,
                "networkCode": self.network,
            }
        )
        assert answer.status == 200, f"HTTP {answer.status} to a hop: {answer.body[:300]!r}"
        assert answer.content_type.split(";")[0] == "text/plain", answer.content_type
        screen = Screen(answer.body)
        screen.check()
        self.screens.append(screen)
        return screen
