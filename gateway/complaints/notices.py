"""Who is told what about a change: the messages that a transition owes, each in its receiver's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import categories, clock, places, roster
from gateway.complaints import associations, followers, labels, priority, promise, queries, routing, states
from gateway.complaints.states import Told, Transition
from gateway.config import Settings
from gateway.models import Complaint, Event, Message, Person
from gateway.sms import outbox

_DAY = timedelta(days=1)


def owe(
    session: Session, settings: Settings, complaint: Complaint, event: Event, transition: Transition, now: datetime
) -> None:
    """Nobody is told twice of one change, whatever they are to the complaint: the first text of the row counts."""
    is_urgent = complaint.priority == priority.URGENT
    news = _News(session, settings, complaint, event, now)
    reached: set[int] = set()
    for told in transition.texts:
        phrase = told.phrase_for(is_urgent, bool(event.words))
        for person in _RECEIVERS[told.who](news):
            if person is None or person.id in reached or (told.once_a_day and _had(session, event, told, person, now)):
                continue
            reached.add(person.id)
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


def reaches(session: Session, event: Event, person: Person) -> bool:
    """Whether this change itself has a text for the person."""
    text = select(Message.id).where(Message.event_id == event.id, Message.person_id == person.id)
    return session.scalar(text.limit(1)) is not None


def blanks(
    session: Session, settings: Settings, complaint: Complaint, language: str, now: datetime, note: str | None = None
) -> dict[str, object]:
    """The values of all that phrases.csv may say of a complaint; `note` is what somebody wrote."""
    due = promise.target(session, settings, complaint)
    parent = session.get(Complaint, complaint.parent_id) if complaint.parent_id else None
    return {
        "ref": complaint.reference,
        "category": categories.category(complaint.category).label(language),
        "ward": places.ward(complaint.ward).label,
        "landmark": complaint.landmark,
        "due": clock.due_words(due, settings.timezone, language),
        "left": labels.time_left(due, now, language),
        "state": labels.state(complaint, language, parent),
        "since": clock.due_words(complaint.state_since, settings.timezone, language),
        "officer": roster.short_name(session, complaint.officer),
        "count": followers.count(session, complaint),
        "agency": complaint.agency or "-",
        "parent": parent.reference if parent else "-",
        **dict.fromkeys(("note", "reason", "question", "answer"), note or "-"),
    }


@dataclass(frozen=True, slots=True)
class _News:
    session: Session
    settings: Settings
    complaint: Complaint
    event: Event
    now: datetime

    def above(self, roles: tuple[str, ...]) -> list[Person]:
        """The first of these roles; never whoever has just done it."""
        place, kind, without = self.complaint.ward, self.complaint.category, (self.event.actor_id,)
        found = routing.for_roles(self.session, self.settings, place, kind, roles, self.now, without=without)
        person = self.session.get(Person, found.person_id) if found.person_id else None
        return [person] if person else []

    def asker(self) -> list[Person | None]:
        """Whoever asked the resident, and whoever has the job."""
        asked = queries.last_event(self.session, self.complaint, states.ASK)
        return [self.session.get(Person, asked.actor_id) if asked else None, self.complaint.officer]


_SUPERVISOR, _DIRECTOR, _CHIEF = ((*states.ABOVE[at:], states.DESK) for at in range(3))
#: By the level that was reached; above the chief officer there is nobody to text.
_OF_LEVEL = (_SUPERVISOR, _SUPERVISOR, _DIRECTOR, _CHIEF, _CHIEF)

_RECEIVERS: Mapping[str, Callable[[_News], Sequence[Person | None]]] = {
    "owner": lambda news: [news.complaint.owner],
    "followers": lambda news: followers.of(news.session, news.complaint),
    "people": lambda news: [news.complaint.owner, *followers.of(news.session, news.complaint)],
    "actor": lambda news: [news.session.get(Person, news.event.actor_id)],
    "officer": lambda news: [news.complaint.officer],
    "asker": lambda news: news.asker(),
    "supervisor": lambda news: news.above(_SUPERVISOR),
    "director": lambda news: news.above(_DIRECTOR),
    "above": lambda news: news.above(_OF_LEVEL[news.complaint.level]),
    "associations": lambda news: associations.of_ward(news.session, news.complaint.ward),
}


def _had(session: Session, event: Event, told: Told, person: Person, now: datetime) -> bool:
    """The same news of the same complaint, within a day."""
    had = (
        select(Message.id)
        .join(Event, Event.id == Message.event_id)
        .where(
            Message.person_id == person.id,
            Message.phrase.in_([phrase for phrase in (told.phrase, told.noted) if phrase]),
            Message.created_at > now - _DAY,
            Event.complaint_id == event.complaint_id,
        )
    )
    return session.scalar(had.limit(1)) is not None
