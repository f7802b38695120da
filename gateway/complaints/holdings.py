"""What is held about a person, in numbers: for whoever asks what we know of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway import roster
from gateway.models import Complaint, Follower, IncomingSms, Message, Person


@dataclass(frozen=True, slots=True)
class Held:
    """Beside the number, which is encrypted, and the language. No name, unless they are on the roster."""

    reported: int
    followed: int
    #: In both directions.
    messages: int
    since: datetime
    is_on_roster: bool


def held(session: Session, person: Person) -> Held:
    own = select(func.count(Complaint.id)).where(Complaint.owner_id == person.id)
    # Whoever inherited a complaint is still among its followers.
    others = select(func.count(Follower.id)).join(Complaint, Complaint.id == Follower.complaint_id)
    others = others.where(Follower.person_id == person.id, Complaint.owner_id != person.id)
    to_them = select(func.count(Message.id)).where(Message.person_id == person.id)
    from_them = select(func.count(IncomingSms.id)).where(IncomingSms.phone_hash == person.phone_hash)
    reported, followed, received, sent = (session.scalar(query) or 0 for query in (own, others, to_them, from_them))
    is_on_roster = bool(roster.entries_of(session, person))
    return Held(reported, followed, received + sent, person.created_at, is_on_roster)
