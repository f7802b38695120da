"""How a complaint's attributes are called in each language."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.complaints import promise
from gateway.models import Complaint
from gateway.sms import texts

_DAY, _HOUR = 24 * 60, 60


def state(complaint: Complaint, language: str) -> str:
    """Where it stands, as a resident would say it: `Fixed, you confirmed`."""
    name = f"{complaint.state}.{complaint.outcome}" if complaint.outcome else complaint.state
    return texts.render(f"state.{name}", language, {"agency": "-", "ref": "-"})


def time_left(due: datetime, now: datetime, language: str) -> str:
    """`24 hrs left`, `muda umepita`."""
    if due <= now:
        return texts.render("label.overdue", language, {})
    return texts.render("label.hours_left", language, {"hours": promise.hours_left(due, now)})


def span(length: timedelta, language: str) -> str:
    """`3 days`, `siku 3`; in hours what is no whole number of days, in minutes what is short. At most 8 septets."""
    minutes = max(1, round(length / timedelta(minutes=1)))
    if minutes % _DAY == 0:
        return _counted(minutes // _DAY, "day", "days", "siku", language)
    if minutes % _HOUR == 0 or minutes > 99:
        return _counted(round(minutes / _HOUR), "hour", "hours", "saa", language)
    return f"dak {minutes}" if language == "sw" else f"{minutes} min"


def _counted(count: int, one: str, many: str, kiswahili: str, language: str) -> str:
    if language == "sw":
        return f"{kiswahili} {count}"
    return f"{count} {one if count == 1 else many}"
