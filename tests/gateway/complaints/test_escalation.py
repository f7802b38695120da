"""The 72 hours: each level at its minute, once in a cycle, to the people of the complaint; the resident is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.complaints import escalation, followers, queries, service, states
from gateway.complaints.service import Actor, Moved
from gateway.models import Complaint, Escalation, Event
from gateway.services import Services
from gateway.sweeps import sweep
from tests.gateway import cast

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
MONDAY = timedelta(days=1)
DIRECTOR, CHIEF = "+254711000005", "+254711000006"
ROSTER = f"""{cast.ROSTER}{DIRECTOR},Fatuma Said,director,*,*
{CHIEF},Paul Kamau,chief,*,*
"""
NOTE = "Cleared by truck"


def filed(
    services: Services,
    *,
    category: str = "T2",
    after: timedelta = MONDAY,
    people: str = ROSTER,
    key: str = "1",
    followed: bool = True,
) -> str:
    """The reference of a complaint of Amina's in Maringo, which Brian follows."""
    with services.db.transaction() as session:
        cast.load_roster(session, people)
        complaint = cast.file_complaint(
            session, services.settings, category=category, after=after, filed_by=f"ussd:{key}:done"
        )
        if followed:
            followers.follow(session, complaint, cast.person(session, cast.BRIAN), cast.NOW)
        return complaint.reference


def pass_time(services: Services, hours: float, *, since: timedelta = MONDAY) -> None:
    assert sweep(services, cast.NOW, as_of=cast.NOW + since + hours * HOUR) == []


def move(services: Services, reference: str, phone: str, verb: str, hours: float, words: str | None = None) -> None:
    with services.db.transaction() as session:
        complaint = queries.by_reference(session, reference)
        assert complaint is not None
        outcome = service.move(
            session,
            services.settings,
            now=cast.NOW + MONDAY + hours * HOUR,
            complaint=complaint,
            verb=verb,
            actor=Actor(cast.person(session, phone), "sms"),
            words=words,
        )
        assert isinstance(outcome, Moved)


def steps(services: Services, reference: str) -> list[str]:
    """What the clock has done: `REMIND`, `MISSED`, or the level."""
    with services.db.reading() as session:
        events = session.scalars(
            select(Event).join(Complaint).where(Complaint.reference == reference, Event.channel == "clock")
        )
        return [str((event.facts or {}).get("level", event.verb)) for event in events]


def complaint_of(services: Services, reference: str) -> Complaint:
    with services.db.reading() as session:
        complaint = queries.by_reference(session, reference)
        assert complaint is not None
        return complaint


def phrases(services: Services, phone: str) -> list[str]:
    with services.db.transaction() as session:
        return [phrase for phrase, _ in cast.messages_to(session, phone)]


#: Hours after the filing, on a Monday at 10:40, and what the clock has done by then if nobody does anything.
LEVELS: tuple[tuple[float, list[str]], ...] = (
    (4, ["0"]),
    (24, ["1"]),
    (72, ["2", "MISSED"]),
    (96, ["3"]),
    (120, ["4"]),
)


def test_each_level_comes_at_its_minute_and_not_a_second_before(services: Services) -> None:
    reference = filed(services)
    done: list[str] = []

    for hours, more in LEVELS:
        pass_time(services, hours - 1 / 3600)
        assert steps(services, reference) == done
        pass_time(services, hours)
        done += more
        assert steps(services, reference) == done

    pass_time(services, 10_000)
    assert steps(services, reference) == done
    assert complaint_of(services, reference).next_action_at is None


def test_a_sweep_again_does_nothing_again(services: Services) -> None:
    reference = filed(services)
    for hours, _ in LEVELS:
        pass_time(services, hours)
        before = (steps(services, reference), phrases(services, cast.AMINA), phrases(services, cast.NJERI))
        pass_time(services, hours)
        after = (steps(services, reference), phrases(services, cast.AMINA), phrases(services, cast.NJERI))
        assert after == before


def test_after_an_outage_all_levels_come_in_order_and_nobody_is_buried_in_texts(services: Services) -> None:
    reference = filed(services)

    pass_time(services, 24 * 30)

    assert steps(services, reference) == ["0", "1", "2", "MISSED", "3", "4"]
    assert phrases(services, cast.AMINA) == ["sms.received", "sms.overdue"]
    assert phrases(services, cast.BRIAN) == ["sms.overdue"]
    assert phrases(services, cast.OTIENO) == ["officer.assigned", "officer.overdue"]
    assert phrases(services, cast.NJERI)[0] == "supervisor.escalated"


