"""A plain hop's way past Flask, which costs more than the hop: the carrier's usual form is answered in front of it.

Anything that is not quite usual is left to Flask and its view, which is the reference: both answer with the same
function, and the same tests are run with and without this.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Flask

from gateway.services import Services
from gateway.web import secret
from gateway.web.ussd import reply
from sessions.conversation import Conversation

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_BEFORE, _BEHIND = b"/at/", b"/ussd"
_FORM = "application/x-www-form-urlencoded"


class Shortcut:
    """`app.wsgi_app = Shortcut(app)`."""

    def __init__(self, app: Flask) -> None:
        self.flask: WSGIApplication = app.wsgi_app
        self._services: Services = app.extensions["hatua"]
        self._engine: Conversation = app.extensions["hatua.conversation"]
        self._longest: int = app.config["MAX_CONTENT_LENGTH"]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._is_usual(environ):
            return self.flask(environ, start_response)
        length = int(environ["CONTENT_LENGTH"])
        sent = environ["wsgi.input"].read(length)
        form = _form(sent) if len(sent) == length else None
        if form is None:
            environ["wsgi.input"] = BytesIO(sent)
            return self.flask(environ, start_response)
        body = reply(self._services, self._engine, lambda: form).encode()
        start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
        return (body,)

    def _is_usual(self, environ: WSGIEnvironment) -> bool:
        """A form to the callback's address, with the secret, of a length that is read."""
        if environ["REQUEST_METHOD"] != "POST":
            return False
        path = environ.get("PATH_INFO", "").encode("latin-1")
        length = environ.get("CONTENT_LENGTH", "")
        return (
            path.startswith(_BEFORE)
            and path.endswith(_BEHIND)
            and environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() == _FORM
            and length.isascii()
            and length.isdigit()
            and len(length) < 9
            and int(length) <= self._longest
            and secret.matches(path[len(_BEFORE) : -len(_BEHIND)], self._services.settings)
        )


def _form(sent: bytes) -> dict[str, str] | None:
    """As Werkzeug reads it, the first of a name that is there twice; None where it is no text."""
    try:
        pairs = parse_qsl(sent.decode(), keep_blank_values=True, errors="werkzeug.url_quote")
    except ValueError:
        return None
    return dict(reversed(pairs))
