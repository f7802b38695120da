"""A change and its event, written together: compare-and-set, so that of two writers exactly one wins.

The only writer of a complaint's columns. Each change makes one version and one event, which has the same number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from gateway.models import Complaint, Event, Person


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does: who, as what, by which channel, in which words."""

    #: None for the clock and the county's system.
    actor: Person | None
    role: str
    channel: str
    verb: str
    at: datetime
    words: str | None = None


def change(
    session: Session, complaint: Complaint, deed: Deed, changes: Mapping[str, Any], facts: dict[str, Any] | None = None
) -> Event | None:
    """None if the complaint is no longer as it was read: another writer was first."""
    from_state = complaint.state
    result = session.execute(
        update(Complaint)
        .where(Complaint.id == complaint.id, Complaint.state == from_state, Complaint.version == complaint.version)
        .values(version=complaint.version + 1, **changes)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        return None
    session.refresh(complaint)
    return note_down(session, complaint, deed, from_state, facts)


def rewrite(session: Session, complaint: Complaint, words: Mapping[str, str | None]) -> None:
    """Without what an erasure takes away. Nothing has happened to the complaint: no version and no event."""
    if any(getattr(complaint, column) != text for column, text in words.items()):
        session.execute(update(Complaint).where(Complaint.id == complaint.id).values(words))
        session.refresh(complaint)


def note_down(
    session: Session, complaint: Complaint, deed: Deed, from_state: str | None, facts: dict[str, Any] | None
) -> Event:
    """The event of the version that the complaint now has."""
    event = Event(
        complaint_id=complaint.id,
        number=complaint.version,
        at=deed.at,
        actor_id=deed.actor.id if deed.actor else None,
        role=deed.role,
        channel=deed.channel,
        verb=deed.verb,
        from_state=from_state,
        to_state=complaint.state,
        cycle=complaint.cycle,
        words=deed.words,
        facts=facts,
    )
    session.add(event)
    session.flush()
    return event
