"""The roster file: the whole of it or nothing, and every bad line named."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import roster, roster_file
from gateway.cli.roster import roster as commands
from gateway.db import Database
from gateway.models import Person, RosterEntry
from gateway.roster import Loaded, RosterError
from gateway.services import Services
from tests.gateway import cast

HEADER = "phone,name,role,department,area"
ONE = f"{HEADER}\n{cast.OTIENO},Mary Otieno,officer,county_env,Maringo/Hamza\n"
BAD = f"""{HEADER}
{cast.OTIENO},Mary Otieno,officer,county_env,Maringo/Hamza
12,Jane Wanjiru,officer,*,Karen
{cast.NJERI},,boss,street_lights,Kibera

{cast.HASSAN},Ali Hassan,association,*
{cast.OTIENO},M. Otieno,OFFICER,County Env,ward 1430
{cast.OTIENO},M. Otieno,OFFICER,County Env,1430
"""


def active(session: Session) -> list[tuple[str, str, str, str]]:
    rows = session.scalars(select(RosterEntry).where(RosterEntry.retired_at.is_(None)).order_by(RosterEntry.id))
    return [(row.name, row.role, row.department, row.area) for row in rows]


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        "\ufeff" + ONE,
        ONE.replace("\n", "\r\n"),
        ONE.replace("\n", "\r"),
        ONE.replace(",", ";"),
        ONE.replace(",", " , "),
        "\n" + ONE + "\n,,,,\n \n",
        ONE.replace(cast.OTIENO, "0711000001").replace("officer", "OFFICER").replace("county_env", "County env"),
        ONE.replace(cast.OTIENO, "711000001").replace("Maringo/Hamza", "maringo hamza"),
        f"Area,NAME,Phone,department,role,remarks\n1430,Mary Otieno,{cast.OTIENO},county_env,officer,none\n",
    ],
)
def test_a_file_is_read_as_spreadsheets_save_it(text: str) -> None:
    assert roster_file.read(text) == [
        roster_file.Row(cast.OTIENO, "Mary Otieno", "officer", "county_env", cast.MARINGO)
    ]


def test_every_bad_line_is_named_and_nothing_is_loaded(database: Database) -> None:
    with database.transaction() as session, pytest.raises(RosterError) as error:
        roster.load(session, cast.PHONES, BAD, cast.NOW)

    lines = [line.partition(": ")[::2] for line in error.value.lines]
    assert [(number, words.split(" ")[0]) for number, words in lines] == [
        ("line 3", "phone"),
        ("line 4", "name"),
        ("line 4", "role"),
        ("line 4", "department"),
        ("line 4", "area"),
        ("line 6", "4"),
        ("line 7", "area"),
        ("line 8", "the"),
    ]
    assert "did you mean Kibra?" in lines[4][1]
    assert "line 2" in lines[7][1]
    with database.reading() as session:
        assert session.scalars(select(Person)).all() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        (HEADER, "nobody"),
        (f"{cast.OTIENO},Mary Otieno,officer,county_env,Maringo/Hamza", "header"),
        ("phone,name,role,area\n", "department"),
        ("phone,phone,name,role,department,area\n", "phone"),
        (f'{HEADER}\n{cast.OTIENO},"Mary Otieno,officer,county_env,Maringo\n', "quotation mark"),
        (f"{HEADER}\n{cast.OTIENO},Ma\x00ry,officer,county_env,*\n", "name"),
        (f"{HEADER}\n{cast.OTIENO},{'x' * 81},officer,county_env,*\n", "name"),
        (f"{HEADER}\n{cast.OTIENO},{'x' * 200_000},officer,county_env,*\n", "line 2"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_words(text: str, words: str) -> None:
    with pytest.raises(RosterError, match=words):
        roster_file.read(text)


def test_a_bad_number_is_not_repeated_to_the_terminal() -> None:
    with pytest.raises(RosterError) as error:
        roster_file.read(ONE.replace(cast.OTIENO, "2.54711E+11"))

    assert "2.54711" not in str(error.value)


def test_what_is_not_utf_8_is_refused_with_words() -> None:
    with pytest.raises(RosterError, match=r"line 2: .*UTF-8"):
        roster_file.decode(ONE.replace("Mary", "Mar\u00e9").encode("latin-1"))


def test_a_name_of_two_places_means_the_ward_for_officers_and_the_sub_county_above_them(database: Database) -> None:
    roles = ("officer", "association", "supervisor", "director", "chief", "desk")
    rows = [f"+2547110001{n:02},Person {n},{role},*,Kasarani" for n, role in enumerate(roles)]
    rows += [f"{cast.OTIENO},Mary Otieno,officer,*,sub-county Kasarani", f"{cast.NJERI},N,supervisor,*,ward Kasarani"]
    with database.transaction() as session:
        cast.load_roster(session, "\n".join([HEADER, *rows]))

        assert [area for *_, area in active(session)] == ["1398"] * 2 + ["280"] * 4 + ["280", "1398"]


def test_loading_again_updates_retires_and_brings_back(database: Database) -> None:
    with database.transaction() as session:
        assert cast.load_roster(session) == Loaded(added=4, updated=0, retired=0)
        assert cast.load_roster(session) == Loaded(added=0, updated=0, retired=0)
        renamed = cast.ROSTER.replace("Mary Otieno", "Mary A. Otieno").replace(cast.WANJIRU, "+254711000009")
        assert cast.load_roster(session, renamed) == Loaded(added=1, updated=1, retired=1)
        wanjiru = cast.person(session, cast.WANJIRU)
        assert roster.entries_of(session, wanjiru) == []
        assert session.scalars(select(RosterEntry).where(RosterEntry.person_id == wanjiru.id)).one().retired_at
        assert cast.load_roster(session) == Loaded(added=0, updated=2, retired=1)
        assert [row.area for row in roster.entries_of(session, wanjiru)] == [cast.KAREN]


def test_one_person_may_have_several_jobs(database: Database) -> None:
    two = ONE + f"{cast.OTIENO},Mary Otieno,officer,*,Harambee\n{cast.OTIENO},Mary Otieno,supervisor,*,Langata\n"
    with database.transaction() as session:
        assert cast.load_roster(session, two).added == 3
        assert session.scalars(select(Person)).one().language is None


@pytest.mark.parametrize(
    ("name", "short"),
    [("Mary Otieno", "M.Otieno"), ("M. Otieno", "M.Otieno"), ("Otieno", "Otieno"), ("Mary Anne Otieno", "M.Otieno")],
)
def test_texts_call_an_officer_by_initial_and_surname(database: Database, name: str, short: str) -> None:
    with database.transaction() as session:
        cast.load_roster(session, ONE.replace("Mary Otieno", name))
        otieno = cast.person(session, cast.OTIENO)
        assert roster.short_name(session, otieno) == short
        session.scalars(select(RosterEntry)).one().retired_at = cast.NOW + timedelta(days=1)
        assert (roster.short_name(session, otieno), roster.short_name(session, None)) == (short, "-")


@pytest.fixture
def runner(services: Services) -> FlaskCliRunner:
    app = Flask(__name__)
    app.extensions["hatua"] = services
    app.cli.add_command(commands)
    return FlaskCliRunner(app)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_command_loads_a_file_and_says_what_it_did(
    runner: FlaskCliRunner, services: Services, tmp_path: Path
) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(b"\xef\xbb\xbf" + cast.ROSTER.encode())

    result = runner.invoke(args=["roster", "load", str(file)])

    assert (result.exit_code, result.output) == (0, "Loaded: 4 added, 0 updated, 0 retired.\n")
    with services.db.reading() as session:
        assert len(active(session)) == 4


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "content", [BAD.encode(), b"", b"\xff\xfe\x00", ONE.replace("Mary", "\u00e9").encode("cp1252")]
)
def test_the_command_refuses_a_bad_file_with_exit_1(
    runner: FlaskCliRunner, services: Services, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(content)

    result = runner.invoke(args=["roster", "load", str(file)])

    assert result.exit_code == 1
    assert result.output.startswith("line ")
    assert "Nothing was loaded." in result.output
    with services.db.reading() as session:
        assert active(session) == []
