"""How long residents have: each window is one value, read by SMS, USSD and the clock alike."""

from __future__ import annotations

from datetime import datetime

from gateway.complaints import states
from gateway.config import Settings
from gateway.models import Complaint


def reminder_at(settings: Settings, complaint: Complaint) -> datetime:
    """When an owner who was asked whether it is fixed counts as silent: reminded, and followers may close it."""
    return complaint.state_since + settings.verify * 2 / 3


def silent_at(settings: Settings, complaint: Complaint) -> datetime:
    """When what the county says is done is closed without an answer."""
    return complaint.state_since + settings.verify


def question_over_at(settings: Settings, complaint: Complaint) -> datetime:
    """When an officer's question that was not answered stops holding things up."""
    return complaint.state_since + settings.ack


def may_still_reopen(settings: Settings, complaint: Complaint, now: datetime) -> bool:
    """Whether NO still opens again what is closed, or has a second look taken at what was rejected."""
    return complaint.state in (states.CLOSED, states.REJECTED) and now - complaint.state_since <= settings.reopen
