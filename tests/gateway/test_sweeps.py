"""Sweeps do all that is due, once, with any number of clocks; one bad row keeps nobody waiting."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from gateway import categories
from gateway.complaints import states, timers
from gateway.models import Complaint, Escalation, Event, Message
from gateway.services import Services
from gateway.sweeps import sweep
from tests.gateway import cast

HOUR = timedelta(hours=1)


def file_many(services: Services, number: int, *, state: str = states.ACKNOWLEDGED) -> None:
    """Complaints of Amina's that nobody has finished, all filed at cast.NOW, due for the supervisor after 48 hours."""
    with services.db.transaction() as session:
        cast.load_roster(session)
        amina, otieno = cast.person(session, cast.AMINA), cast.person(session, cast.OTIENO)
        rows = [
            {
                "reference": f"{index:07}",
                "filed_by": f"made up:{index}",
                "category": "T2",
                "ward": cast.MARINGO,
                "landmark": "Stage Mosque Rd",
                "owner_id": amina.id,
                "officer_id": otieno.id,
                "state": state,
                "cycle": 1,
                "version": 1,
                "priority": "normal",
                "filed_at": cast.NOW,
                "promise_due_at": cast.NOW + services.settings.promise,
                "state_since": cast.NOW,
                "next_action_at": cast.NOW + services.settings.done,
            }
            for index in range(number)
        ]
        session.execute(insert(Complaint), rows)


def levels(services: Services) -> Counter[tuple[int, int]]:
    """How often each complaint has reached each level."""
    with services.db.reading() as session:
        return Counter(
            (one, level) for one, level in session.execute(select(Escalation.complaint_id, Escalation.level))
        )


def test_three_clocks_at_once_escalate_each_complaint_once(services: Services) -> None:
    file_many(services, 60)
    together = Barrier(3)

    def tick(_: int) -> list[str]:
        together.wait(timeout=30)
        return sweep(services, cast.NOW, as_of=cast.NOW + 73 * HOUR)

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(tick, range(3))) == [[], [], []]
    assert sweep(services, cast.NOW, as_of=cast.NOW + 73 * HOUR) == []

    reached = levels(services)
    assert set(reached.values()) == {1}
    assert Counter(level for _, level in reached) == {1: 60, 2: 60}
    with services.db.reading() as session:
        count = select(func.count()).select_from(Message)
        assert session.scalar(count.where(Message.phrase == "sms.overdue")) == 60
        assert session.scalar(count.where(Message.phrase == "officer.overdue")) == 60
        assert session.scalar(select(func.count()).select_from(Event).where(Event.verb == "MISSED")) == 60


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_complaint_that_another_clock_holds_is_passed_over_and_not_waited_for(services: Services) -> None:
    file_many(services, 2)
    at = cast.NOW + 49 * HOUR
    with services.db.transaction() as session:
        ((_, first), _) = timers.due(session, at, None, 10)
        assert [held.id for held in timers.hold(session, [first], at)] == [first]
        assert sweep(services, cast.NOW, as_of=at) == []
        assert len(levels(services)) == 1
    assert sweep(services, cast.NOW, as_of=at) == []
    assert len(levels(services)) == 2


def test_five_thousand_due_complaints_are_done_in_one_sweep_page_by_page(services: Services) -> None:
    file_many(services, 5000)
    # The 4,999 others are finished: they leave the clock's queue without a text each.
    with services.db.transaction() as session:
        last = session.scalars(select(func.max(Complaint.id))).one()
        finished = update(Complaint).where(Complaint.id != last)
        session.execute(finished.values(state=states.CLOSED, outcome=states.CONFIRMED))

    assert sweep(services, cast.NOW, as_of=cast.NOW + 49 * HOUR) == []

    assert levels(services) == {(last, 1): 1}
    with services.db.reading() as session:
        waiting = session.scalars(select(Complaint.id).where(Complaint.next_action_at <= cast.NOW + 49 * HOUR))
        assert list(waiting) == []


def test_a_complaint_that_cannot_be_looked_at_keeps_no_other_from_its_level(services: Services) -> None:
    file_many(services, 30)
    with services.db.transaction() as session:
        session.execute(update(Complaint).where(Complaint.reference == "0000007").values(category="XX"))

    assert sweep(services, cast.NOW, as_of=cast.NOW + 49 * HOUR) == ["complaints"]
    assert len(levels(services)) == 29

    with services.db.transaction() as session:
        repaired = categories.CATEGORIES[0].code
        session.execute(update(Complaint).where(Complaint.reference == "0000007").values(category=repaired))
    assert sweep(services, cast.NOW, as_of=cast.NOW + 49 * HOUR) == []
    assert set(levels(services).values()) == {1}
    assert len(levels(services)) == 30


