"""A stand-in for Africa's Talking on this machine: takes sends, keeps every phone's inbox, plays the callbacks.

Answers as recorded from the carrier: HTTP 201, bare `application/json`, 401 in plain text for a wrong key.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from tests.standin.dialogue import Dialogue, new_session_id
from tests.standin.faults import Fault
from tests.standin.gateway import Answer, Post
from tests.standin.screens import septets

NO_FAULT = Fault(accepts=True)
PRICE_OF_A_PART = 0.8


@dataclass(frozen=True)
class Sms:
    """A message that the carrier took and put into a phone's inbox."""

    phone: str
    text: str
    sender: str
    message_id: str
    parts: int


class Carrier:
    """`with Carrier() as carrier:` serves until the end; `connect` tells it where the gateway is.

    Waiting is on a condition, so nothing sleeps. With a `ledger` every accepted message is in that file before it is
    answered: the truth of what a resident received, also when processes were killed.
    """

    def __init__(
        self, *, api_key: str = "made-up-api-key", username: str = "hatua", ledger: Path | None = None
    ) -> None:
        self.api_key = api_key
        self.username = username
        self.sent: list[Sms] = []
        #: The form of every request to send, refused ones too.
        self.requests: list[dict[str, str]] = []
        self.ussd_code = "*384*1972#"
        self.sms_code = "21972"
        #: What a request to send meets that the script says nothing of.
        self.weather: Callable[[], Fault] = lambda: NO_FAULT
        self._script: deque[Fault] = deque()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._ledger = ledger.open("a") if ledger else None
        self._post: Post | None = None
        self._token = ""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.carrier = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self._ledger:
            self._ledger.close()

    # What the gateway calls

    @property
    def url(self) -> str:
        """For AT_API_URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def script(self, *faults: Fault) -> None:
        """The next requests to send meet these, in order; afterwards all goes well again."""
        with self._changed:
            self._script.extend(faults)

    def take(self, form: dict[str, str], *, key: str | None) -> tuple[Fault, str]:
        """One request to send: what goes wrong with it, and the ordinary answer."""
        with self._changed:
            self.requests.append(form)
            if key != self.api_key or form.get("username") != self.username:
                wrong_key = "The supplied authentication is invalid"
                self._changed.notify_all()
                return Fault(accepts=False, status=401, content_type="text/plain; charset=UTF-8", body=wrong_key), ""
            fault = self._script.popleft() if self._script else self.weather()
            phones = [phone for phone in form.get("to", "").split(",") if phone]
            recipients = [
                self._accept(phone, form, fault) if fault.accepts else _refusal(phone, fault) for phone in phones
            ]
            self._changed.notify_all()
        cost = sum(PRICE_OF_A_PART * _parts(form.get("message", "")) for _ in phones) if fault.accepts else 0
        accepted = len(phones) if fault.accepts else 0
        summary = f"Sent to {accepted}/{len(phones)} Total Cost: KES {cost:.4f}"
        return fault, json.dumps({"SMSMessageData": {"Message": summary, "Recipients": recipients}})

    def pause(self, seconds: float) -> None:
        """Holds an answer back, but not the end of the test."""
        self._stopping.wait(seconds)

    def _accept(self, phone: str, form: Mapping[str, str], fault: Fault) -> dict[str, object]:
        text = form.get("message", "")
        message = Sms(phone, text, form.get("from", "AFRICASTKNG"), f"ATXid_{secrets.token_hex(16)}", _parts(text))
        self.sent.append(message)
        if self._ledger:
            entry = {**asdict(message), "at": time.time(), "is_answered": fault.is_answered}
            self._ledger.write(json.dumps(entry) + "\n")
            self._ledger.flush()
        return {
            "cost": f"KES {PRICE_OF_A_PART * message.parts:.4f}",
            "messageId": message.message_id,
            "messageParts": message.parts,
            "number": phone,
            "status": "Success",
            "statusCode": 102 if form.get("enqueue") else 101,
        }

    # What a person does

    def connect(self, post: Post, token: str) -> None:
        """Where the callbacks go: `tests.standin.gateway.over_http(url)` or `in_process(app)`, and the secret."""
        self._post, self._token = post, token

    def dial(self, phone: str, code: str | None = None, *, text: str = "", session_id: str | None = None) -> Dialogue:
        """Dials and returns the session with its first screen."""
        dialogue = Dialogue(
            phone,
            code or self.ussd_code,
            lambda form: self.callback("ussd", form),
            session_id=session_id or new_session_id(),
        )
        dialogue.dial(text)
        return dialogue

    def hang_up(self, dialogue: Dialogue, status: str = "Incomplete") -> Answer:
        """The end-of-session notification."""
        form = {
            "date": _date(),
            "sessionId": dialogue.session_id,
            "serviceCode": dialogue.code,
            "networkCode": dialogue.network,
            "phoneNumber": dialogue.phone,
            "status": status,
            "cost": "KES 0.10",
            "durationInMillis": "41830",
            "hopsCount": str(len(dialogue.screens)),
            "input": dialogue.text,
            "lastAppResponse": dialogue.screen.body,
        }
        return self.callback("ussd/ended", form)

    def send_sms(self, phone: str, text: str, *, id: str | None = None, to: str | None = None) -> Answer:
        """A person texts the gateway; the same `id` twice is the carrier's retry."""
        form = {
            "date": _date(),
            "from": phone,
            "id": id or str(uuid4()),
            "linkId": "",
            "text": text,
            "to": to or self.sms_code,
            "networkCode": "63902",
            "cost": "KES 0.00",
        }
        return self.callback("sms", form)

    def post_delivery_report(
        self, message_id: str, status: str = "Success", *, phone: str, reason: str | None = None
    ) -> Answer:
        form = {"id": message_id, "status": status, "phoneNumber": phone, "networkCode": "63902", "retryCount": "0"}
        return self.callback("sms/delivery", form | ({"failureReason": reason} if reason else {}))

    def callback(self, kind: str, form: Mapping[str, str]) -> Answer:
        """Posts any form to /at/<token>/<kind>."""
        assert self._post is not None, "connect the carrier to a gateway first"
        return self._post(f"/at/{self._token}/{kind}", form)

    # What the phones show

    def inbox(self, phone: str) -> list[Sms]:
        with self._changed:
            return [message for message in self.sent if message.phone == phone]

    def wait_for_sms(self, phone: str, *, containing: str = "", timeout: float = 15, skip: int = 0) -> Sms:
        """The first message to this phone that holds the words, come or to come; `skip` passes over earlier ones."""

        def found() -> list[Sms]:
            return [sms for sms in self.sent if sms.phone == phone and containing in sms.text][skip:]

        with self._changed:
            self._changed.wait_for(lambda: bool(found()), timeout)
            if messages := found():
                return messages[0]
            shown = [sms.text for sms in self.sent if sms.phone == phone]
        raise AssertionError(f"no SMS with {containing!r} within {timeout:g} s; the inbox holds {shown}")

    def wait_for_requests(self, number: int, timeout: float = 15) -> list[dict[str, str]]:
        """Until so many requests to send have been made, refused ones counted."""
        give_up = time.monotonic() + timeout
        with self._changed:
            self._changed.wait_for(lambda: len(self.requests) >= number, give_up - time.monotonic())
            assert len(self.requests) >= number, f"{len(self.requests)} requests to send, not {number}"
            return list(self.requests)


