"""In which roles a person may act on a complaint. On a job of theirs a person on the roster is the officer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gateway import roster
from gateway.complaints import followers, states
from gateway.models import Complaint, Person


def roles_on(session: Session, person: Person, complaint: Complaint) -> tuple[str, ...]:
    """Empty for a stranger.

    Whoever has the job acts for the county alone: nobody confirms, as a resident, their own "done".
    """
    entries = roster.entries_of(session, person)
    roles = tuple(dict.fromkeys(entry.role for entry in entries if roster.covers(entry, complaint.ward)))
    if complaint.officer_id == person.id and roster.is_official(entries):
        above = (role for role in roles if role in states.COUNTY and role != states.OFFICER)
        return (states.OFFICER, *above)
    if complaint.owner_id == person.id:
        return (*roles, states.OWNER)
    return (*roles, states.FOLLOWER) if followers.is_following(session, complaint, person) else roles
