"""The carrier's SMS callbacks: stored first, answered 200 at once, worked on by a job.

Odd content is stored as well. While the database is away the answer is 503: the carrier then calls again, for hours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from gateway import clock, people, phones
from gateway.phones import PhoneBook
from gateway.services import of_app
from gateway.sms import incoming, receipts, stops
from gateway.web import secret

sms_callbacks = Blueprint("sms_callbacks", __name__)
sms_callbacks.record_once(secret.keep_out_of_logs)

Store = Callable[[Session, PhoneBook, Mapping[str, str], datetime], object]


@sms_callbacks.post("/at/<token>/sms")
def sms(token: str) -> Response:
    secret.check(token)
    return _stored(incoming.store)


@sms_callbacks.post("/at/<token>/sms/delivery")
def delivery(token: str) -> Response:
    secret.check(token)
    return _stored(receipts.store)


@sms_callbacks.post("/at/<token>/sms/optout")
def optout(token: str) -> Response:
    secret.check(token)
    return _stored(_stop)


def _stored(store: Store) -> Response:
    services = of_app()
    try:
        form = request.form.to_dict()
    except RequestEntityTooLarge:
        # No SMS is that long, and an error would be repeated to us for twelve hours.
        return _plain("OK", 200)
    try:
        with services.db.transaction() as session:
            store(session, services.phones, form, clock.now())
    except (DBAPIError, NoConnection):
        return _plain("Please call again", 503)
    return _plain("OK", 200)


def _stop(session: Session, book: PhoneBook, form: Mapping[str, str], now: datetime) -> None:
    """No id and no date comes with it, so it counts from now, and once."""
    if phone := phones.normalise(form.get("phoneNumber", "")):
        stops.stop(session, people.find_or_add(session, book, phone, now).id, stops.OPTOUT, now)


def _plain(words: str, status: int) -> Response:
    return Response(words, status, mimetype="text/plain")
