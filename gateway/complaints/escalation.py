"""The clock of a complaint: what becomes due, when, and that each level happens exactly once in a cycle."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.config import Settings
from gateway.models import Complaint


def schedule(session: Session, settings: Settings, complaint: Complaint, now: datetime) -> None:
    """Sets when the clock has to look at it again; to be called in the transaction of every change of it."""
