"""What the desk looks through, from an index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from gateway import roster
from gateway.complaints import overview, states
from gateway.complaints.overview import View
from gateway.models import Complaint
from gateway.models.complaints import GOING_ON
from gateway.services import Services
from tests.gateway import cast


def page(session: Session, phone: str, view: View = View.OPEN) -> Sequence[Complaint]:
    person = cast.person(session, phone)
    return overview.page(session, person, roster.entries_of(session, person), view, cast.NOW)


def plan_of(session: Session, query: Callable[[], object]) -> str:
    """How the database goes about the query, without the ways that it takes for a handful of rows."""
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "FROM complaints" in statement:
            asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    query()
    event.remove(connection, "before_cursor_execute", note)
    if not is_sqlite:
        for way in ("seqscan", "bitmapscan", "sort"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    ((statement, parameters),) = asked
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    return "\n".join(str(line) for line in connection.exec_driver_sql(explain + statement, parameters))


@pytest.mark.parametrize("view", [View.OPEN, View.LATE, View.NOT_REACHED])
def test_a_page_for_the_whole_county_comes_from_an_index_in_its_order(services: Services, view: View) -> None:
    with services.db.transaction() as session:
        cast.load_roster(session, f"phone,name,role,department,area\n{cast.GRACE},Grace Achieng,desk,*,*\n")
        cast.file_complaint(session, services.settings)

        plan = plan_of(session, lambda: page(session, cast.GRACE, view))

    assert "ix_complaints_going_on" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE FOR ORDER" not in plan


def test_what_goes_on_is_what_is_open_or_waits_to_be_confirmed() -> None:
    assert set(GOING_ON) == {*states.OPEN, states.RESOLVED}


def test_a_job_outside_of_an_officers_places_is_theirs_while_they_have_it(services: Services) -> None:
    """Whoever stands in for somebody, or was the only one there."""
    with services.db.transaction() as session:
        cast.load_roster(session, f"phone,name,role,department,area\n{cast.WANJIRU},Jane Wanjiru,officer,*,Karen\n")
        filed = cast.file_complaint(session, services.settings, ward=cast.MARINGO)
        assert filed.officer_id == cast.person(session, cast.WANJIRU).id

        assert page(session, cast.WANJIRU) == [filed]


def test_whoever_is_not_on_the_roster_sees_nothing(services: Services) -> None:
    with services.db.transaction() as session:
        cast.file_complaint(session, services.settings)

        assert page(session, cast.AMINA) == []


def test_a_deputy_sees_what_they_stand_in_for(services: Services) -> None:
    with services.db.transaction() as session:
        cast.load_roster(session, cast.WITH_DEPUTY)
        filed = cast.file_complaint(session, services.settings, ward=cast.MARINGO)

        assert page(session, cast.WANJIRU) == [filed]