def test_each_level_tells_the_people_of_its_role(services: Services) -> None:
    reference = filed(services)
    told = {cast.OTIENO: ["officer.assigned"], cast.NJERI: [], DIRECTOR: [], CHIEF: [], cast.HASSAN: []}
    for hours, phone, phrase in (
        (4, cast.OTIENO, "officer.ack.late"),
        (24, cast.OTIENO, "officer.reminder"),
        (72, DIRECTOR, "supervisor.escalated"),
        (96, CHIEF, "supervisor.digest.chief"),
        (120, cast.HASSAN, "sms.ra.external"),
    ):
        # At 10:40 on a weekday the digest of the day would go as well: not what is looked at here.
        pass_time(services, hours, since=MONDAY)
        told[phone].append(phrase)
        assert [said for said in phrases(services, phone) if "digest" not in said or phone == CHIEF] == told[phone]

    assert phrases(services, cast.NJERI)[0] == "supervisor.escalated"
    with services.db.transaction() as session:
        ((_, body), *_) = cast.messages_to(session, cast.NJERI)
        assert f"ESCALATED {reference} Illegal dumping, Maringo/Hamza: no ACK by the officer. M.Otieno" in body
        row = session.scalars(select(Escalation).where(Escalation.level == 4)).one()
        assert row.agency == "NECC"


def test_the_missed_promise_stays_for_ever_and_its_people_hear_an_apology_once(services: Services) -> None:
    reference = filed(services)
    promised = complaint_of(services, reference).promise_due_at

    pass_time(services, 72)

    complaint = complaint_of(services, reference)
    assert (complaint.late, complaint.level, complaint.promise_due_at) == (True, 2, promised)
    for phone in (cast.AMINA, cast.BRIAN):
        assert phrases(services, phone).count("sms.overdue") == 1

    move(services, reference, cast.OTIENO, states.DONE, 73, NOTE)
    move(services, reference, cast.AMINA, states.YES, 74)
    complaint = complaint_of(services, reference)
    assert (complaint.late, complaint.promise_due_at, complaint.next_action_at) == (True, promised, None)


def test_what_was_seen_but_is_not_done_escalates_after_48_hours(services: Services) -> None:
    reference = filed(services)
    move(services, reference, cast.OTIENO, states.ACK, 1)

    pass_time(services, 47.9)
    assert steps(services, reference) == []
    pass_time(services, 48)
    assert steps(services, reference) == ["1"]


def test_an_officer_is_reminded_of_urgent_things_after_two_hours_even_on_a_sunday(services: Services) -> None:
    reference = filed(services, category="D7", after=timedelta(0))

    pass_time(services, 1.9, since=timedelta(0))
    assert steps(services, reference) == []
    pass_time(services, 2, since=timedelta(0))
    assert steps(services, reference) == ["0"]


def test_four_hours_of_a_sunday_are_no_working_hours_and_the_next_level_reminds(services: Services) -> None:
    reference = filed(services, after=timedelta(0))

    pass_time(services, 24, since=timedelta(0))

    assert steps(services, reference) == ["1"]
    assert phrases(services, cast.OTIENO) == ["officer.assigned", "officer.reminder"]


def test_an_officers_question_holds_up_the_stages_once_and_never_the_promise(services: Services) -> None:
    reference = filed(services)
    move(services, reference, cast.OTIENO, states.ASK, 1, "Which side of the road is it?")
    move(services, reference, cast.AMINA, states.INFO, 11, "the left one")

    pass_time(services, 48)
    assert steps(services, reference) == []
    pass_time(services, 58)
    assert steps(services, reference) == ["1"]
    pass_time(services, 72)
    assert steps(services, reference) == ["1", "2", "MISSED"]


def test_nobody_above_is_told_while_the_officer_waits_for_an_answer(services: Services) -> None:
    reference = filed(services)
    move(services, reference, cast.OTIENO, states.ACK, 1)
    move(services, reference, cast.OTIENO, states.ASK, 40, "Which side of the road is it?")

    pass_time(services, 50)
    assert steps(services, reference) == []
    move(services, reference, cast.AMINA, states.INFO, 52, "the left one")
    pass_time(services, 59.9)
    assert steps(services, reference) == []
    pass_time(services, 60)
    assert steps(services, reference) == ["1"]


def test_a_question_holds_things_up_for_a_day_at_most_also_after_an_outage(services: Services) -> None:
    reference = filed(services)
    move(services, reference, cast.OTIENO, states.ACK, 1)
    move(services, reference, cast.OTIENO, states.ASK, 2, "Which side of the road is it?")
    move(services, reference, cast.AMINA, states.INFO, 40, "the left one")

    pass_time(services, 71.9)
    assert steps(services, reference) == []
    pass_time(services, 72)
    assert steps(services, reference)[0] == "1"


