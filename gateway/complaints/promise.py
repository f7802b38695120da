"""The public promise: set once when a complaint is filed, never moved, never paused.

A reopened complaint has a target of its own besides: the promise was for the first time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.complaints import states
from gateway.config import Settings
from gateway.models import Complaint, Event


def target(session: Session, settings: Settings, complaint: Complaint) -> datetime:
    """By when it should be done: as promised, or DONE_HOURS after it was opened again."""
    if complaint.cycle == 1:
        return complaint.promise_due_at
    reopened_at = session.scalar(
        select(func.min(Event.at)).where(Event.complaint_id == complaint.id, Event.cycle == complaint.cycle)
    )
    return (reopened_at or complaint.filed_at) + settings.done


def hours_left(until: datetime, now: datetime) -> int:
    """Whole hours, the one that has begun counted; 0 when the time is over."""
    return max(0, -((now - until) // timedelta(hours=1)))


def is_due_today(until: datetime, settings: Settings, now: datetime) -> bool:
    """By the county's calendar; what is late is due today as well."""
    return until.astimezone(settings.timezone).date() <= now.astimezone(settings.timezone).date()


def asks_again_at(settings: Settings, complaint: Complaint) -> datetime:
    """When a resident who says nothing is reminded: after two thirds of the window."""
    return complaint.state_since + settings.verify * 2 / 3


def window_ends(settings: Settings, complaint: Complaint) -> datetime:
    """When silence closes what the county says is done."""
    return complaint.state_since + settings.verify


def question_ends(settings: Settings, complaint: Complaint) -> datetime:
    """When an officer's question that nobody answered holds the work up no longer."""
    return complaint.state_since + longest_question(settings)


def longest_question(settings: Settings) -> timedelta:
    """A day; less where the promise is shorter than three."""
    return min(timedelta(hours=24), settings.promise / 3)


def may_still_reopen(settings: Settings, complaint: Complaint, now: datetime) -> bool:
    """Whether NO still reopens what is closed."""
    return complaint.state == states.CLOSED and now - complaint.state_since <= settings.reopen
