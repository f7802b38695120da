"""Who gets a job, and that somebody always does."""

from __future__ import annotations

from datetime import date

import pytest

from gateway import roster_file
from gateway.complaints import rights, routing, service, states
from gateway.complaints.service import Actor, Moved
from gateway.config import Settings
from gateway.db import Database
from gateway.roster import RosterError
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


LEAVE = "phone,name,role,department,area,deputy,leave_from,leave_to"
#: 22 November in Nairobi is cast.NOW.
ON_LEAVE: dict[str, tuple[str, str, bool]] = {
    "until today": ("2026-11-10", "2026-11-22", True),
    "from today": ("2026-11-22", "2026-12-01", True),
    "until further notice": ("2026-11-10", "", True),
    "until yesterday": ("2026-11-10", "2026-11-21", False),
    "from tomorrow": ("2026-11-23", "2026-12-01", False),
}


@pytest.mark.parametrize("label", ON_LEAVE)
def test_a_deputy_works_while_an_officer_is_on_leave(database: Database, settings: Settings, label: str) -> None:
    first, last, is_away = ON_LEAVE[label]
    rows = f"""{LEAVE}
{cast.OTIENO},Mary Otieno,officer,county_env,Maringo/Hamza,{cast.WANJIRU},{first},{last}
{cast.WANJIRU},Jane Wanjiru,officer,*,Karen,,,
{cast.NJERI},Peter Njeri,supervisor,*,Makadara,,,
"""
    with database.transaction() as session:
        cast.load_roster(session, rows)
        found = routing.route(session, settings, cast.MARINGO, "T2", cast.NOW)

        works = cast.person(session, cast.WANJIRU if is_away else cast.OTIENO).id
        assert found.person_id == works
        assert any(step.get("deputy") == works for step in found.steps) is is_away


@pytest.mark.parametrize("deputy", ["", cast.WANJIRU])
def test_without_a_deputy_who_is_there_the_next_row_gets_the_job(
    database: Database, settings: Settings, deputy: str
) -> None:
    rows = f"""{LEAVE}
{cast.OTIENO},Mary Otieno,officer,county_env,Maringo/Hamza,{deputy},2026-11-01,
{cast.WANJIRU},Jane Wanjiru,officer,*,Maringo/Hamza,,2026-11-01,2026-12-01
{cast.NJERI},Peter Njeri,supervisor,*,Makadara,,,
"""
    with database.transaction() as session:
        cast.load_roster(session, rows)
        found = routing.route(session, settings, cast.MARINGO, "T2", cast.NOW)

        assert found.person_id == cast.person(session, cast.NJERI).id
        assert {"entry": 2, "on_leave": "2026-12-01"} in found.steps


def test_when_all_are_on_leave_somebody_has_the_job_all_the_same(database: Database, settings: Settings) -> None:
    rows = f"{LEAVE}\n{cast.OTIENO},Mary Otieno,officer,county_env,Maringo/Hamza,,2026-11-01,\n"
    with database.transaction() as session:
        cast.load_roster(session, rows)
        found = routing.route(session, settings, cast.MARINGO, "T2", cast.NOW)

        assert found.person_id == cast.person(session, cast.OTIENO).id


def test_a_deputy_may_do_what_the_officer_may(database: Database, settings: Settings) -> None:
    rows = f"""{LEAVE}
{cast.OTIENO},Mary Otieno,officer,county_env,Maringo/Hamza,{cast.WANJIRU},,
{cast.WANJIRU},Jane Wanjiru,officer,*,Karen,,,
"""
    with database.transaction() as session:
        cast.load_roster(session, rows)
        complaint = cast.file_complaint(session, settings)

        assert rights.roles_on(session, cast.person(session, cast.WANJIRU), complaint) == ("officer",)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"{cast.NJERI},,", "deputy is not in this file"),
        (f"{cast.OTIENO},,", "deputy must be the phone number of somebody else"),
        ("12,,", "deputy must be the phone number of somebody else"),
        (",24.12.2026,", "leave_from is '24.12.2026'; write the day like 2026-12-24"),
        (",,2026-12-24", "leave_to is there and leave_from is missing"),
        (",2026-12-24,2026-12-23", "leave_to is before leave_from"),
    ],
)
def test_a_bad_deputy_or_leave_is_named_with_its_line(row: str, words: str) -> None:
    with pytest.raises(RosterError) as refused:
        roster_file.read(f"{LEAVE}\n{cast.OTIENO},Mary Otieno,officer,*,Karen,{row}\n")

    assert refused.value.lines[0].startswith("line 2: ")
    assert words in refused.value.lines[0]


