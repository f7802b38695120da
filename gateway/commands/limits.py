"""How much one phone is answered: a wrong number, a loop of two machines or a child with a phone cost no fortune."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.config import Settings
from gateway.models import IncomingSms, Message, Person
from gateway.sms import outbox

MOST_ANSWERS = 20
#: Whoever tries the gateway out plays many people with few numbers.
MOST_ANSWERS_IN_A_REHEARSAL = 500
PER = timedelta(hours=1)
DAY = timedelta(days=1)


def most_answers(settings: Settings) -> int:
    """To one person in an hour."""
    return MOST_ANSWERS_IN_A_REHEARSAL if settings.is_rehearsal else MOST_ANSWERS


def answers(session: Session, person: Person, now: datetime) -> int:
    """Within the last hour; of whoever is new, also to the person that the number was before it was erased."""
    since = now - PER
    given = select(func.count(Message.id)).where(
        Message.person_id == person.id, Message.urgency == outbox.ANSWER, Message.created_at > since
    )
    count = session.scalar(given) or 0
    if person.created_at > since:
        before = IncomingSms.received_at.between(since, person.created_at), IncomingSms.handled_at.is_not(None)
        texts = select(func.count(IncomingSms.id)).where(IncomingSms.phone_hash == person.phone_hash, *before)
        count += session.scalar(texts) or 0
    return count


def was_told(session: Session, person: Person, phrase: str, since: datetime) -> bool:
    told = select(Message.id).where(
        Message.person_id == person.id, Message.phrase == phrase, Message.created_at > since
    )
    return session.scalar(told.limit(1)) is not None
