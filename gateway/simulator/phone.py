"""A phone and its network, from Python: dials, answers and texts a running gateway, and says how each call ended."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import requests

from gateway import clock
from gateway.config import Settings

NETWORK = "63902"
PATIENCE_SECONDS = 10
#: Where the network puts what was dialled behind the code.
AHEAD_IN = ("text", "code")


class GatewayAway(Exception):
    """The gateway does not answer as a phone network needs it; the words are for the person at the terminal."""


@dataclass
class Call:
    """One session of the network: what was typed in it, and what came back last."""

    code: str
    transcript: list[str]
    id: str = field(default_factory=lambda: f"ATUid_{secrets.token_hex(16)}")
    began: float = field(default_factory=time.monotonic)
    hops: int = 0
    last_answer: str = ""


@dataclass
class Phone:
    """One phone; `call` is None when none is on."""

    number: str
    base_url: str
    settings: Settings
    ahead_in: str = "text"
    call: Call | None = None
    seen: set[str] = field(default_factory=set)

    def dial(self, dialled: str) -> str:
        """Raises GatewayAway."""
        call = self._call_to(dialled)
        self.hang_up()
        self.call = call
        return self._hop(call)

    def answer(self, call: Call, words: str) -> str:
        """Raises GatewayAway."""
        call.transcript.append(words)
        return self._hop(call)

    def hang_up(self) -> None:
        if self.call:
            self._end(self.call, "Incomplete")

    def text(self, words: str) -> None:
        """Raises GatewayAway."""
        form = {"id": str(uuid.uuid4()), "from": self.number, "to": self.settings.sms_code, "text": words}
        self._callback("sms", form | {"date": _date(), "linkId": "", "networkCode": NETWORK})

    def inbox(self) -> list[dict[str, Any]]:
        """Every message of this phone, oldest first. Raises GatewayAway."""
        response = self._post("/simulator/inbox", json={"numbers": [self.number]})
        messages: list[dict[str, Any]] = response.json()["inboxes"][self.number]
        return messages

    def arrivals(self) -> Iterator[dict[str, Any]]:
        """Messages not shown yet. Each is reported as delivered, again until that was heard. Raises GatewayAway."""
        for message in self.inbox():
            if message["id"] not in self.seen:
                report = {"id": message["id"], "status": "Success", "phoneNumber": self.number}
                self._callback("sms/delivery", report | {"networkCode": NETWORK, "retryCount": "0"})
                self.seen.add(message["id"])
                yield message

    def _call_to(self, dialled: str) -> Call:
        for code in self.settings.ussd_codes:
            stem = code.removesuffix("#")
            if dialled == code:
                return Call(code, [])
            if dialled.startswith(f"{stem}*") and dialled.endswith("#"):
                ahead = dialled[len(stem) + 1 : -1]
                return Call(code, [ahead]) if self.ahead_in == "text" else Call(dialled, [])
        raise GatewayAway(f"This network only knows {' and '.join(self.settings.ussd_codes)}.")

    def _hop(self, call: Call) -> str:
        try:
            body = self._callback("ussd", self._session(call) | {"text": "*".join(call.transcript)}).text
            if not body.startswith(("CON ", "END ")):
                raise GatewayAway("The gateway's answer starts with neither CON nor END.")
        except GatewayAway as error:
            # The network ends a session whose hop fails.
            self._end(call, "Failed", str(error))
            raise
        call.hops += 1
        call.last_answer = body
        if body.startswith("END "):
            self._end(call, "Success")
        return body

    def _end(self, call: Call, status: str, why: str = "") -> None:
        """The network's notice; said once, whether anybody hears it or not."""
        self.call = None
        form = {
            "date": _date(),
            "status": status,
            "cost": "KES 0.10",
            "durationInMillis": str(round((time.monotonic() - call.began) * 1000)),
            "hopsCount": str(call.hops),
            "hopsMetadata": "",
            "input": "*".join(call.transcript),
            "lastAppResponse": call.last_answer,
            "errorMessage": why,
        }
        with suppress(GatewayAway):
            self._callback("ussd/ended", self._session(call) | form)

    def _session(self, call: Call) -> dict[str, str]:
        return {
            "sessionId": call.id,
            "phoneNumber": self.number,
            "serviceCode": call.code,
            "networkCode": NETWORK,
        }

    def _callback(self, path: str, form: dict[str, str]) -> requests.Response:
        return self._post(f"/at/{self.settings.callback_tokens[0]}/{path}", data=form)

    def _post(self, path: str, **body: Any) -> requests.Response:
        try:
            response = requests.post(self.base_url + path, timeout=PATIENCE_SECONDS, allow_redirects=False, **body)
        except requests.RequestException as error:
            raise GatewayAway(f"No gateway answers at {self.base_url}. Start it with: make run") from error
        if response.status_code != 200:
            raise GatewayAway(f"The gateway answered {response.status_code}; is another one running there?")
        return response


def _date() -> str:
    return f"{clock.now():%Y-%m-%d %H:%M:%S}"
