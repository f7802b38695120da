"""The carrier's SMS callbacks: stored first, answered 200 at once, worked on by a job.

Odd content is stored as well. While the database is away the answer is 503: the carrier then calls again, for hours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from gateway import clock, people, phones
from gateway.phones import PhoneBook
from gateway.services import of_app
from gateway.sms import incoming, receipts, stops
from gateway.web import secret
from gateway.web.copies import Copies

sms_callbacks = Blueprint("sms_callbacks", __name__)
sms_callbacks.record_once(secret.keep_out_of_logs)

Store = Callable[[Session, PhoneBook, Mapping[str, str], datetime], object]


@sms_callbacks.post("/at/<token>/sms")
def sms(token: str) -> Response:
    secret.check(token)
    form = _form()
    if form is None or (identity := incoming.identity(form)) in _copies():
        return _ok()
    if not _is_stored(incoming.store, form):
        return _call_again()
    _copies().add(identity)
    return _ok()


@sms_callbacks.post("/at/<token>/sms/delivery")
def delivery(token: str) -> Response:
    secret.check(token)
    return _stored(receipts.store)


@sms_callbacks.post("/at/<token>/sms/optout")
def optout(token: str) -> Response:
    secret.check(token)
    return _stored(_stop)


def _stored(store: Store) -> Response:
    form = _form()
    return _ok() if form is None or _is_stored(store, form) else _call_again()


def _form() -> Mapping[str, str] | None:
    """None where it is too large: no SMS is that long, and an error would be repeated to us for twelve hours."""
    try:
        return request.form.to_dict()
    except RequestEntityTooLarge:
        return None


def _is_stored(store: Store, form: Mapping[str, str]) -> bool:
    services = of_app()
    try:
        with services.db.transaction() as session:
            store(session, services.phones, form, clock.now())
    except (DBAPIError, NoConnection):
        return False
    return True


def _stop(session: Session, book: PhoneBook, form: Mapping[str, str], now: datetime) -> None:
    """No id and no date comes with it, so it counts from now, and once."""
    if phone := phones.normalise(form.get("phoneNumber", "")):
        stops.stop(session, people.find_or_add(session, book, phone, now).id, stops.OPTOUT, now)


def _copies() -> Copies:
    copies: Copies = current_app.extensions["hatua.copies"]
    return copies


def _ok() -> Response:
    return Response("OK", 200, mimetype="text/plain")


def _call_again() -> Response:
    return Response("Please call again", 503, mimetype="text/plain")
