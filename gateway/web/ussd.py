"""The carrier's USSD callback: always 200, `text/plain`, `CON ` or `END `, whatever is broken behind it."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping

from flask import Blueprint, Response, current_app, request
from werkzeug.datastructures import MultiDict

from gateway import hops, phones
from gateway.db import AWAY
from gateway.services import Services, of_app
from gateway.ussd.callers import ENDED_WELL
from gateway.ussd.calls import CallActions, CallFacts
from gateway.ussd.dropping import say_how_to_continue
from gateway.ussd.journal import SqlJournal
from gateway.ussd.kept import KeptReports
from gateway.ussd.program import program
from gateway.ussd.publishing import SqlArchive
from gateway.web import secret
from sessions.conversation import Conversation, NotTheirSession
from sessions.hop import Course, Hop
from sessions.ports import FactsAway, JournalAway
from sessions.store import Store, connect
from sessions.versions import ArchiveAway, NoMenu, Versions

log = logging.getLogger(__name__)

ussd_callbacks = Blueprint("ussd_callbacks", __name__)

#: Said when not even the menu's own words can be had: both languages, since the caller's is not known.
SORRY = (
    "END Samahani, kuna hitilafu. Tafadhali piga tena baadaye.\nSorry, something went wrong. Please dial again later."
)

#: Foreseen: another phone in a session, or that neither store can say what to show.
UNAVAILABLE = (NotTheirSession, NoMenu, JournalAway, ArchiveAway, FactsAway, *AWAY)

_LONGEST_SID = 64


@ussd_callbacks.post("/at/<token>/ussd")
def ussd(token: str) -> Response:
    secret.check(token)
    return Response(reply(of_app(), conversation(), lambda: request.form), 200, mimetype="text/plain")


@ussd_callbacks.post("/at/<token>/ussd/ended")
def ended(token: str) -> Response:
    """How a session ended (`Success`, `Incomplete`, `Failed`); the carrier may say it late, twice or never."""
    secret.check(token)
    hops = request.form.get("hopsCount", "")
    status = request.form.get("status", "").replace("\x00", "")[:16]
    try:
        SqlJournal(of_app()).end(
            sid_of(request.form),
            status=status,
            hops=int(hops) if hops.isascii() and hops.isdigit() and len(hops) < 6 else None,
        )
        if status and status != ENDED_WELL:
            _after_a_drop(of_app(), request.form)
    except UNAVAILABLE as error:
        log.warning("end of a session not noted error=%s", type(error).__name__)
    return Response("OK", 200, mimetype="text/plain")


def _after_a_drop(services: Services, form: MultiDict[str, str]) -> None:
    typed = MultiDict({**form, "text": form.get("input", "")})
    hop = hop_of(services, typed)
    record = conversation().dropped(hop) if hop else None
    if hop and record:
        say_how_to_continue(services, hop, record)


def reply(services: Services, engine: Conversation, read_form: Callable[[], Mapping[str, str]]) -> str:
    """What the caller sees next; never raises."""
    began, course = time.perf_counter(), Course()
    body = _answer(services, engine, read_form, course)
    hops.count(course, body, time.perf_counter() - began)
    return body


def _answer(
    services: Services, engine: Conversation, read_form: Callable[[], Mapping[str, str]], course: Course
) -> str:
    try:
        hop = hop_of(services, read_form())
        if hop is not None:
            return engine.answer(hop, course)
        log.info("hop without a session or a phone")
    except UNAVAILABLE as error:
        log.warning("hop not served error=%s", type(error).__name__)
    except Exception:
        # The carrier ends the call on anything but 200, and the resident would see nothing at all.
        log.exception("hop failed")
        course.has_failed = True
    course.is_sorry = True
    return SORRY


def hop_of(services: Services, form: Mapping[str, str]) -> Hop | None:
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


def sid_of(form: Mapping[str, str]) -> str:
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
        store=Store(redis, services.settings.resume.total_seconds()),
        versions=Versions(redis, SqlArchive(services.db)),
        journal=SqlJournal(services),
        program=program,
        facts=lambda hop: CallFacts(services, hop),
        actions=CallActions(services, KeptReports(redis, services.phones)),
        time=time.time,
    )
