"""How a complaint's attributes are called in each language."""

from __future__ import annotations

from datetime import datetime

from gateway.complaints import promise
from gateway.models import Complaint
from gateway.sms import texts


def state(complaint: Complaint, language: str, parent: Complaint | None = None) -> str:
    """Where it stands, as a resident would say it: `Fixed, you confirmed`."""
    name = f"{complaint.state}.{complaint.outcome}" if complaint.outcome else complaint.state
    known = {"agency": complaint.agency or "-", "ref": parent.reference if parent else "-"}
    return texts.render(f"state.{name}", language, known)


def time_left(due: datetime, now: datetime, language: str) -> str:
    """`24 hrs left`, `muda umepita`."""
    if due <= now:
        return texts.render("label.overdue", language, {})
    return texts.render("label.hours_left", language, {"hours": promise.hours_left(due, now)})
