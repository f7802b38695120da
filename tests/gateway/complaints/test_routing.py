"""Who gets a job, and that somebody always does."""

from __future__ import annotations

import pytest

from gateway.complaints import routing
from gateway.config import Settings
from gateway.db import Database
from tests.gateway import cast

#: From the most specific to the least: for an Illegal dumping (county_env) in Maringo/Hamza (Makadara).
LADDER = (
    "officer,county_env,Maringo/Hamza",
    "officer,*,Maringo/Hamza",
    "officer,county_env,Makadara",
    "officer,*,Makadara",
    "officer,county_env,*",
    "officer,*,*",
    "supervisor,county_env,ward Maringo/Hamza",
    "supervisor,*,ward Maringo/Hamza",
    "supervisor,county_env,Makadara",
    "supervisor,*,Makadara",
    "supervisor,county_env,*",
    "supervisor,*,*",
    "director,county_env,*",
    "chief,*,*",
    "desk,*,*",
    # Nobody of the department: others who work there.
    "officer,ncwsc,Maringo/Hamza",
    "supervisor,ncwsc,Makadara",
    # Nobody who works there: whoever can pass it on.
    "desk,*,Langata",
    "chief,*,Langata",
    "officer,ncwsc,Karen",
)


def roster_of(rows: tuple[str, ...]) -> str:
    lines = [f"+2547110001{number:02},Person {number},{row}" for number, row in enumerate(rows)]
    return "\n".join(["phone,name,role,department,area", *lines])


def test_the_most_specific_row_gets_the_job(database: Database, settings: Settings) -> None:
    # Loaded in the opposite order, so that no answer is right by being first.
    with database.transaction() as session:
        for first in range(len(LADDER)):
            rows = tuple(reversed(LADDER[first:]))
            cast.load_roster(session, roster_of(rows))
            person = cast.person(session, f"+2547110001{len(rows) - 1:02}")

            assert routing.route(session, settings, cast.MARINGO, "T2", cast.NOW).person_id == person.id, LADDER[first]


def test_every_step_is_kept(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session, roster_of(("supervisor,*,Makadara",)))
        steps = routing.route(session, settings, cast.MARINGO, "T2", cast.NOW).steps

        assert [(step["role"], step["area"], step["department"]) for step in steps] == [
            ("officer", "1430", "county_env"),
            ("officer", "1430", "*"),
            ("officer", "287", "county_env"),
            ("officer", "287", "*"),
            ("officer", "*", "county_env"),
            ("officer", "*", "*"),
            ("supervisor", "1430", "county_env"),
            ("supervisor", "1430", "*"),
            ("supervisor", "287", "county_env"),
            ("supervisor", "287", "*"),
        ]
        assert [step["entry"] is None for step in steps] == [True] * 9 + [False]


@pytest.mark.parametrize("rows", [(), ("association,*,Maringo/Hamza",)])
def test_a_complaint_is_filed_also_when_nobody_works_on_complaints(
    database: Database, settings: Settings, rows: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    with database.transaction() as session:
        if rows:
            cast.load_roster(session, roster_of(rows))
        complaint = cast.file_complaint(session, settings)

        assert complaint.officer_id is None
        assert f"nobody on the roster to work on a complaint reference={complaint.reference}" in caplog.text
        assert [phrase for phrase, _ in cast.messages_to(session, cast.AMINA)] == ["sms.received"]


def test_the_retired_get_no_jobs(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session, roster_of(("officer,county_env,Maringo/Hamza",)))
        cast.load_roster(session, cast.ROSTER)
        route = routing.route(session, settings, cast.MARINGO, "T2", cast.NOW)

        assert route.person_id == cast.person(session, cast.OTIENO).id
