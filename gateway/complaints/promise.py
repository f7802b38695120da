"""The public promise: set once when a complaint is filed, never moved, never paused.

A reopened complaint has a target of its own besides: the promise was for the first time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.config import Settings
from gateway.models import Complaint, Event


def target(session: Session, settings: Settings, complaint: Complaint) -> datetime:
    """By when it should be done: as promised, or DONE_HOURS after it was opened again."""
    if complaint.cycle == 1:
        return complaint.promise_due_at
    return began(session, complaint) + settings.done


def began(session: Session, complaint: Complaint) -> datetime:
    """From when the stages are counted: the filing, or the reopening that began this cycle."""
    if complaint.cycle == 1:
        return complaint.filed_at
    reopened_at = session.scalar(
        select(func.min(Event.at)).where(Event.complaint_id == complaint.id, Event.cycle == complaint.cycle)
    )
    return reopened_at or complaint.filed_at


def hours_left(until: datetime, now: datetime) -> int:
    """Whole hours, the one that has begun counted; 0 when the time is over."""
    return max(0, -((now - until) // timedelta(hours=1)))


def is_due_today(until: datetime, settings: Settings, now: datetime) -> bool:
    """By the county's calendar; what is late is due today as well."""
    return until.astimezone(settings.timezone).date() <= now.astimezone(settings.timezone).date()
