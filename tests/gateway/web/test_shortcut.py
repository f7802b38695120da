"""The way past Flask answers as Flask's own view does, byte for byte; what is odd never takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from flask import Flask, request_started

from gateway.app import MAX_BODY_BYTES
from gateway.services import Services
from gateway.web.shortcut import Shortcut
from tests.conftest import CALLBACK_TOKEN
from tests.gateway.web.test_ussd import FORM, URL

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

USUAL = urlencode(FORM).encode()


@dataclass(frozen=True)
class Request:
    """As a server hands it on."""

    body: bytes = USUAL
    path: str = URL
    method: str = "POST"
    content_type: str | None = "application/x-www-form-urlencoded; charset=UTF-8"
    length: str | None = "as it is"
    more: dict[str, Any] = field(default_factory=dict)

    def environ(self) -> dict[str, Any]:
        length = str(len(self.body)) if self.length == "as it is" else self.length
        optional = {"CONTENT_TYPE": self.content_type, "CONTENT_LENGTH": length}
        return {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": "",
            "SERVER_NAME": "gateway",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **{name: value for name, value in optional.items() if value is not None},
            **self.more,
        }


@dataclass(frozen=True)
class Answer:
    status: str
    headers: list[tuple[str, str]]
    body: bytes


def asked(wsgi: Callable[..., Any], request: Request) -> Answer:
    started: list[tuple[str, list[tuple[str, str]]]] = []
    parts = wsgi(request.environ(), lambda status, headers, _=None: started.append((status, sorted(headers))))
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    ((status, headers),) = started
    return Answer(status, headers, body)


@pytest.fixture
def in_flask(app: Flask) -> Iterator[list[Flask]]:
    """One for each request that has reached Flask."""
    seen: list[Flask] = []

    def note(sender: Flask, **_: object) -> None:
        seen.append(sender)

    with request_started.connected_to(note, app):
        yield seen


def flask_of(app: Flask) -> Callable[..., Any]:
    return cast(Shortcut, app.wsgi_app).flask


PASSES = [
    pytest.param(Request(), id="as it should be"),
    pytest.param(Request(content_type="application/x-www-form-urlencoded"), id="no charset"),
    pytest.param(Request(content_type="Application/X-WWW-Form-URLEncoded ;charset=latin-1"), id="another charset"),
    pytest.param(Request(body=USUAL + b"&text=9&text=8"), id="a field twice"),
    pytest.param(Request(body=USUAL.replace(b"text=", b"text=%E0%A4%A&x=%ff%fe")), id="no UTF-8 behind a per cent"),
    pytest.param(Request(body=USUAL.replace(b"&", b"&&").replace(b"text=", b"text")), id="odd signs"),
    pytest.param(Request(body=USUAL.replace(b"text=", b"text=a+b%20c;d")), id="blanks"),
    pytest.param(Request(body=b""), id="nothing"),
    pytest.param(Request(body=b"x" * MAX_BODY_BYTES), id="as long as is read"),
    pytest.param(Request(body=USUAL.replace(b"sessionId", b"session")), id="no session"),
    pytest.param(Request(body=USUAL + b"&x=\xc3\xa9"), id="raw UTF-8"),
    pytest.param(Request(more={"wsgi.input_terminated": True}), id="a server that ends the body"),
]
IS_LEFT = [
    pytest.param(Request(method="GET"), id="GET"),
    pytest.param(Request(method="HEAD"), id="HEAD"),
    pytest.param(Request(method="OPTIONS"), id="OPTIONS"),
    pytest.param(Request(path=URL + "/"), id="a slash behind it"),
    pytest.param(Request(path="/at/wrong/ussd"), id="wrong secret"),
    pytest.param(Request(path="/at//ussd"), id="no secret"),
    pytest.param(Request(path=f"/at/{CALLBACK_TOKEN}x/ussd"), id="longer secret"),
    pytest.param(Request(path=f"/at/{CALLBACK_TOKEN}/x/ussd"), id="more path"),
    pytest.param(Request(path="/at/ussd"), id="less path"),
    pytest.param(Request(path="/at/\xc3\xa9/ussd"), id="letters in the path"),
    pytest.param(Request(content_type=None), id="no type"),
    pytest.param(Request(content_type="application/json"), id="JSON"),
    pytest.param(Request(content_type="multipart/form-data; boundary=x"), id="multipart"),
    pytest.param(Request(length=None), id="no length"),
    pytest.param(Request(length=""), id="empty length"),
    pytest.param(Request(length="-1"), id="negative length"),
    pytest.param(Request(length="many"), id="length in words"),
    pytest.param(Request(length="9" * 30), id="length without end"),
    pytest.param(Request(body=b"x" * (MAX_BODY_BYTES + 1)), id="longer than is read"),
    pytest.param(Request(length=str(len(USUAL) + 5)), id="cut off"),
    pytest.param(Request(body=USUAL + b"&x=\xff"), id="no text"),
    pytest.param(
        Request(length=None, more={"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}), id="chunked"
    ),
]


@pytest.mark.parametrize("request_", PASSES)
def test_the_usual_form_passes_flask_and_gets_the_same_answer(
    app: Flask, in_flask: list[Flask], request_: Request
) -> None:
    fast = asked(app.wsgi_app, request_)
    assert in_flask == []

    assert asked(flask_of(app), request_) == fast
    assert len(in_flask) == 1


@pytest.mark.parametrize("request_", IS_LEFT)
def test_what_is_odd_is_left_to_flask_as_it_came(app: Flask, in_flask: list[Flask], request_: Request) -> None:
    left = asked(app.wsgi_app, request_)
    assert len(in_flask) == 1

    assert asked(flask_of(app), request_) == left


def test_each_of_two_secrets_passes(app: Flask, in_flask: list[Flask]) -> None:
    services: Services = app.extensions["hatua"]
    assert len(services.settings.callback_tokens) == 2

    for token in services.settings.callback_tokens:
        assert asked(app.wsgi_app, Request(path=f"/at/{token}/ussd")).body.startswith(b"CON ")
    assert in_flask == []


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """While one secret replaces the other."""
    return {**environment, "CALLBACK_TOKEN": f"{CALLBACK_TOKEN},{CALLBACK_TOKEN[::-1]}"}
