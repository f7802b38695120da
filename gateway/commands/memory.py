"""What we asked a person last, so that `1` or an estate's name is understood. In SQL: workers come and go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gateway.models import Person, SmsQuestion

CHOOSE, AREA, WARD, CATEGORY = "choose", "area", "ward", "category"
DETAILS, CANCEL, DELETE, OFFER, LOW_RATING = "details", "cancel", "delete", "offer", "low_rating"
ALIKE, WORDS = "alike", "words"

#: After that, an answer is a text like any other.
LIFE = timedelta(hours=24)


def ask(session: Session, person: Person, kind: str, facts: dict[str, Any], now: datetime) -> None:
    """In place of whatever was asked before."""
    question = session.get(SmsQuestion, person.id)
    if question is None:
        session.add(SmsQuestion(person_id=person.id, kind=kind, facts=facts, asked_at=now, expires_at=now + LIFE))
    else:
        question.kind, question.facts = kind, facts
        question.asked_at, question.expires_at = now, now + LIFE
    session.flush()


def take(session: Session, person: Person, now: datetime) -> SmsQuestion | None:
    """What is still open; it is not asked any more, unless it is asked again."""
    question = session.get(SmsQuestion, person.id)
    if question is None:
        return None
    session.execute(delete(SmsQuestion).where(SmsQuestion.person_id == person.id))
    session.expunge(question)
    return question if now < question.expires_at else None
