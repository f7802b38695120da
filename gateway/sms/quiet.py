"""When a resident may be texted unasked: not in quiet hours, and about one complaint at most once a day.

Answers to a person's own message or call, receipts and safety texts go at any time; so do jobs to officers, but their
reminders and digests wait for the morning as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.config import QuietHours, Settings
from gateway.models import Message
from gateway.sms.unfinished import unfinished
from gateway.sms.urgency import ANSWER, DIGEST, UPDATE

_TO_RESIDENTS = "sms."
#: Receipts and warnings.
_AT_ANY_HOUR = frozenset({"sms.received", "sms.received.urgent", "sms.breach"})
#: What a person is asked, and that the promise was missed: these wait for no other day, and nothing replaces them.
_ON_ANY_DAY = _AT_ANY_HOUR | {
    "sms.resolved",
    "sms.overdue",
    "sms.needs_info",
    "sms.needs_info.place",
    "sms.ra.resolved",
}

#: When a day begins for whoever is not texted at night anyhow.
_MORNING = time(8)
_DAY = timedelta(days=1)
#: These were told, or will be.
_TOLD = ("queued", "sending", "unknown", "submitted", "delivered", "failed", "unconfirmed")


@dataclass(frozen=True, slots=True)
class Night:
    hours: QuietHours
    zone: ZoneInfo

    def end(self, instant: datetime) -> datetime | None:
        """When the quiet hours end that the instant is in; None outside of them."""
        local = instant.astimezone(self.zone)
        start, end = self.hours.start, self.hours.end
        is_quiet = start <= local.time() < end if start <= end else not end <= local.time() < start
        if not is_quiet:
            return None
        day = local.date() if local.time() < end else local.date() + _DAY
        return datetime.combine(day, end, self.zone).astimezone(UTC)


def night(settings: Settings) -> Night | None:
    return Night(settings.quiet_hours, settings.timezone) if settings.quiet_hours else None


def waits_for_day(phrase: str, urgency: int) -> bool:
    if urgency == ANSWER or phrase in _AT_ANY_HOUR:
        return False
    return urgency == DIGEST or phrase.startswith(_TO_RESIDENTS)


def plan(
    session: Session, settings: Settings, *, person_id: int, about: str, phrase: str, urgency: int, now: datetime
) -> timedelta:
    """How much later than `now` an update of this complaint may be told to this person.

    An older one that is still waiting is not sent any more: the newer one says where things stand. To be called in the
    transaction that changes the complaint, so that nobody else plans for it.
    """
    if not phrase.startswith(_TO_RESIDENTS):
        return timedelta(0)
    _supersede(session, person_id, about, now)
    if urgency == ANSWER or phrase in _ON_ANY_DAY or not settings.one_update_a_day:
        return timedelta(0)
    told = select(Message.created_at, Message.not_before, Message.phrase).where(
        Message.person_id == person_id, Message.about == about, Message.urgency > ANSWER, Message.state.in_(_TOLD)
    )
    days = [max(created, handed_over) for created, handed_over, said in session.execute(told) if _is_update(said)]
    return max((timedelta(0), *(_next_day(settings, day) - now for day in days)))


def hold(session: Session, night: Night | None, now: datetime) -> None:
    """In quiet hours puts off until the morning what has become due and may not go now."""
    if night is None or (morning := night.end(now)) is None:
        return
    session.execute(
        update(Message)
        .where(
            unfinished(Message.state),
            Message.state == "queued",
            Message.urgency.in_((UPDATE, DIGEST)),
            Message.not_before < morning,
            Message.by_day,
        )
        .values(not_before=morning)
        .execution_options(synchronize_session=False)
    )


def _supersede(session: Session, person_id: int, about: str, now: datetime) -> None:
    waiting = select(Message.id, Message.phrase).where(
        unfinished(Message.state), Message.person_id == person_id, Message.about == about, Message.urgency > ANSWER
    )
    needless = [message_id for message_id, phrase in session.execute(waiting) if _is_update(phrase)]
    if needless:
        session.execute(
            update(Message)
            # One that was handed over before may have arrived, and is left to its fate.
            .where(Message.id.in_(needless), Message.state == "queued", Message.claimed_at.is_(None))
            .values(state="superseded", finished_at=now)
            .execution_options(synchronize_session=False)
        )


def _is_update(phrase: str) -> bool:
    return phrase.startswith(_TO_RESIDENTS) and phrase not in _ON_ANY_DAY


def _next_day(settings: Settings, told_at: datetime) -> datetime:
    """A third of the promise in a rehearsal where a day is some seconds."""
    shortest = min(settings.promise, settings.verify)
    if shortest < _DAY:
        return told_at + shortest / 3
    tomorrow = told_at.astimezone(settings.timezone).date() + _DAY
    begins = settings.quiet_hours.end if settings.quiet_hours else _MORNING
    return datetime.combine(tomorrow, begins, settings.timezone).astimezone(UTC)
