"""Resident associations: who speaks for a ward, the joint clean-ups that they propose, and what they say of "done".

They never see a resident's number and never move a complaint for the county: a clean-up is the officer's to accept,
with START.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from gateway import categories, clock, places, roster
from gateway.complaints import dates, record, states
from gateway.complaints.record import Deed
from gateway.complaints.states import Reason
from gateway.config import Settings
from gateway.models import CleanUp, Complaint, Event, Person, RosterEntry
from gateway.sms import outbox

JOIN, AGREE = "JOIN", "AGREE"

#: There is still an officer of the county who could come.
_CAN_BE_CLEANED = (states.RECEIVED, states.ACKNOWLEDGED, states.IN_PROGRESS, states.NEEDS_INFO)


@dataclass(frozen=True, slots=True)
class Proposed:
    clean_up: CleanUp
    #: False if the same day was proposed before: nobody was told again.
    is_new: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How often associations confirmed and disputed; never counted together with what residents say."""

    confirmed: int
    disputed: int


def of_ward(session: Session, ward: str) -> list[Person]:
    """Everybody who speaks for residents there."""
    areas = (ward, places.ward(ward).subcounty_code, places.EVERYWHERE)
    rows = select(RosterEntry).where(
        RosterEntry.retired_at.is_(None), RosterEntry.role == states.ASSOCIATION, RosterEntry.area.in_(areas)
    )
    return list(dict.fromkeys(row.person for row in session.scalars(rows.order_by(RosterEntry.id))))


def speaks_for(session: Session, person: Person, ward: str) -> bool:
    entries = roster.entries_of(session, person)
    return any(entry.role == states.ASSOCIATION and roster.covers(entry, ward) for entry in entries)


def filing_role(session: Session, person: Person, ward: str) -> str:
    """An association that reports from its ward does so for a resident: it is the owner, and no number is kept."""
    return states.ASSOCIATION if speaks_for(session, person, ward) else states.OWNER


def propose(
    session: Session,
    settings: Settings,
    complaint: Complaint,
    person: Person,
    words: str | None,
    now: datetime,
    channel: str,
) -> Proposed | Reason:
    """`JOIN ref day`: kept with the complaint, and sent to its officer. The sender's answer is the caller's.

    A later day takes the place of an earlier one.
    """
    if not speaks_for(session, person, complaint.ward):
        return Reason.NOT_ALLOWED
    session.refresh(complaint, with_for_update=True)
    if complaint.state not in _CAN_BE_CLEANED:
        return Reason.NOT_NOW
    day = dates.day_in(words or "", _today(settings, now))
    if day is None:
        return Reason.NEED_WORDS
    latest = _latest(session, complaint)
    if latest and latest.day == day:
        return Proposed(latest, is_new=False)
    clean_up = CleanUp(complaint_id=complaint.id, association_id=person.id, day=day, proposed_at=now)
    session.add(clean_up)
    event = _note(session, complaint, Deed(person, states.ASSOCIATION, channel, JOIN, now, words), day)
    if complaint.officer:
        _tell(session, settings, complaint, event, complaint.officer, "officer.clean_up", day)
    return Proposed(clean_up, is_new=True)


def pending(session: Session, settings: Settings, complaint: Complaint, now: datetime) -> CleanUp | None:
    """The day that waits for the officer's START; None once it is over."""
    latest = _latest(session, complaint)
    return latest if latest and latest.agreed_at is None and latest.day >= _today(settings, now) else None


def agree(session: Session, settings: Settings, complaint: Complaint, deed: Deed) -> CleanUp | None:
    """What START does to the day that waits, if one does: the association is told. `deed` is the officer's."""
    clean_up = pending(session, settings, complaint, deed.at)
    if clean_up is None or deed.actor is None:
        return None
    agreed = (
        update(CleanUp)
        .where(CleanUp.id == clean_up.id, CleanUp.agreed_at.is_(None))
        .values(agreed_at=deed.at, officer_id=deed.actor.id)
        .returning(CleanUp.id)
    )
    if session.scalar(agreed) is None:
        return None
    session.refresh(clean_up)
    session.refresh(complaint, with_for_update=True)
    event = _note(session, complaint, Deed(deed.actor, deed.role, deed.channel, AGREE, deed.at), clean_up.day)
    receiver = clean_up.association
    _tell(session, settings, complaint, event, receiver, "sms.ra.clean_up.agreed", clean_up.day)
    return clean_up


def verdicts(session: Session, wards: Collection[str], since: datetime) -> Verdicts:
    """Of the complaints of these wards; an attempt that was refused does not count."""
    said = (
        select(Event.verb, func.count())
        .join(Complaint, Complaint.id == Event.complaint_id)
        .where(
            Event.role == states.ASSOCIATION,
            Event.verb.in_((states.OK, states.BAD)),
            Event.from_state != Event.to_state,
            Event.at >= since,
            Complaint.ward.in_(wards),
        )
        .group_by(Event.verb)
    )
    counts: dict[str, int] = dict(session.execute(said).all())
    return Verdicts(counts.get(states.OK, 0), counts.get(states.BAD, 0))


def _latest(session: Session, complaint: Complaint) -> CleanUp | None:
    rows = select(CleanUp).where(CleanUp.complaint_id == complaint.id)
    return session.scalar(rows.order_by(CleanUp.id.desc()).limit(1))


def _today(settings: Settings, now: datetime) -> date:
    return now.astimezone(settings.timezone).date()


def _note(session: Session, complaint: Complaint, deed: Deed, day: date) -> Event:
    event = record.change(session, complaint, deed, {}, {"day": day.isoformat()})
    if event is None:
        raise RuntimeError("a complaint was changed while its row was locked")
    return event


def _tell(
    session: Session,
    settings: Settings,
    complaint: Complaint,
    event: Event,
    person: Person,
    phrase: str,
    day: date,
) -> None:
    language = person.language or "en"
    outbox.owe(
        session,
        settings,
        person=person,
        phrase=phrase,
        values={
            "ref": complaint.reference,
            "category": categories.category(complaint.category).label(language),
            "ward": places.ward(complaint.ward).label,
            "landmark": complaint.landmark,
            "officer": roster.short_name(session, complaint.officer),
            "day": clock.day_words(day, language),
        },
        dedupe_key=f"event:{event.id}:{phrase}:{person.id}",
        now=event.at,
        event=event,
    )
