"""SMS that came in: stored as they are before anything is understood, taken one by one, set aside when they cannot be
handled. The carrier repeats each for hours, so each is stored once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from gateway import db, phones
from gateway.models import IncomingSms
from gateway.sms.fields import storable
from gateway.sms.once import insert_once

MOST_ATTEMPTS = 5
_RETRY_SECONDS = (2, 10, 30, 120)


def store(session: Session, book: phones.PhoneBook, form: Mapping[str, str], now: datetime) -> bool:
    """False where this one is there already."""
    phone = phones.normalise(form.get("from", ""))
    new_id = insert_once(
        session,
        IncomingSms,
        provider_id=identity(form),
        phone_sealed=book.seal(phone) if phone else None,
        phone_hash=book.hash(phone) if phone else None,
        to_code=storable(form.get("to", ""), 32),
        body=storable(form.get("text", "")),
        sent_at=_instant(form.get("date", "")) or now,
        received_at=now,
        attempts=0,
    )
    if new_id is None:
        return False
    db.signal(session, "incoming")
    return True


def next_waiting(session: Session, now: datetime, after: int) -> IncomingSms | None:
    """Takes the next one behind `after` for this transaction, oldest first; nobody else gets it meanwhile."""
    earlier = aliased(IncomingSms)
    # ACK and DONE of one officer in two workers: the second waits, unless the first is the one that fails.
    of_same_phone = exists().where(
        earlier.phone_hash == IncomingSms.phone_hash,
        earlier.id < IncomingSms.id,
        earlier.handled_at.is_(None),
        earlier.attempts == 0,
    )
    due = or_(IncomingSms.retry_at.is_(None), IncomingSms.retry_at <= now)
    waiting = (
        select(IncomingSms)
        .where(IncomingSms.handled_at.is_(None), IncomingSms.id > after, due, ~of_same_phone)
        .order_by(IncomingSms.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=IncomingSms)
    )
    return session.scalars(waiting).one_or_none()


def finish(session: Session, incoming: IncomingSms, now: datetime) -> bool:
    """False where somebody else has handled it."""
    handled = (
        update(IncomingSms)
        .where(IncomingSms.id == incoming.id, IncomingSms.handled_at.is_(None))
        .values(handled_at=now)
        .returning(IncomingSms.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(handled) is not None


def put_back(session: Session, incoming_id: int, now: datetime) -> IncomingSms | None:
    """Counts a failed attempt. Returns it when that was the last one: it is set aside."""
    row = session.get(IncomingSms, incoming_id, with_for_update=True, populate_existing=True)
    if row is None or row.handled_at is not None:
        return None
    row.attempts += 1
    if row.attempts >= MOST_ATTEMPTS:
        row.handled_at = now
        return row
    row.retry_at = now + timedelta(seconds=_RETRY_SECONDS[row.attempts - 1])
    return None


def is_waiting(session: Session, now: datetime) -> bool:
    due = or_(IncomingSms.retry_at.is_(None), IncomingSms.retry_at <= now)
    return session.scalar(select(IncomingSms.id).where(IncomingSms.handled_at.is_(None), due).limit(1)) is not None


def identity(form: Mapping[str, str]) -> str:
    """The carrier's id; where it gave none that can be stored, one that is the same for the same message."""
    given = form.get("id", "").strip()
    if given and len(given) <= 100 and "\x00" not in given:
        return given
    said = "\x1f".join(form.get(name, "") for name in ("id", "from", "to", "text", "date"))
    return f"sha256:{hashlib.sha256(said.encode(errors='replace')).hexdigest()}"


def _instant(given: str) -> datetime | None:
    """`2017-05-03T06:04:45Z` and `2017-05-03 06:04:45` are both in use, with or without milliseconds; both UTC."""
    try:
        instant = datetime.fromisoformat(given.strip())
    except ValueError:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
