"""The page with the phones, its inbox, and the stand-in of the carrier's send API.

The page knows a callback secret, so nothing here answers unless CARRIER=simulator.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from redis import Redis
from redis.exceptions import RedisError

from gateway import clock
from gateway.phones import normalise
from gateway.services import Services, of_app
from gateway.simulator import carrier, loss
from gateway.simulator.carrier import Inboxes
from gateway.web.pages import Files, protect

simulator = Blueprint("simulator", __name__, url_prefix="/simulator", template_folder="templates")

RESIDENT = "+254700000001"
OFFICER = "+254700000101"
MOST_PHONES = 4
FILES = Files(Path(__file__).parent / "static")
_REDIS = "hatua.simulator"

_SELF = "'self'"

KEYS = (
    ("1", ""),
    ("2", "abc"),
    ("3", "def"),
    ("4", "ghi"),
    ("5", "jkl"),
    ("6", "mno"),
    ("7", "pqrs"),
    ("8", "tuv"),
    ("9", "wxyz"),
    ("*", "+"),
    ("0", "␣"),
    ("#", "aA1"),
)


@simulator.record_once
def _connect(state: BlueprintSetupState) -> None:
    services: Services = state.app.extensions["hatua"]
    state.app.extensions[_REDIS] = carrier.connect(services.settings.redis_url)


@simulator.before_request
def _only_in_a_rehearsal() -> None:
    if not of_app().settings.is_simulator:
        abort(404)


@simulator.get("/", strict_slashes=False)
def page() -> Response:
    settings = of_app().settings
    html = render_template(
        "simulator/page.html",
        settings=settings,
        token=settings.callback_tokens[0],
        phones=(
            {"role": "resident", "title": "Resident", "kiswahili": "Mwananchi", "number": RESIDENT},
            {"role": "officer", "title": "Officer", "kiswahili": "Afisa", "number": OFFICER},
        ),
        keys=KEYS,
        may_lose_redis=loss.may_be_lost(settings.redis_url),
        version=FILES.version,
    )
    return protect(Response(html), script_src=_SELF, style_src=_SELF, img_src=_SELF, connect_src=_SELF)


@simulator.get("/static/<version>/<path:name>")
def static(version: str, name: str) -> Response:
    return FILES.send(version, name)


@simulator.post("/inbox")
def inbox() -> tuple[dict[str, object], int]:
    """JSON `{"numbers": ["+254..."]}` -> the messages of each. Numbers travel in bodies only, never in addresses."""
    asked = request.get_json(silent=True)
    numbers = asked.get("numbers") if isinstance(asked, dict) else None
    if not isinstance(numbers, list) or len(numbers) > MOST_PHONES:
        return {"error": f"numbers must be a list of at most {MOST_PHONES}"}, 400
    try:
        return {"inboxes": {str(given): _messages(str(given)) for given in numbers}}, 200
    except RedisError:
        return {"error": "the store of the simulator is away"}, 503


@simulator.post("/lose-redis")
def lose_redis() -> tuple[dict[str, object], int]:
    """Empties the session store. JSON is demanded because a form of any other site could be posted here."""
    if not request.is_json:
        return {"error": "the body must be JSON"}, 415
    if not loss.may_be_lost(of_app().settings.redis_url):
        return {"error": "that Redis is not of this machine; it is left alone"}, 403
    try:
        return {"lost": loss.lose(_redis())}, 200
    except RedisError:
        return {"error": "the session store is away"}, 503


@simulator.post("/carrier/version1/messaging")
def messaging() -> Response:
    """Africa's Talking's send API, as its SDK calls it."""
    settings = of_app().settings
    key_matches = hmac.compare_digest(request.headers.get("apiKey", "").encode(), settings.at_api_key.encode())
    if not key_matches or request.form.get("username") != settings.at_username:
        return _plain("The supplied authentication is invalid", 401)
    for field in ("to", "message"):
        if not request.form.get(field):
            return _plain(f"Request is missing required form field '{field}'", 400)
    try:
        answer = carrier.send(_inboxes(), settings, request.form, clock.now())
    except RedisError:
        return _plain("The server is currently unavailable", 503)
    # The SDK only reads JSON when the content type is exactly this, without a charset.
    return Response(json.dumps(answer), 201, content_type="application/json")


def _messages(given: str) -> list[dict[str, str]]:
    phone = normalise(given)
    return [asdict(message) for message in _inboxes().messages(phone)] if phone else []


def _plain(words: str, status: int) -> Response:
    return Response(words, status, content_type="text/plain; charset=UTF-8")


def _inboxes() -> Inboxes:
    return Inboxes(_redis(), of_app().phones)


def _redis() -> Redis:
    return cast(Redis, current_app.extensions[_REDIS])