def test_a_question_that_nobody_answers_ends_after_a_day(services: Services) -> None:
    reference = filed(services)
    move(services, reference, cast.OTIENO, states.ACK, 1)
    move(services, reference, cast.OTIENO, states.ASK, 2, "Which side of the road is it?")

    pass_time(services, 25.9)
    assert complaint_of(services, reference).state == states.NEEDS_INFO
    pass_time(services, 26)
    assert complaint_of(services, reference).state == states.ACKNOWLEDGED


def test_a_later_cycle_begins_at_level_one_and_counts_from_the_reopening(services: Services) -> None:
    reference = filed(services)
    move(services, reference, cast.OTIENO, states.DONE, 80, NOTE)
    move(services, reference, cast.AMINA, states.NO, 90)

    pass_time(services, 90)
    assert steps(services, reference) == ["1", "MISSED"]
    assert "sms.overdue" not in phrases(services, cast.AMINA)
    assert phrases(services, cast.NJERI)[0] == "officer.reopened"
    assert "supervisor.escalated" not in phrases(services, cast.NJERI)

    for hours, so_far in ((161.9, ["1", "MISSED", "0"]), (162, ["1", "MISSED", "0", "2"])):
        pass_time(services, hours)
        assert steps(services, reference) == so_far
    assert phrases(services, cast.AMINA).count("sms.overdue") == 1


def test_a_promise_missed_in_a_later_cycle_is_apologised_for_when_it_is_missed(services: Services) -> None:
    reference = filed(services)
    move(services, reference, cast.OTIENO, states.DONE, 50, NOTE)
    move(services, reference, cast.AMINA, states.NO, 60)

    pass_time(services, 72)
    assert steps(services, reference) == ["1", "2", "MISSED"]
    assert phrases(services, cast.AMINA).count("sms.overdue") == 1


@pytest.mark.parametrize(("verb", "words"), [(states.DONE, NOTE), (states.CANCEL, None)])
def test_nobody_escalates_what_is_done_or_gone(services: Services, verb: str, words: str | None) -> None:
    reference = filed(services, followed=False)
    move(services, reference, cast.OTIENO if words else cast.AMINA, verb, 1, words)

    pass_time(services, 60)

    assert not {"1", "2"} & set(steps(services, reference))


def test_silence_is_asked_about_once_and_then_closes(services: Services) -> None:
    reference = filed(services)
    move(services, reference, cast.OTIENO, states.DONE, 1, NOTE)

    pass_time(services, 48.9)
    assert phrases(services, cast.AMINA)[-1] == "sms.resolved"
    pass_time(services, 49)
    pass_time(services, 50)
    assert phrases(services, cast.AMINA)[1:] == ["sms.resolved", "sms.resolved.reminder"]
    pass_time(services, 72.9)
    assert complaint_of(services, reference).state == states.RESOLVED
    pass_time(services, 73)
    complaint = complaint_of(services, reference)
    assert (complaint.state, complaint.outcome) == (states.CLOSED, states.SILENT)
    assert phrases(services, cast.AMINA)[-1] == "sms.closed.silent"


def test_after_an_outage_silence_closes_without_a_reminder_that_would_be_too_late(services: Services) -> None:
    reference = filed(services)
    move(services, reference, cast.OTIENO, states.DONE, 1, NOTE)

    pass_time(services, 500)

    assert complaint_of(services, reference).outcome == states.SILENT
    assert phrases(services, cast.AMINA) == ["sms.received", "sms.resolved", "sms.closed.silent"]


@pytest.mark.parametrize(
    ("rows", "phone"),
    [
        ((cast.NJERI, DIRECTOR, CHIEF), cast.NJERI),
        ((DIRECTOR, CHIEF), DIRECTOR),
        ((CHIEF,), CHIEF),
    ],
)
def test_a_role_that_nobody_has_is_stood_in_for_by_the_next_one_up(
    services: Services, rows: tuple[str, ...], phone: str
) -> None:
    lines = [line for line in ROSTER.splitlines() if line.startswith(("phone", cast.OTIENO, *rows))]
    filed(services, people="\n".join(lines))

    pass_time(services, 24)

    assert "supervisor.escalated" in phrases(services, phone)


def test_without_anybody_to_tell_the_levels_come_all_the_same(services: Services) -> None:
    reference = filed(services, people="\n".join(ROSTER.splitlines()[:2]))

    pass_time(services, 120)

    assert steps(services, reference) == ["0", "1", "2", "MISSED", "3", "4"]


