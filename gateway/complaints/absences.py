"""Jobs of officers who have left or are on leave go to whoever is there: nothing lies on an empty desk."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gateway.complaints import escalation, notices, record, routing, states
from gateway.complaints.record import Deed
from gateway.config import Settings
from gateway.models import Complaint, RosterEntry
from gateway.sms import outbox

ROUTE = "ROUTE"


def jobs(session: Session, settings: Settings, now: datetime, after: int, limit: int) -> list[int]:
    """Ids of open complaints that nobody has, or somebody who is not there: the first so many after that id."""
    maybe_away = select(RosterEntry.person_id).where(
        or_(RosterEntry.retired_at.is_not(None), RosterEntry.leave_from.is_not(None))
    )
    theirs = select(Complaint).where(Complaint.state.in_(states.OPEN), Complaint.id > after)
    theirs = theirs.where(or_(Complaint.officer_id.is_(None), Complaint.officer_id.in_(maybe_away)))
    away: list[int] = []
    for complaint in session.scalars(theirs.order_by(Complaint.id)):
        if not routing.is_available(session, settings, complaint, now):
            away.append(complaint.id)
        if len(away) == limit:
            break
    return away


def reroute(session: Session, settings: Settings, ids: Collection[int], now: datetime) -> None:
    """Hands over those of them whose officer is really away, if there is somebody else."""
    rows = select(Complaint).where(Complaint.id.in_(ids), Complaint.state.in_(states.OPEN)).order_by(Complaint.id)
    rows = rows.with_for_update(skip_locked=True, of=Complaint).execution_options(populate_existing=True)
    for complaint in session.scalars(rows).all():
        if not routing.is_available(session, settings, complaint, now):
            _reroute(session, settings, complaint, now)


def _reroute(session: Session, settings: Settings, complaint: Complaint, now: datetime) -> None:
    found = routing.route(session, settings, complaint.ward, complaint.category, now)
    if found.person_id in (None, complaint.officer_id):
        return
    before = complaint.officer_id
    deed = Deed(None, escalation.CLOCK, escalation.CLOCK, ROUTE, now)
    facts = {"from": before, "routing": found.steps}
    event = record.change(session, complaint, deed, {"officer_id": found.person_id}, facts)
    if event is None or complaint.officer is None:
        raise RuntimeError("a complaint was changed while its row was held")
    officer = complaint.officer
    outbox.owe(
        session,
        settings,
        person=officer,
        phrase="officer.assigned",
        values=notices.blanks(session, settings, complaint, officer.language or "en", now),
        dedupe_key=f"event:{event.id}:officer.assigned:{officer.id}",
        now=now,
        event=event,
    )
    escalation.schedule(session, settings, complaint, now)