def _refusal(phone: str, fault: Fault) -> dict[str, object]:
    code, word = fault.refusal or (500, "InternalServerError")
    return {"cost": "0", "messageId": "None", "number": phone, "status": word, "statusCode": code}


def _parts(text: str) -> int:
    used = septets(text)
    return 1 if used <= 160 else -(-used // 153)


def _date() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    carrier: Carrier


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Otherwise each answer on a kept connection waits 40 ms for the other side's acknowledgement.
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        expected = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(expected)
        if len(content) < expected:
            self.close_connection = True  # the caller died over it: such a request was never made
            return
        if urlsplit(self.path).path != "/version1/messaging":
            self._answer(404, "text/plain", "The requested resource could not be found.")
            return
        form = {name: values[0] for name, values in parse_qs(content.decode(), keep_blank_values=True).items()}
        fault, ordinary = self.server.carrier.take(form, key=self.headers.get("apiKey"))
        if fault.drops:
            self.close_connection = True
            return
        if not fault.drips:
            self.server.carrier.pause(fault.seconds)
        self._answer(fault.status, fault.content_type, ordinary if fault.body is None else fault.body, fault)

    def do_GET(self) -> None:
        if urlsplit(self.path).path != "/version1/user":
            self._answer(404, "text/plain", "The requested resource could not be found.")
        elif self.headers.get("apiKey") != self.server.carrier.api_key:
            self._answer(401, "text/plain; charset=UTF-8", "The supplied authentication is invalid")
        else:
            self._answer(200, "application/json", '{"UserData":{"balance":"KES 1785.5000"}}')

    def _answer(self, status: int, content_type: str, body: str, fault: Fault = NO_FAULT) -> None:
        content = body.encode()
        try:
            self.send_response(status)
            for name, value in (*fault.headers, ("Content-Type", content_type), ("Content-Length", str(len(content)))):
                self.send_header(name, value)
            self.end_headers()
            for start in range(len(content)) if fault.drips else ():
                self.wfile.write(content[start : start + 1])
                self.server.carrier.pause(fault.seconds / len(content))
            if not fault.drips:
                self.wfile.write(content)
        except OSError:
            self.close_connection = True  # the caller did not wait

    def log_message(self, format: str, *args: object) -> None:
        pass