def test_a_supervisor_who_has_the_job_is_passed_over_for_the_director(services: Services) -> None:
    filed(services, people="\n".join(line for line in ROSTER.splitlines() if cast.OTIENO not in line))

    pass_time(services, 24)

    assert phrases(services, cast.NJERI)[:2] == ["officer.assigned", "officer.reminder"]
    assert phrases(services, DIRECTOR) == ["supervisor.escalated"]


def test_ten_complaints_are_one_text_to_their_supervisor(services: Services) -> None:
    references = [filed(services, key=str(number)) for number in range(10)]

    pass_time(services, 24)

    with services.db.transaction() as session:
        told = [body for phrase, body in cast.messages_to(session, cast.NJERI) if "escalated" in phrase]
    assert len(told) == 1
    assert told[0].startswith(f"ESCALATED, 10 complaints: {references[0]}, ")


def test_what_escalates_within_an_hour_of_the_text_before_waits_for_the_next(services: Services) -> None:
    filed(services, key="1")
    later = filed(services, key="2", after=MONDAY + HOUR / 2)

    for hours, texts in ((24, 1), (24.5, 1), (24.99, 1), (25, 2)):
        pass_time(services, hours)
        assert phrases(services, cast.NJERI).count("supervisor.escalated") == texts
    with services.db.transaction() as session:
        assert later in [body for phrase, body in cast.messages_to(session, cast.NJERI) if "escalated" in phrase][-1]


def test_a_level_that_a_resident_asked_for_is_not_reached_again_by_the_clock(services: Services) -> None:
    reference = filed(services)
    pass_time(services, 72)
    move(services, reference, cast.AMINA, states.ESCALATE, 73)
    assert complaint_of(services, reference).level == 3

    pass_time(services, 96)

    assert steps(services, reference) == ["0", "1", "2", "MISSED"]
    with services.db.reading() as session:
        assert sorted(session.scalars(select(Escalation.level))) == [0, 1, 2, 3]


def test_what_belongs_to_an_agency_keeps_its_promise_and_goes_outside_after_five_days(services: Services) -> None:
    reference = filed(services, category="M1")
    assert complaint_of(services, reference).state == states.REFERRED
    assert phrases(services, cast.AMINA) == ["sms.received", "sms.referred"]

    pass_time(services, 71)
    assert steps(services, reference) == []
    pass_time(services, 72)
    assert steps(services, reference) == ["2", "MISSED"]
    pass_time(services, 119.9)
    assert steps(services, reference) == ["2", "MISSED"]
    pass_time(services, 120)
    assert steps(services, reference) == ["2", "MISSED", "4"]
    with services.db.reading() as session:
        assert session.scalars(select(Escalation.agency).where(Escalation.level == 4)).one() == "Nairobi Water"


def test_a_promise_of_seconds_brings_the_levels_in_order_and_none_after_the_next(services: Services) -> None:
    quick = replace(services, settings=replace(services.settings, promise=4 * SECOND, director=4 * SECOND))
    reference = filed(quick)

    pass_time(quick, 3 / 3600)
    assert steps(quick, reference) == []
    pass_time(quick, 4 / 3600)
    assert steps(quick, reference) == ["1", "2", "MISSED"]


def test_hours_of_seconds_bring_the_reminder_before_the_level_at_any_time_of_the_week(services: Services) -> None:
    settings = replace(services.settings, ack=6 * SECOND, done=12 * SECOND)
    quick = replace(services, settings=settings)
    reference = filed(quick, after=timedelta(0))

    for seconds, so_far in ((0.9, []), (1, ["0"]), (5.9, ["0"]), (6, ["0", "1"])):
        pass_time(quick, seconds / 3600, since=timedelta(0))
        assert steps(quick, reference) == so_far


def test_every_step_of_the_clock_is_an_event_that_says_who_was_told_and_why(services: Services) -> None:
    reference = filed(services)
    pass_time(services, 24)

    with services.db.transaction() as session:
        event = session.scalars(select(Event).where(Event.verb == states.ESCALATE)).one()
        assert (event.actor_id, event.role, event.channel) == (None, escalation.CLOCK, escalation.CLOCK)
        assert event.facts is not None
        assert event.facts["told"] == cast.person(session, cast.NJERI).id
        assert event.facts["due"] == (cast.NOW + MONDAY + 24 * HOUR).isoformat()
        assert event.facts["routing"][-1]["role"] == states.SUPERVISOR
    assert complaint_of(services, reference).level == 1
