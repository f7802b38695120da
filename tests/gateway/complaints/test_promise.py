"""Targets of a complaint, and the working hours in which an officer is expected to see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.complaints import promise, service, stages, states
from gateway.complaints.service import Actor
from gateway.config import Settings
from gateway.db import Database
from tests.gateway import cast

NAIROBI = ZoneInfo("Africa/Nairobi")
HOUR = timedelta(hours=1)

#: 23 November 2026 is a Monday: when it is filed, and when four working hours have passed.
FOUR_WORKING_HOURS = {
    "in the morning": ("2026-11-23T07:00", "2026-11-23T11:00"),
    "until closing time": ("2026-11-23T15:00", "2026-11-23T19:00"),
    "over night": ("2026-11-23T17:00", "2026-11-24T09:00"),
    "before work": ("2026-11-23T03:00", "2026-11-23T11:00"),
    "after work": ("2026-11-23T19:00", "2026-11-24T11:00"),
    "on Saturday": ("2026-11-28T10:00", "2026-11-28T14:00"),
    "over Sunday": ("2026-11-28T18:30", "2026-11-30T10:30"),
    "on Sunday": ("2026-11-29T12:00", "2026-11-30T11:00"),
    "over a public holiday": ("2026-10-19T17:00", "2026-10-21T09:00"),
    "on a public holiday": ("2026-10-20T10:00", "2026-10-21T11:00"),
    "over a long weekend": ("2026-04-02T18:00", "2026-04-04T10:00"),
    "over a holiday that a Sunday has put off": ("2027-10-09T17:00", "2027-10-12T09:00"),
}


@pytest.mark.parametrize("label", FOUR_WORKING_HOURS)
def test_four_working_hours_are_monday_to_saturday_from_seven_to_seven_and_no_holiday(label: str) -> None:
    start, end = (datetime.fromisoformat(at).replace(tzinfo=NAIROBI) for at in FOUR_WORKING_HOURS[label])

    assert stages.after_work(start.astimezone(UTC), 4 * HOUR, NAIROBI) == end


@pytest.mark.parametrize(
    ("left", "hours"),
    [
        (timedelta(0), 0),
        (-HOUR, 0),
        (timedelta(seconds=1), 1),
        (HOUR, 1),
        (HOUR + timedelta(seconds=1), 2),
        (72 * HOUR, 72),
    ],
)
def test_an_hour_that_has_begun_counts(left: timedelta, hours: int) -> None:
    assert promise.hours_left(cast.NOW + left, cast.NOW) == hours


def test_the_promise_never_moves_and_each_reopening_has_a_target_of_its_own(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        promised = complaint.promise_due_at
        assert promise.target(session, settings, complaint) == promised == cast.NOW + 72 * HOUR
        for cycle in (2, 3):
            at = cast.NOW + cycle * 10 * HOUR
            for phone, verb, words in ((cast.NJERI, states.DONE, "Cleared by truck"), (cast.AMINA, states.NO, None)):
                actor = Actor(cast.person(session, phone), "sms")
                service.move(session, settings, now=at, complaint=complaint, verb=verb, actor=actor, words=words)
            assert (complaint.cycle, complaint.promise_due_at) == (cycle, promised)
            assert promise.began(session, complaint) == at
            assert promise.target(session, settings, complaint) == at + 48 * HOUR
