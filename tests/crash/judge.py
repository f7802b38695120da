"""What must be true at the end, judged by what the carrier wrote to disk when it accepted a message and by what callers
were told; never by what the gateway says of itself alone."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.models import Complaint, IncomingSms, Message, Person
from gateway.phones import PhoneBook
from gateway.sms.unfinished import unfinished
from tests.crash.town import Seen, Taken

#: Ended without the carrier having taken it, as the rules allow, and shown as such.
_NEVER_SENT = frozenset({"unconfirmed", "refused", "superseded", "expired"})
#: A doubt that a healthy gateway has ended by then, in seconds.
_SETTLED_WITHIN = 15


@dataclass(frozen=True)
class Accepted:
    """One message that the carrier took, in the order in which it did."""

    number: int
    phone: str
    text: str
    at: float
    is_answered: bool


@dataclass(frozen=True)
class Owed:
    id: int
    phone: str
    text: str
    phrase: str
    state: str
    may_be_double: bool


def accepted(ledger: Path) -> list[Accepted]:
    entries = [json.loads(line) for line in ledger.read_text().splitlines()]
    return [Accepted(n, e["phone"], e["text"], e["at"], e["is_answered"]) for n, e in enumerate(entries)]


def owed(session: Session, phones: PhoneBook) -> list[Owed]:
    rows = select(Message, Person.phone_sealed).join(Person, Person.id == Message.person_id).order_by(Message.id)
    return [
        Owed(message.id, phones.open(sealed), message.body, message.phrase, message.state, message.may_be_double)
        for message, sealed in session.execute(rows)
    ]


def is_at_rest(session: Session) -> bool:
    unsent = session.scalar(select(func.count()).where(unfinished(Message.state)))
    unanswered = session.scalar(select(func.count()).where(IncomingSms.handled_at.is_(None)))
    return not unsent and not unanswered


def every_reference_exists_once(session: Session, phones: PhoneBook, told: Sequence[Seen]) -> None:
    complaints = defaultdict(list)
    for complaint in session.scalars(select(Complaint)):
        complaints[complaint.filed_by.split(":")[1]].append(complaint)
    for seen in told:
        of_session = complaints[seen.session_id]
        assert len(of_session) == 1, f"{len(of_session)} complaints of a session that was told of one"
        assert seen.reference in (None, of_session[0].reference)
        assert phones.open(of_session[0].owner.phone_sealed) == seen.phone
    assert all(len(of_session) == 1 for of_session in complaints.values())


def every_sms_that_came_in_had_one_effect(session: Session, taken: Sequence[Taken]) -> None:
    stored = Counter(session.scalars(select(IncomingSms.provider_id)))
    for sms_id, _, _ in taken:
        assert stored[sms_id] == 1
    assert not session.scalar(select(func.count()).where(IncomingSms.attempts >= 5)), "an SMS was set aside"
    by_reference = {complaint.reference: complaint.state for complaint in session.scalars(select(Complaint))}
    for _, _, words in taken:
        if words.startswith("YES "):
            assert by_reference[words.removeprefix("YES ")] == "closed", words


def every_owed_message_was_accepted_or_says_why_not(sent: list[Accepted], owing: list[Owed]) -> list[Owed]:
    """Returns those that were never accepted."""
    times = Counter((one.phone, one.text) for one in sent)
    missing = []
    for (phone, text), rows in _alike(owing).items():
        short = len(rows) - times[phone, text]
        excused = [row for row in rows if row.state in _NEVER_SENT]
        assert len(excused) >= short, f"lost, and not said so: {[(row.id, row.phrase, row.state) for row in rows]}"
        missing += excused[: max(0, short)]
    assert not set(times) - set(_alike(owing)), "the carrier has a message that nobody owed"
    return missing


def doubles_are_rare_marked_and_have_a_cause(
    sent: list[Accepted], owing: list[Owed], first_kill_at: float
) -> list[Owed]:
    """Returns those that went out twice."""
    alike, doubles = _alike(owing), []
    for key, takings in _alike(sent).items():
        rows = alike[key]
        extra = len(takings) - len(rows)
        if extra <= 0:
            continue
        marked = [row for row in rows if row.may_be_double]
        assert extra <= len(marked), f"twice, and not said so: {[(row.id, row.phrase, row.state) for row in rows]}"
        if takings[0].at < first_kill_at - _SETTLED_WITHIN:
            assert not takings[0].is_answered, f"twice, although the first answer came: {rows[0].id} {rows[0].phrase}"
        doubles += marked[:extra]
    return doubles


def order_is_kept(sent: list[Accepted], owing: list[Owed], officers: Collection[str]) -> None:
    """Each resident is told one thing after the other; so is each officer about each job (two jobs may come about at
    once, and nobody can say which of them did first)."""
    position = {key: rows[0].id for key, rows in _alike(owing).items()}
    by_thread: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in sent:
        digits = [word for word in one.text.replace(":", " ").replace(".", " ").split() if word.isdigit()]
        about = next((word for word in digits if len(word) in (7, 8)), "") if one.phone in officers else ""
        by_thread[one.phone, about].append(position[one.phone, one.text])
    for (_, about), ids in by_thread.items():
        assert ids == sorted(ids), f"out of order about {about}: {ids}"


def _alike(of: list) -> dict[tuple[str, str], list]:  # type: ignore[type-arg]
    found = defaultdict(list)
    for one in of:
        found[one.phone, one.text].append(one)
    return found
