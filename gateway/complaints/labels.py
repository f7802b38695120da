"""How a complaint's attributes are called in each language."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.complaints import promise
from gateway.complaints.duplicates import Likely
from gateway.models import Complaint
from gateway.sms import texts
from menus import gsm7


def state(complaint: Complaint, language: str, parent: Complaint | None = None) -> str:
    """Where it stands, as a resident would say it: `Fixed, you confirmed`."""
    name = f"{complaint.state}.{complaint.outcome}" if complaint.outcome else complaint.state
    known = {"agency": complaint.agency or "-", "ref": parent.reference if parent else "-"}
    return texts.render(f"state.{name}", language, known)


def alike(likely: Likely, language: str, width: int) -> str:
    """A complaint that others may know by its place, its age and how many reported it: `Stage Mosque Rd 2d (7)`."""
    days, hours = likely.age.days, likely.age // timedelta(hours=1)
    age = texts.render("label.age.days" if days else "label.age.hours", language, {"count": days or hours})
    rest = f" {age} ({likely.people})"
    return gsm7.cut(" ".join(gsm7.plain(likely.complaint.landmark).split()), width - len(rest)) + rest


def time_left(due: datetime, now: datetime, language: str) -> str:
    """`24 hrs left`, `muda umepita`."""
    if due <= now:
        return texts.render("label.overdue", language, {})
    return texts.render("label.hours_left", language, {"hours": promise.hours_left(due, now)})
