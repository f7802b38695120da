"""The SMS that we owe, written in the transaction of the change that owes them.

    queued -> sending -> submitted -> delivered | failed
    sending -> queued (a definite no) | refused | unknown (asked, no answer)
    unknown -> submitted (a report) | queued (again) | unconfirmed;  queued -> expired, sending -> suppressed

A person has at most one message in flight, and gets them in the order in which they came about. Every step is an
UPDATE that names the state it starts from, so nothing depends on who else is at work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from gateway import clock, db
from gateway.config import Settings
from gateway.models import Event, Message, Person
from gateway.sms import due, gate, quiet, stops, texts
from gateway.sms.gate import Passage
from gateway.sms.once import insert_once
from gateway.sms.timing import Timing
from gateway.sms.urgency import URGENCIES

ANSWER, UPDATE, DIGEST = URGENCIES
LIFE = {ANSWER: timedelta(hours=24), UPDATE: timedelta(hours=72), DIGEST: timedelta(hours=24)}
_LONGEST_KEY = 160

_ids = Message.id.in_(bindparam("ids", expanding=True))
_SUPPRESS = (
    update(Message)
    .where(
        _ids, Message.state == "sending", or_(and_(Message.urgency > ANSWER, stops.has_stopped()), stops.is_erased())
    )
    .values(state="suppressed", finished_at=bindparam("now"), claimed_at=None)
    .execution_options(synchronize_session=False)
)
_CLAIMED = (
    select(Message.id, Message.attempt, Person.phone_sealed, Message.body, Message.not_before)
    .join(Person, Person.id == Message.person_id)
    .where(_ids, Message.state == "sending")
    .order_by(Message.urgency, Message.not_before, Message.id)
)

#: Any number, only one transaction at a time: who claims messages.
_CLAIM_LOCK = 7_204_001


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send, until its lease is over."""

    id: int
    attempt: int
    phone_sealed: str
    body: str
    not_before: datetime
    claimed_at: datetime


def owe(
    session: Session,
    settings: Settings,
    *,
    person: Person,
    phrase: str,
    values: Mapping[str, object],
    dedupe_key: str,
    now: datetime,
    urgency: int = UPDATE,
    event: Event | None = None,
    language: str | None = None,
    life: timedelta | None = None,
) -> Message | None:
    """Writes down one message; None where this key has been owed before, and for whoever had themselves erased.

    In the person's language, unless an answer has another: that of the question. `life` is how long it is of use, where
    that is less than usual.
    """
    session.flush()
    if person.erasure_requested_at is not None and urgency > ANSWER:
        return None
    language = language or person.language or "en"
    if len(dedupe_key) > _LONGEST_KEY:
        dedupe_key = hashlib.sha256(dedupe_key.encode()).hexdigest()
    about = f"complaint:{event.complaint_id}" if event else None
    # A sweep as of a later time owes its messages now.
    at_once = min(now, clock.now())
    not_before = at_once
    if about and not _is_owed(session, dedupe_key):
        not_before += quiet.plan(
            session, settings, person_id=person.id, about=about, phrase=phrase, urgency=urgency, now=now
        )
    by_day = quiet.waits_for_day(phrase, urgency)
    night = quiet.night(settings)
    if by_day and night:
        not_before = night.end(not_before) or not_before
    new_id = insert_once(
        session,
        Message,
        person_id=person.id,
        event_id=event.id if event else None,
        phrase=phrase,
        body=texts.render(phrase, language, _known(settings, language) | dict(values)),
        dedupe_key=dedupe_key,
        urgency=urgency,
        state="queued",
        attempt=0,
        resends=0,
        may_be_double=False,
        about=about,
        by_day=by_day,
        not_before=not_before,
        expires_at=now + (life or LIFE[urgency]) + (not_before - at_once),
        created_at=now,
    )
    if new_id is None:
        return None
    db.signal(session, "outbox")
    return session.get_one(Message, new_id)


def claim(session: Session, now: datetime, timing: Timing, limit: int) -> list[Claimed]:
    """Takes the most urgent due messages, one of a person; each is ours for the lease."""
    if session.get_bind().dialect.name == "postgresql":
        # Two claims at once could each take one message of the same person, seeing nothing of the other.
        session.execute(select(func.pg_advisory_xact_lock(_CLAIM_LOCK)))
    quiet.hold(session, timing.night, now)
    match gate.passage(session, now, timing):
        case Passage.ALL:
            line: Sequence[int] = URGENCIES
        case Passage.ONE:
            line, limit = _longest_waiting(session, now), 1
        case Passage.NONE:
            return []
    # What nobody wants any more leaves its place to what waits behind it: none claimed means that none is due.
    while ids := _take(session, line, now, limit):
        session.execute(_SUPPRESS, {"ids": ids, "now": now})
        if claimed := [Claimed(*row, claimed_at=now) for row in session.execute(_CLAIMED, {"ids": ids})]:
            return claimed
    return []


def is_due(session: Session, now: datetime) -> bool:
    return any(_due_since(session, urgency, now) is not None for urgency in URGENCIES)


def due_since(session: Session, now: datetime) -> datetime | None:
    """Since when the first of those that could be sent now could have been sent."""
    firsts = (_due_since(session, urgency, now) for urgency in URGENCIES)
    return min((first for first in firsts if first), default=None)


def _take(session: Session, line: Sequence[int], now: datetime, limit: int) -> list[int]:
    ids: list[int] = []
    for urgency in line:
        if len(ids) < limit:
            ids += session.scalars(due.CLAIM, {"of_urgency": urgency, "now": now, "places": limit - len(ids)})
    return ids


def _is_owed(session: Session, dedupe_key: str) -> bool:
    return session.scalar(select(Message.id).where(Message.dedupe_key == dedupe_key)) is not None


def _known(settings: Settings, language: str) -> dict[str, object]:
    """The values that are the same in every text."""
    return {
        "code": settings.ussd_code,
        "sms": settings.sms_code,
        "promise": max(1, round(settings.promise / timedelta(hours=1))),
        "verify": texts.span(settings.verify, language),
        "reopen": texts.span(settings.reopen, language),
    }


def _longest_waiting(session: Session, now: datetime) -> list[int]:
    """For a probe: a message that alone is the trouble must not be the one that is tried each time."""
    firsts = {urgency: _due_since(session, urgency, now) for urgency in URGENCIES}
    return sorted(URGENCIES, key=lambda urgency: firsts[urgency] or now)


def _due_since(session: Session, urgency: int, now: datetime) -> datetime | None:
    return session.scalar(due.SINCE, {"of_urgency": urgency, "now": now})
