"""Who is told what about a change: the messages that a transition owes, each in its receiver's language."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gateway import categories, clock, places, roster
from gateway.complaints import labels, promise
from gateway.complaints.states import Transition
from gateway.config import Settings
from gateway.models import Complaint, Event
from gateway.sms import outbox


def owe(
    session: Session, settings: Settings, complaint: Complaint, event: Event, transition: Transition, now: datetime
) -> None:
    is_urgent = categories.category(complaint.category).urgent
    for told in transition.texts:
        person = complaint.owner if told.who == "owner" else complaint.officer
        if person is None:
            continue
        phrase = told.phrase_for(is_urgent)
        outbox.owe(
            session,
            settings,
            person=person,
            phrase=phrase,
            values=blanks(session, settings, complaint, person.language or "en", now, event.words),
            dedupe_key=f"event:{event.id}:{phrase}:{person.id}",
            now=now,
            # To whoever did it, it is the answer.
            urgency=outbox.ANSWER if person.id == event.actor_id else outbox.UPDATE,
            event=event,
        )


def blanks(
    session: Session, settings: Settings, complaint: Complaint, language: str, now: datetime, note: str | None = None
) -> dict[str, object]:
    """The values of all that phrases.csv may say of a complaint."""
    due = promise.target(session, settings, complaint)
    return {
        "ref": complaint.reference,
        "category": categories.category(complaint.category).label(language),
        "ward": places.ward(complaint.ward).label,
        "landmark": complaint.landmark,
        "due": clock.due_words(due, settings.timezone, language),
        "left": labels.time_left(due, now, language),
        "state": labels.state(complaint, language),
        "since": clock.due_words(complaint.state_since, settings.timezone, language),
        "officer": roster.short_name(session, complaint.officer),
        "note": note or "-",
    }
