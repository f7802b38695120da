"""In which roles a person may act on a complaint. On a job of theirs a person on the roster is the officer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gateway import roster
from gateway.complaints import states
from gateway.models import Complaint, Person


def roles_on(session: Session, person: Person, complaint: Complaint) -> tuple[str, ...]:
    """Empty for a stranger.

    Whoever has the job is the officer and nothing else: nobody confirms, as a resident, their own "done".
    """
    entries = roster.entries_of(session, person)
    if complaint.officer_id == person.id and roster.is_official(entries):
        return (states.OFFICER,)
    roles = tuple(dict.fromkeys(entry.role for entry in entries if roster.covers(entry, complaint.ward)))
    return (*roles, states.OWNER) if complaint.owner_id == person.id else roles
