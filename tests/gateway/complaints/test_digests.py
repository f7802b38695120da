"""Digests: at most one a day, in daylight, once, and only where there is something to say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from gateway.complaints import states
from gateway.models import Complaint, Digest, Message
from gateway.services import Services
from gateway.sweeps import sweep
from tests.gateway import cast

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: The Monday after cast.NOW, 08:00 in Nairobi.
MONDAY = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
DIGESTS = ("supervisor.digest", "sms.ra.digest")


def file_some(services: Services, number: int = 1, ward: str = cast.MARINGO) -> list[str]:
    with services.db.transaction() as session:
        cast.load_roster(session)
        return [
            cast.file_complaint(session, services.settings, ward=ward, filed_by=f"ussd:{ward}:{index}").reference
            for index in range(number)
        ]


def digests(services: Services, phone: str) -> list[str]:
    with services.db.transaction() as session:
        return [body for phrase, body in cast.messages_to(session, phone) if phrase in DIGESTS]


def pass_time(services: Services, at: datetime) -> None:
    assert sweep(services, cast.NOW, as_of=at) == []


def test_a_supervisor_gets_the_numbers_of_the_area_each_morning_at_eight(services: Services) -> None:
    references = file_some(services, 3)
    file_some(services, 2, ward=cast.KAREN)
    with services.db.transaction() as session:
        first = update(Complaint).where(Complaint.reference == references[0])
        session.execute(first.values(late=True, state=states.IN_PROGRESS))

    pass_time(services, MONDAY + 2 * DAY - timedelta(minutes=1))
    assert digests(services, cast.NJERI) == []
    pass_time(services, MONDAY + 2 * DAY)
    assert digests(services, cast.NJERI) == [
        f"Hatua Makadara: open 3, due 24h 3, late 1 ({references[0]}), reopened 0, not acked 2. Reply LIST LATE"
    ]


def test_a_digest_comes_once_a_day_and_the_next_on_the_next_day(services: Services) -> None:
    file_some(services)

    for hour in range(8):
        pass_time(services, MONDAY + 2 * DAY + hour * HOUR)
    assert len(digests(services, cast.NJERI)) == 1
    pass_time(services, MONDAY + 3 * DAY)
    assert len(digests(services, cast.NJERI)) == 2


def test_where_there_is_nothing_to_say_nothing_is_said(services: Services) -> None:
    file_some(services)
    with services.db.transaction() as session:
        session.execute(update(Complaint).values(state=states.CLOSED, outcome=states.CONFIRMED))

    pass_time(services, MONDAY + 30 * DAY)

    assert digests(services, cast.NJERI) == []
    assert digests(services, cast.HASSAN) == []


@pytest.mark.parametrize("hour", [-1, 10, 15])
def test_after_an_outage_a_digest_is_not_sent_in_the_evening_or_at_night(services: Services, hour: int) -> None:
    file_some(services)

    pass_time(services, MONDAY + 3 * DAY + hour * HOUR)

    assert digests(services, cast.NJERI) == []


def test_three_clocks_at_once_send_one(services: Services) -> None:
    file_some(services)
    together = Barrier(3)

    def tick(_: int) -> list[str]:
        together.wait(timeout=30)
        return sweep(services, cast.NOW, as_of=MONDAY + 2 * DAY)

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(tick, range(3))) == [[], [], []]

    assert len(digests(services, cast.NJERI)) == 1
    with services.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Digest).where(Digest.role == states.SUPERVISOR)) == 1


def test_an_association_hears_of_its_ward_once_a_week(services: Services) -> None:
    references = file_some(services, 3)
    with services.db.transaction() as session:
        first = update(Complaint).where(Complaint.reference == references[0])
        session.execute(first.values(state=states.CLOSED, outcome=states.CONFIRMED, state_since=cast.NOW))

    for day in range(7):
        pass_time(services, MONDAY + day * DAY)

    assert digests(services, cast.HASSAN) == [
        "Hatua weekly, Maringo/Hamza: 3 new, 1 fixed, 0 late. Thank you for working with your officers."
    ]
    pass_time(services, MONDAY + 7 * DAY)
    assert digests(services, cast.HASSAN)[1] == (
        "Hatua weekly, Maringo/Hamza: 0 new, 0 fixed, 2 late. Thank you for working with your officers."
    )


def test_a_digest_is_the_last_in_line_and_waits_for_daylight(services: Services) -> None:
    file_some(services)
    pass_time(services, MONDAY + 2 * DAY)

    with services.db.reading() as session:
        digest = session.scalars(select(Message).where(Message.phrase == "supervisor.digest")).one()
        assert (digest.urgency, digest.by_day) == (2, True)


def test_who_has_left_gets_no_digest(services: Services) -> None:
    file_some(services)
    with services.db.transaction() as session:
        cast.load_roster(session, "\n".join(line for line in cast.ROSTER.splitlines() if cast.NJERI not in line))

    pass_time(services, MONDAY + 2 * DAY)

    assert digests(services, cast.NJERI) == []