def test_days_are_read_as_spreadsheets_write_them() -> None:
    text = f"{LEAVE}\n{cast.OTIENO},Mary Otieno,officer,*,Karen,,24/12/2026,2027-01-03\n"

    (row,) = roster_file.read(text)

    assert (row.leave_from, row.leave_to) == (date(2026, 12, 24), date(2027, 1, 3))


def test_what_belongs_to_an_agency_goes_there_unless_the_agency_is_on_the_roster(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        assert routing.route(session, settings, cast.MARINGO, "M1", cast.NOW).agency == "Nairobi Water"
        assert routing.route(session, settings, cast.MARINGO, "T2", cast.NOW).agency is None

        cast.load_roster(session, f"{cast.ROSTER}+254711000009,Sam Odera,officer,ncwsc,Makadara\n")
        found = routing.route(session, settings, cast.MARINGO, "M1", cast.NOW)
        assert (found.agency, found.person_id) == (None, cast.person(session, "+254711000009").id)


EQUALS = f"""{LEAVE}
{cast.OTIENO},Mary Otieno,officer,*,Maringo/Hamza,,,
{cast.WANJIRU},Jane Wanjiru,officer,*,Maringo/Hamza,,,
{cast.HASSAN},Ali Hassan,officer,*,Maringo/Hamza,{cast.BRIAN},2026-11-01,
{cast.BRIAN},Sam Odera,officer,*,Karen,,,
"""


def test_who_has_the_fewest_open_jobs_gets_the_next_one_and_the_first_of_equals(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        cast.load_roster(session, EQUALS)
        filed = [cast.file_complaint(session, settings, filed_by=f"made up:{number}") for number in range(7)]
        first, second, deputy = (cast.person(session, phone).id for phone in (cast.OTIENO, cast.WANJIRU, cast.BRIAN))

        assert [one.officer_id for one in filed] == [first, second, deputy] * 2 + [first]

        for one in filed[1::3]:
            assert isinstance(
                service.move(
                    session,
                    settings,
                    now=cast.NOW,
                    complaint=one,
                    verb=states.DONE,
                    actor=Actor(cast.person(session, cast.WANJIRU), "sms"),
                    words="two lorries came",
                ),
                Moved,
            )
        route = routing.route(session, settings, cast.MARINGO, "T2", cast.NOW)
        assert route.person_id == second
        (chosen,) = [step for step in route.steps if step.get("open_jobs")]
        assert chosen["entry"] == 2
        assert chosen["open_jobs"] == [{"entry": 1, "open": 3}, {"entry": 2, "open": 0}, {"entry": 3, "open": 2}]


def test_a_less_specific_row_gets_nothing_however_little_its_officer_has_to_do(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        cast.load_roster(session, roster_of(("officer,*,Makadara", "officer,*,Maringo/Hamza")))
        filed = [cast.file_complaint(session, settings, filed_by=f"made up:{number}") for number in range(3)]

        assert {one.officer_id for one in filed} == {cast.person(session, "+254711000101").id}


def test_who_is_told_of_a_level_is_always_the_same(database: Database, settings: Settings) -> None:
    rows = ("supervisor,*,Makadara", "supervisor,*,Makadara", "officer,*,Maringo/Hamza")
    with database.transaction() as session:
        cast.load_roster(session, roster_of(rows))
        first = cast.person(session, "+254711000100")
        complaint = cast.file_complaint(session, settings)
        complaint.officer_id = first.id
        session.flush()
        found = routing.for_roles(session, settings, cast.MARINGO, "T2", (states.SUPERVISOR,), cast.NOW)

        assert found.person_id == first.id
