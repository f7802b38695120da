"""The carrier's USSD callback: always 200, `text/plain`, `CON ` or `END `, whatever is broken behind it."""

from __future__ import annotations

import hashlib
import logging
import time

from flask import Blueprint, Response, current_app, request
from werkzeug.datastructures import MultiDict

from gateway import phones
from gateway.services import Services, of_app
from gateway.ussd.calls import CallActions, CallFacts
from gateway.ussd.journal import SqlJournal
from gateway.ussd.program import program
from gateway.ussd.publishing import SqlArchive
from gateway.web import secret
from sessions.conversation import Conversation, NotTheirSession
from sessions.hop import Hop
from sessions.ports import JournalAway
from sessions.store import Store, connect
from sessions.versions import Versions

log = logging.getLogger(__name__)

ussd_callbacks = Blueprint("ussd_callbacks", __name__)

#: Said when not even the menu's own words can be had: both languages, since the caller's is not known.
SORRY = (
    "END Samahani, kuna hitilafu. Tafadhali piga tena baadaye.\nSorry, something went wrong. Please dial again later."
)

_LONGEST_SID = 64


@ussd_callbacks.post("/at/<token>/ussd")
def ussd(token: str) -> Response:
    secret.check(token)
    return Response(_answer(), 200, mimetype="text/plain")


@ussd_callbacks.post("/at/<token>/ussd/ended")
def ended(token: str) -> Response:
    """How a session ended (`Success`, `Incomplete`, `Failed`); the carrier may say it late, twice or never."""
    secret.check(token)
    hops = request.form.get("hopsCount", "")
    try:
        SqlJournal(of_app()).end(
            sid_of(request.form),
            status=request.form.get("status", "").replace("\x00", "")[:16],
            hops=int(hops) if hops.isascii() and hops.isdigit() and len(hops) < 6 else None,
        )
    except JournalAway:
        log.warning("end of a session not noted")
    return Response("OK", 200, mimetype="text/plain")


def _answer() -> str:
    try:
        hop = hop_of(of_app(), request.form)
        if hop is None:
            log.info("hop without a session or a phone")
            return SORRY
        return conversation().answer(hop)
    except NotTheirSession:
        log.warning("hop of another phone in a session")
        return SORRY
    except Exception:
        # The carrier ends the call on anything but 200, and the resident would see nothing at all.
        log.exception("hop failed")
        return SORRY


def hop_of(services: Services, form: MultiDict[str, str]) -> Hop | None:
    """None where the session or the phone cannot be told; every other field may be odd or absent."""
    sid = sid_of(form)
    phone = phones.normalise(form.get("phoneNumber", ""))
    if not sid or phone is None:
        return None
    code, dialled = _split_code(form.get("serviceCode", ""), services.settings.ussd_codes)
    return Hop(
        sid=sid,
        phone=phone,
        caller=services.phones.hash(phone),
        code=code,
        dialled=dialled,
        network=form.get("networkCode", "").replace("\x00", "")[:16],
        # PostgreSQL stores no NUL, and the text must compare equal wherever it was kept.
        text=form.get("text", "").replace("\x00", "\ufffd"),
    )


def sid_of(form: MultiDict[str, str]) -> str:
    sid = form.get("sessionId", "").replace("\x00", "").strip()
    return sid if len(sid) <= _LONGEST_SID else hashlib.sha256(sid.encode()).hexdigest()


def _split_code(service_code: str, ours: tuple[str, ...]) -> tuple[str, str]:
    """`*384*1972*1*2#` is our `*384*1972#` and `1*2` dialled behind it; some networks leave it in the code."""
    dialled = service_code.strip().rstrip("#")
    for code in ours:
        own = code.rstrip("#")
        if dialled == own:
            return code, ""
        if dialled.startswith(own + "*"):
            return code, dialled[len(own) + 1 :]
    return service_code.replace("\x00", "")[:64], ""


def conversation() -> Conversation:
    engine: Conversation = current_app.extensions["hatua.conversation"]
    return engine


def build_conversation(services: Services) -> Conversation:
    redis = connect(services.settings.redis_url)
    return Conversation(
        store=Store(redis),
        versions=Versions(redis, SqlArchive(services.db)),
        journal=SqlJournal(services),
        program=program,
        facts=lambda hop: CallFacts(services, hop),
        actions=CallActions(services),
        time=time.time,
    )
