"""What the clock has to do for a complaint, and when: the table of the levels and the windows. Pure.

Levels are counted from the filing, or from the reopening in a later cycle. A higher level never comes before a lower
one, whatever the settings are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from gateway import categories, holidays
from gateway.complaints import states, windows
from gateway.config import Settings
from gateway.models import Complaint

_DAY = timedelta(days=1)
#: Without ACK for so long the officer is reminded: 4 working hours of the usual 24, 2 where it is urgent.
_REMIND_PART, _REMIND_PART_URGENT = 1 / 6, 1 / 12
_WORK_BEGINS, _WORK_ENDS, _SUNDAY = time(7), time(19), 6


class Step(IntEnum):
    """In the order in which they are done when several have become due."""

    REMIND = 0
    SUPERVISOR = 1
    DIRECTOR = 2
    # After it: the apology says that the director has it.
    MISSED = 3
    CHIEF = 4
    EXTERNAL = 5
    TIMEOUT = 6
    ASK_AGAIN = 7
    SILENCE = 8


#: The level of the steps that are one; 0 is the reminder.
LEVELS: Mapping[Step, int] = {
    Step.REMIND: 0,
    Step.SUPERVISOR: 1,
    Step.DIRECTOR: 2,
    Step.CHIEF: 3,
    Step.EXTERNAL: 4,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is to be known of a complaint beside its row."""

    #: When this cycle began.
    began: datetime
    #: The levels that it has reached in this cycle.
    reached: frozenset[int] = frozenset()
    #: How long the officer's first question of this cycle held it up.
    paused: timedelta = timedelta(0)
    #: Whether the resident was reminded since the county said that it is done.
    asked_again: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Due:
    at: datetime
    step: Step


def plan(settings: Settings, complaint: Complaint, known: Known) -> list[Due]:
    """All that is still to be done while nobody does anything, the first first."""
    steps = _PLANS.get(complaint.state, _nothing)(settings, complaint, known)
    return sorted(
        Due(at, step)
        for step, at in steps.items()
        if LEVELS.get(step) not in known.reached and not (step is Step.MISSED and complaint.late)
    )


Times = dict[Step, datetime]


def _nothing(_settings: Settings, _complaint: Complaint, _known: Known) -> Times:
    return {}


def _levels(settings: Settings, complaint: Complaint, known: Known) -> Times:
    external = known.began + settings.external
    chief = min(known.began + settings.chief, external)
    director = min(_director_at(settings, complaint, known), chief)
    supervisor = min(_supervisor_at(settings, complaint, known), director)
    return {
        Step.SUPERVISOR: supervisor,
        Step.MISSED: max(complaint.promise_due_at, known.began),
        Step.DIRECTOR: director,
        Step.CHIEF: chief,
        Step.EXTERNAL: external,
    }


def _unseen(settings: Settings, complaint: Complaint, known: Known) -> Times:
    steps = _levels(settings, complaint, known)
    remind = _remind_at(settings, complaint, known)
    # In a later cycle the supervisor knows from the beginning; otherwise the reminder is the gentler step.
    if complaint.cycle > 1 or remind < steps[Step.SUPERVISOR]:
        steps[Step.REMIND] = remind
    return steps


def _asked(settings: Settings, complaint: Complaint, known: Known) -> Times:
    return _levels(settings, complaint, known) | {Step.TIMEOUT: windows.question_over_at(settings, complaint)}


def _referred(settings: Settings, complaint: Complaint, known: Known) -> Times:
    """Nobody of the county is at work; the promise holds, and the agency has its five days."""
    return {
        Step.MISSED: max(complaint.promise_due_at, known.began),
        Step.DIRECTOR: _director_at(settings, complaint, known),
        Step.EXTERNAL: complaint.state_since + settings.external,
    }


def _resolved(settings: Settings, complaint: Complaint, known: Known) -> Times:
    if complaint.disputed_at is not None:
        return {}
    steps = {Step.SILENCE: windows.silent_at(settings, complaint)}
    if not known.asked_again:
        steps[Step.ASK_AGAIN] = windows.reminder_at(settings, complaint)
    return steps


def _supervisor_at(settings: Settings, complaint: Complaint, known: Known) -> datetime:
    if complaint.cycle > 1:
        return known.began
    if complaint.state == states.RECEIVED:
        return known.began + min(settings.ack, settings.done)
    return known.began + settings.done + known.paused


def _director_at(settings: Settings, complaint: Complaint, known: Known) -> datetime:
    """With the missed promise at the latest, if it is missed in this cycle."""
    planned = known.began + settings.director
    is_ahead = not complaint.late and known.began <= complaint.promise_due_at
    return min(planned, complaint.promise_due_at) if is_ahead else planned


def _remind_at(settings: Settings, complaint: Complaint, known: Known) -> datetime:
    if categories.category(complaint.category).urgent:
        return known.began + settings.ack * _REMIND_PART_URGENT
    # In a rehearsal, where a day is some seconds, nobody waits for Monday.
    if settings.ack < _DAY:
        return known.began + settings.ack * _REMIND_PART
    return after_work(known.began, min(settings.ack * _REMIND_PART, timedelta(hours=4)), settings.timezone)


def after_work(start: datetime, work: timedelta, zone: ZoneInfo) -> datetime:
    """When so much working time (Monday to Saturday, 07:00-19:00, no public holiday) has passed."""
    at = start.astimezone(zone)
    while True:
        opens = datetime.combine(at.date(), _WORK_BEGINS, zone)
        closes = datetime.combine(at.date(), _WORK_ENDS, zone)
        at = max(at, opens)
        is_working_day = at.weekday() != _SUNDAY and not holidays.is_holiday(at.date())
        if is_working_day and at < closes:
            if work <= closes - at:
                return (at + work).astimezone(start.tzinfo)
            work -= closes - at
        at = opens + _DAY


_PLANS: Mapping[str, Callable[[Settings, Complaint, Known], Times]] = {
    states.RECEIVED: _unseen,
    states.ACKNOWLEDGED: _levels,
    states.IN_PROGRESS: _levels,
    states.NEEDS_INFO: _asked,
    states.REFERRED: _referred,
    states.RESOLVED: _resolved,
}