def test_what_is_due_is_found_by_an_index(services: Services) -> None:
    is_sqlite = services.db.engine.dialect.name == "sqlite"
    with services.db.transaction() as session:
        if not is_sqlite:
            for way in ("seqscan", "bitmapscan"):
                session.connection().exec_driver_sql(f"SET LOCAL enable_{way} = off")
        due = (
            "SELECT id FROM complaints WHERE next_action_at IS NOT NULL AND next_action_at <= '2026-11-25' "
            "ORDER BY next_action_at, id LIMIT 200"
        )
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        plan = "\n".join(str(line) for line in session.connection().exec_driver_sql(explain + due))

    assert "ix_complaints_due" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_jobs_of_an_officer_who_has_left_go_to_whoever_is_there(services: Services) -> None:
    with services.db.transaction() as session:
        cast.load_roster(session)
        mine = cast.file_complaint(session, services.settings).reference
    with services.db.transaction() as session:
        cast.load_roster(session, "\n".join(line for line in cast.ROSTER.splitlines() if cast.OTIENO not in line))

    for _ in range(2):
        assert sweep(services, cast.NOW, as_of=cast.NOW + HOUR) == []

    with services.db.transaction() as session:
        complaint = session.scalars(select(Complaint).where(Complaint.reference == mine)).one()
        assert complaint.officer_id == cast.person(session, cast.NJERI).id
        (event,) = session.scalars(select(Event).where(Event.verb == "ROUTE"))
        assert event.facts is not None
        assert event.facts["from"] == cast.person(session, cast.OTIENO).id
        assert event.facts["routing"][-1]["role"] == states.SUPERVISOR
        assert [phrase for phrase, _ in cast.messages_to(session, cast.NJERI)] == ["officer.assigned"]


def test_jobs_of_an_officer_on_leave_go_to_the_deputy_and_stay_there(services: Services) -> None:
    header, *rows = cast.ROSTER.splitlines()
    plain = "\n".join([f"{header},deputy,leave_from,leave_to", *(f"{row},,," for row in rows)])
    on_leave = plain.replace(
        "officer,county_env,Maringo/Hamza,,,",
        f"officer,county_env,Maringo/Hamza,{cast.WANJIRU},2026-11-24,2026-11-26",
    )
    with services.db.transaction() as session:
        cast.load_roster(session, on_leave)
        cast.file_complaint(session, services.settings)
        wanjiru, otieno = (cast.person(session, phone).id for phone in (cast.WANJIRU, cast.OTIENO))

    # Until midnight in Nairobi of the 24th; and back at work on the 27th.
    for hours, officer in ((37, otieno), (37.4, wanjiru), (24 * 5, wanjiru)):
        sweep(services, cast.NOW, as_of=cast.NOW + hours * HOUR)
        with services.db.reading() as session:
            assert session.scalars(select(Complaint.officer_id)).one() == officer


def test_what_was_filed_when_the_roster_was_empty_is_given_to_somebody(services: Services) -> None:
    with services.db.transaction() as session:
        cast.file_complaint(session, services.settings)
    with services.db.transaction() as session:
        cast.load_roster(session)

    sweep(services, cast.NOW, as_of=cast.NOW + HOUR)

    with services.db.transaction() as session:
        officer_id = session.scalars(select(Complaint.officer_id)).one()
        assert officer_id == cast.person(session, cast.OTIENO).id


def test_the_command_sweeps_complaints_as_of_the_time_that_it_is_given(app: Flask, services: Services) -> None:
    file_many(services, 1)

    result = app.test_cli_runner().invoke(args=["clock", "sweep", "--now", "2026-11-24T10:41"])

    assert result.exit_code == 0, result.output
    assert set(levels(services).values()) == {1}


def test_what_went_to_outside_bodies_is_listed_without_numbers_or_formulas(app: Flask, services: Services) -> None:
    file_many(services, 1)
    with services.db.transaction() as session:
        session.execute(update(Complaint).values(landmark='=HYPERLINK("x")'))
    sweep(services, cast.NOW, as_of=cast.NOW + 121 * HOUR)

    result = app.test_cli_runner().invoke(args=["clock", "external"])

    assert result.exit_code == 0, result.output
    header, row = result.output.splitlines()
    assert header.startswith("reference,agency,handed_on_at")
    assert row.startswith("0000000,NECC,2026-11-27T08:40:00+00:00,2026-11-22T07:40:00+00:00,Illegal dumping,")
    assert "'=HYPERLINK" in row
