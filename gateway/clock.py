"""The only source of time: aware UTC instants, shown in the county's time zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

# Not strftime: the words must not follow the machine's locale.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def now() -> datetime:
    return datetime.now(UTC)


def due_words(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """`Wed 25 Nov 10:40` in English, `25 Nov 10:40` in Kiswahili (16 and 12 septets at most)."""
    local = instant.astimezone(zone)
    return f"{day_words(local, language)} {local:%H:%M}"


def day_words(day: date, language: str) -> str:
    """`Wed 25 Nov`, `25 Nov`."""
    of_month = f"{day.day} {_MONTHS[day.month - 1]}"
    return of_month if language == "sw" else f"{_WEEKDAYS[day.weekday()]} {of_month}"
