"""Who may come to the desk: whoever works for the county, by a code sent to their phone or a link from an operator.

The browser holds a secret, we hold its hash: a ticket while the code is awaited, another secret from then on. A code
belongs to one browser, so nobody uses up the attempts of another. To a number that is not on the roster the same is
said as to one that is.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from gateway import people, roster
from gateway.config import Settings
from gateway.models import Person, RosterEntry, SignIn
from gateway.phones import PhoneBook
from gateway.sms import outbox

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
#: A working day, on a phone that others may pick up.
STAY = timedelta(hours=12)
MOST_ATTEMPTS = 5
#: Codes for one person; what an attacker may try in a year stays below 2 in 100 for a hit.
MOST_CODES = ((timedelta(hours=1), 5), (timedelta(days=1), 10))


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody at the desk, with the rows of the roster that are theirs or that they stand in for."""

    person: Person
    entries: Sequence[RosterEntry]

    @property
    def name(self) -> str:
        # Their own rows come first; a deputy has one, too.
        return self.entries[0].name


def ask(session: Session, settings: Settings, phones: PhoneBook, phone: str, now: datetime) -> str:
    """A ticket for this browser. The code goes to `phone` (E.164) by SMS, if somebody at work has that number."""
    ticket = secrets.token_urlsafe(32)
    person = people.by_phone(session, phones, phone)
    if person is None or not _works(session, person) or _has_asked_enough(session, person, now):
        return ticket
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    sign_in = _add(session, person, ticket, now, _hash_of_code(settings, ticket, code))
    outbox.owe(
        session,
        settings,
        person=person,
        phrase="desk.code",
        values={"pin": code, "minutes": CODE_LIFE // timedelta(minutes=1)},
        dedupe_key=f"sign-in:{sign_in.id}",
        now=now,
        urgency=outbox.ANSWER,
        life=CODE_LIFE,
    )
    return ticket


def enter(session: Session, settings: Settings, ticket: str, code: str, now: datetime) -> str | None:
    """The secret of the stay; None where the code is wrong, too old, or was tried too often."""
    tried = (
        update(SignIn)
        .where(*_is_open(ticket, now), SignIn.code_hash.is_not(None), SignIn.attempts < MOST_ATTEMPTS)
        .values(attempts=SignIn.attempts + 1)
        .returning(SignIn.code_hash)
    )
    expected = session.scalar(tried) or ""
    given = "".join(character for character in code if character.isdigit())
    is_right = hmac.compare_digest(expected, _hash_of_code(settings, ticket, given))
    return _begin(session, ticket, now) if is_right else None


def link(session: Session, person: Person, now: datetime) -> str | None:
    """A ticket that needs no code, for when no SMS goes out; None for whoever does not work for the county."""
    if not _works(session, person):
        return None
    ticket = secrets.token_urlsafe(32)
    _add(session, person, ticket, now, None)
    return ticket


def enter_by_link(session: Session, ticket: str, now: datetime) -> str | None:
    """The secret of the stay; None where it is too old or was used."""
    opened = select(SignIn.id).where(*_is_open(ticket, now), SignIn.code_hash.is_(None))
    return _begin(session, ticket, now) if session.scalar(opened) else None


def at_desk(session: Session, secret: str, now: datetime) -> Worker | None:
    """Whose stay this is; None once it is over, or once they are no longer on the roster."""
    stay = select(Person).join(SignIn, SignIn.person_id == Person.id)
    stay = stay.where(
        SignIn.secret_hash == _hash(secret),
        SignIn.entered_at.is_not(None),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > now,
    )
    person = session.scalar(stay)
    entries = roster.entries_of(session, person) if person else []
    return Worker(person, entries) if person and roster.is_official(entries) else None


def end(session: Session, secret: str, now: datetime) -> None:
    ended = update(SignIn).where(SignIn.secret_hash == _hash(secret), SignIn.ended_at.is_(None))
    session.execute(ended.values(ended_at=now))


def _works(session: Session, person: Person) -> bool:
    return roster.is_official(roster.entries_of(session, person))


def _has_asked_enough(session: Session, person: Person, now: datetime) -> bool:
    of_person = select(func.count(SignIn.id)).where(SignIn.person_id == person.id, SignIn.code_hash.is_not(None))
    return any((session.scalar(of_person.where(SignIn.asked_at > now - per)) or 0) >= most for per, most in MOST_CODES)


def _add(session: Session, person: Person, ticket: str, now: datetime, code_hash: str | None) -> SignIn:
    sign_in = SignIn(
        person_id=person.id,
        secret_hash=_hash(ticket),
        code_hash=code_hash,
        asked_at=now,
        expires_at=now + CODE_LIFE,
        attempts=0,
    )
    session.add(sign_in)
    session.flush()
    return sign_in


def _begin(session: Session, ticket: str, now: datetime) -> str | None:
    """Of two that enter with one ticket at once, one gets in."""
    secret = secrets.token_urlsafe(32)
    entered = (
        update(SignIn)
        .where(*_is_open(ticket, now))
        .values(secret_hash=_hash(secret), entered_at=now, expires_at=now + STAY)
        .returning(SignIn.id)
    )
    return secret if session.scalar(entered) else None


def _is_open(ticket: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return SignIn.secret_hash == _hash(ticket), SignIn.entered_at.is_(None), SignIn.expires_at > now


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _hash_of_code(settings: Settings, ticket: str, code: str) -> str:
    return hmac.new(settings.secret_key.encode(), f"{ticket}:{code}".encode(), hashlib.sha256).hexdigest()
