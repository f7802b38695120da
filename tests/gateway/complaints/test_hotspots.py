"""Dumping at one place again and again: one notice a week, to those who can do something there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.complaints import followers, hotspots, record, service, states
from gateway.complaints.record import Deed
from gateway.db import Database
from gateway.models import Complaint, Hotspot
from gateway.services import Services
from tests.gateway import cast

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PLACES = ("Stage Mosque Rd", "near mosque road stage", "STAGE YA MOSQUE")


def dump(
    session: Session,
    services: Services,
    number: int,
    *,
    landmark: str | None = None,
    ago: timedelta = timedelta(0),
    ward: str = cast.MARINGO,
    category: str = "T2",
) -> Complaint:
    return service.file(
        session,
        services.settings,
        now=cast.NOW - ago,
        owner=cast.person(session, f"+2547000000{number:02}"),
        category=category,
        ward=ward,
        landmark=landmark or PLACES[number % 3],
        channel="sms",
        filed_by=f"sms:{number}",
    ).complaint


def put(session: Session, complaint: Complaint, state: str, **changes: object) -> None:
    deed = Deed(cast.person(session, cast.OTIENO), "officer", "sms", "TEST", cast.NOW)
    assert record.change(session, complaint, deed, {"state": state, **changes})


def notices_to(session: Session, phone: str) -> list[tuple[str, str]]:
    return [message for message in cast.messages_to(session, phone) if "hotspot" in message[0]]


def look(session: Session, services: Services, after: timedelta = timedelta(0)) -> list[tuple[str, int]]:
    return [(found.landmark, found.reports) for found in hotspots.notice(session, services, cast.NOW + after)]


def test_three_reports_of_one_place_are_told_once(services: Services) -> None:
    with services.db.transaction() as session:
        cast.load_roster(session)
        filed = [dump(session, services, number, ago=(3 - number) * DAY) for number in range(3)]

        assert look(session, services) == [("Stage Mosque Rd", 3)]
        assert look(session, services, after=DAY) == []

        assert notices_to(session, cast.HASSAN) == [
            (
                "sms.ra.hotspot",
                "Hatua RA Maringo/Hamza: dumping hotspot at Stage Mosque Rd: 3 reports in 7 days. To propose a joint "
                f"clean-up reply JOIN {filed[2].reference} and the day.",
            )
        ]
        assert notices_to(session, cast.NJERI) == [
            (
                "supervisor.hotspot",
                f"HOTSPOT Maringo/Hamza, Stage Mosque Rd: 3 reports of dumping in 7 days, the latest "
                f"{filed[2].reference}.",
            )
        ]
        assert notices_to(session, cast.OTIENO) == []


def test_a_place_that_stays_bad_is_told_again_after_a_week(services: Services) -> None:
    with services.db.transaction() as session:
        for number in range(3):
            dump(session, services, number)
        assert look(session, services) == [("Stage Mosque Rd", 3)]
        # The first report of the place is another one by then.
        for number in range(4, 9):
            dump(session, services, number, ago=-number * DAY)

        assert look(session, services, after=6 * DAY + 23 * HOUR) == []
        assert look(session, services, after=8 * DAY) == [("near mosque road stage", 5)]


@pytest.mark.parametrize(
    "third",
    [
        {"landmark": "Chiefs camp"},
        {"ward": cast.HARAMBEE},
        {"category": "T1"},
        {"ago": 7 * DAY},
    ],
)
def test_two_reports_and_something_else_are_no_hotspot(services: Services, third: dict[str, object]) -> None:
    with services.db.transaction() as session:
        dump(session, services, 0)
        dump(session, services, 1)
        dump(session, services, 2, **third)  # type: ignore[arg-type]

        assert look(session, services) == []


def test_who_joined_has_reported_it_too(services: Services) -> None:
    with services.db.transaction() as session:
        complaint = dump(session, services, 0)
        for phone in (cast.BRIAN, "+254700000077"):
            followers.follow(session, complaint, cast.person(session, phone), cast.NOW)

        assert look(session, services) == [("Stage Mosque Rd", 3)]


def test_a_merged_report_counts_once(services: Services) -> None:
    with services.db.transaction() as session:
        parent, child = dump(session, services, 0), dump(session, services, 1)
        put(session, child, states.MERGED, parent_id=parent.id)
        followers.move(session, child, parent, cast.NOW)

        assert look(session, services) == []


def test_what_was_withdrawn_was_no_report(services: Services) -> None:
    with services.db.transaction() as session:
        for number in range(3):
            complaint = dump(session, services, number)
        put(session, complaint, states.CLOSED, outcome=states.WITHDRAWN)

        assert look(session, services) == []


def test_where_all_is_dealt_with_nobody_is_asked_to_join(services: Services) -> None:
    with services.db.transaction() as session:
        cast.load_roster(session)
        for number in range(3):
            put(session, dump(session, services, number), states.CLOSED, outcome=states.CONFIRMED)

        assert look(session, services) == [("Stage Mosque Rd", 3)]
        assert [phrase for phrase, _body in notices_to(session, cast.HASSAN)] == ["sms.ra.hotspot.cleared"]


def test_an_older_open_report_is_named_before_a_newer_closed_one(services: Services) -> None:
    with services.db.transaction() as session:
        cast.load_roster(session)
        filed = [dump(session, services, number, ago=-number * HOUR) for number in range(3)]
        for complaint in filed[1:]:
            put(session, complaint, states.CLOSED, outcome=states.SILENT)
        look(session, services, after=DAY)

        assert f"JOIN {filed[0].reference}" in notices_to(session, cast.HASSAN)[0][1]


def test_a_ward_without_anybody_is_written_down_all_the_same(services: Services) -> None:
    with services.db.transaction() as session:
        for number in range(3):
            dump(session, services, number, ward=cast.KAREN)

        assert look(session, services) == [("Stage Mosque Rd", 3)]


def test_three_clocks_at_once_tell_once(services: Services, database: Database) -> None:
    with services.db.transaction() as session:
        cast.load_roster(session)
        for number in range(3):
            dump(session, services, number)
    begin = Barrier(3)

    def look_at_once(_number: int) -> int:
        begin.wait()
        with services.db.transaction() as session:
            return len(look(session, services))

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(look_at_once, range(3))) == 1

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Hotspot)) == 1
        assert len(notices_to(session, cast.HASSAN)) == 1
