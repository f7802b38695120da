"""A resident's phone is left in peace: at night, and from the second piece of news of a day on. Time is passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.config import QuietHours, Settings
from gateway.models import Complaint, Event, Message, Person
from gateway.services import Services
from gateway.sms import outbox, quiet, stops
from gateway.sms.outbox import ANSWER, DIGEST, UPDATE
from gateway.sms.outcomes import Accepted
from gateway.sms.settling import settle
from gateway.sms.timing import Timing
from tests.gateway import cast

HOUR = timedelta(hours=1)
NIGHT = QuietHours(time(21), time(7))
#: A Monday in the past, in Nairobi (UTC+3): 23:00, the next 07:00, noon.
LATE_EVENING = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

#: What a text needs to be rendered, whichever it is.
VALUES = dict.fromkeys(
    (
        "ref",
        "category",
        "ward",
        "landmark",
        "due",
        "officer",
        "note",
        "question",
        "agency",
        "reason",
        "hours",
        "count",
        "answer",
        "list",
    ),
    "1",
)
Owe = Callable[..., Message]


@pytest.fixture
def nights(services: Services) -> Services:
    """A gateway that leaves residents in peace from 21:00 to 07:00."""
    return replace(services, settings=replace(services.settings, quiet_hours=NIGHT))


@pytest.fixture
def owe(nights: Services) -> Owe:
    counted = iter(range(1000))

    def owe(
        phrase: str = "sms.acknowledged",
        *,
        now: datetime,
        complaint: str | None = "one",
        urgency: int = UPDATE,
        phone: str = cast.AMINA,
        settings: Settings | None = None,
    ) -> Message:
        with nights.db.transaction() as session:
            event = _event(session, complaint) if complaint else None
            message = outbox.owe(
                session,
                settings or nights.settings,
                person=cast.person(session, phone),
                phrase=phrase,
                values=VALUES,
                dedupe_key=f"made up:{next(counted)}",
                now=now,
                urgency=urgency,
                event=event,
            )
            assert message is not None
            return message

    return owe


def _event(session: Session, name: str) -> Event:
    complaint = session.scalars(select(Complaint).where(Complaint.filed_by == name)).one_or_none()
    if complaint is None:
        owner = cast.person(session, cast.AMINA)
        dates = dict.fromkeys(("filed_at", "promise_due_at", "state_since"), NOON)
        complaint = Complaint(
            reference=f"{len(name)}{name}"[:12],
            filed_by=name,
            category="T2",
            ward=cast.MARINGO,
            landmark="-",
            owner_id=owner.id,
            state="received",
            cycle=1,
            version=0,
            priority="normal",
            **dates,
        )
        session.add(complaint)
        session.flush()
    complaint.version += 1
    number = complaint.version
    event = Event(
        complaint_id=complaint.id,
        number=number,
        at=NOON,
        role="officer",
        channel="sms",
        verb="ACK",
        from_state="received",
        to_state="received",
        cycle=1,
    )
    session.add(event)
    session.flush()
    return event


def send(services: Services, now: datetime) -> list[str]:
    """Phrases that go out now, one after the other."""
    sent = []
    timing = Timing.of(services.settings)
    for _ in range(20):
        with services.db.transaction() as session:
            batch = outbox.claim(session, now, timing, 50)
            if not batch:
                return sent
            settle(session, now, timing, [(claimed, Accepted(None, "Success")) for claimed in batch])
            sent += session.scalars(select(Message.phrase).where(Message.id.in_([claimed.id for claimed in batch])))
    raise AssertionError("it never ends")


def state(services: Services, message: Message) -> str:
    with services.db.reading() as session:
        return session.get_one(Message, message.id).state


@pytest.mark.parametrize(
    ("local", "ends"),
    [("20:59", None), ("21:00", "07:00"), ("23:59", "07:00"), ("00:00", "07:00"), ("06:59", "07:00"), ("07:00", None)],
)
def test_a_night_that_spans_midnight_ends_in_the_morning(services: Services, local: str, ends: str | None) -> None:
    night = quiet.Night(NIGHT, services.settings.timezone)
    instant = datetime.combine(datetime(2026, 3, 2), time.fromisoformat(local), services.settings.timezone)  # noqa: DTZ001

    end = night.end(instant)

    assert (end and f"{end.astimezone(services.settings.timezone):%H:%M}") == ends
    assert end is None or timedelta(0) < end - instant <= 10 * HOUR


def test_quiet_hours_within_one_day_end_on_that_day(services: Services) -> None:
    night = quiet.Night(QuietHours(time(1), time(5)), services.settings.timezone)

    assert night.end(datetime(2026, 3, 2, 0, 0, tzinfo=UTC)) == datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    assert night.end(datetime(2026, 3, 2, 2, 0, tzinfo=UTC)) is None


#: (phrase, urgency), and whether it goes out at night.
AT_NIGHT: dict[str, tuple[str, int, bool]] = {
    "news": ("sms.acknowledged", UPDATE, False),
    "is it fixed": ("sms.resolved", UPDATE, False),
    "the promise was missed": ("sms.overdue", UPDATE, False),
    "closed silently": ("sms.closed.silent", UPDATE, False),
    "to an association": ("sms.ra.resolved", UPDATE, False),
    "an answer": ("sms.reopened", ANSWER, True),
    "a receipt, whoever filed it": ("sms.received", UPDATE, True),
    "a warning of danger": ("sms.received.urgent", UPDATE, True),
    "a job": ("officer.assigned", UPDATE, True),
    "a job that is back": ("officer.reopened", UPDATE, True),
    "an escalation": ("supervisor.escalated", UPDATE, True),
    "an officer's reminder": ("officer.reminder", DIGEST, False),
    "a digest": ("supervisor.digest.chief", DIGEST, False),
}


@pytest.mark.parametrize("label", AT_NIGHT)
def test_what_goes_out_at_night_and_what_waits_for_the_morning(label: str, nights: Services, owe: Owe) -> None:
    phrase, urgency, goes_out = AT_NIGHT[label]
    owe(phrase, now=LATE_EVENING, urgency=urgency)

    assert send(nights, LATE_EVENING) == ([phrase] if goes_out else [])
    assert send(nights, MORNING - timedelta(seconds=1)) == []
    assert send(nights, MORNING) == ([] if goes_out else [phrase])


def test_what_was_owed_by_day_and_not_sent_by_nightfall_waits_too(nights: Services, owe: Owe) -> None:
    message = owe(now=LATE_EVENING - 3 * HOUR)

    assert send(nights, LATE_EVENING) == []
    assert state(nights, message) == "queued"
    with nights.db.reading() as session:
        assert not outbox.is_due(session, LATE_EVENING)
    assert send(nights, MORNING) == ["sms.acknowledged"]


def test_without_quiet_hours_nothing_waits(services: Services, owe: Owe) -> None:
    owe(now=LATE_EVENING, settings=services.settings)

    assert send(services, LATE_EVENING) == ["sms.acknowledged"]


def test_a_new_job_is_not_held_up_by_a_reminder_that_waits(nights: Services, owe: Owe) -> None:
    owe("officer.reminder", now=LATE_EVENING, phone=cast.OTIENO, urgency=DIGEST)
    owe("officer.assigned", now=LATE_EVENING, phone=cast.OTIENO)

    assert send(nights, LATE_EVENING) == ["officer.assigned"]


def test_news_that_waits_is_replaced_by_newer_news_of_the_same_complaint(nights: Services, owe: Owe) -> None:
    old = owe("sms.acknowledged", now=LATE_EVENING)
    other = owe("sms.acknowledged", now=LATE_EVENING, complaint="another")
    to_brian = owe("sms.acknowledged", now=LATE_EVENING, phone=cast.BRIAN)
    owe("sms.in_progress", now=LATE_EVENING + HOUR)

    assert [state(nights, message) for message in (old, other, to_brian)] == ["superseded", "queued", "queued"]
    assert sorted(send(nights, MORNING)) == ["sms.acknowledged", "sms.acknowledged", "sms.in_progress"]


@pytest.mark.parametrize("phrase", ["sms.resolved", "sms.needs_info", "sms.overdue", "sms.received"])
def test_questions_and_receipts_are_never_replaced(phrase: str, nights: Services, owe: Owe) -> None:
    kept = owe(phrase, now=LATE_EVENING)
    owe("sms.in_progress", now=LATE_EVENING + HOUR)

    assert state(nights, kept) == "queued"
    assert phrase in send(nights, MORNING)


def test_a_question_replaces_the_news_that_it_makes_old(nights: Services, owe: Owe) -> None:
    old = owe("sms.in_progress", now=LATE_EVENING)
    owe("sms.resolved", now=LATE_EVENING + HOUR)

    assert state(nights, old) == "superseded"
    assert send(nights, MORNING) == ["sms.resolved"]


def test_what_may_have_arrived_is_not_replaced(nights: Services, owe: Owe) -> None:
    tried = owe(now=NOON)
    with nights.db.transaction() as session:
        outbox.claim(session, NOON, Timing.of(nights.settings), 1)
    owe("sms.in_progress", now=NOON + HOUR)

    assert state(nights, tried) == "sending"


def test_a_second_piece_of_news_waits_for_the_next_day(nights: Services, owe: Owe) -> None:
    owe("sms.acknowledged", now=NOON)
    assert send(nights, NOON) == ["sms.acknowledged"]
    owe("sms.in_progress", now=NOON + HOUR)
    owe("sms.referred", now=NOON + 2 * HOUR)

    assert send(nights, NOON + 3 * HOUR) == []
    assert send(nights, MORNING) == ["sms.referred"]
    # That was the day's.
    owe("sms.in_progress", now=MORNING + HOUR)
    assert send(nights, MORNING + 13 * HOUR) == []
    assert send(nights, MORNING + 24 * HOUR) == ["sms.in_progress"]


@pytest.mark.parametrize(
    ("phrase", "urgency"),
    [("sms.resolved", UPDATE), ("sms.overdue", UPDATE), ("sms.needs_info", UPDATE), ("sms.reopened", ANSWER)],
)
def test_what_may_not_wait_goes_out_on_the_same_day(phrase: str, urgency: int, nights: Services, owe: Owe) -> None:
    owe("sms.acknowledged", now=NOON)
    send(nights, NOON)
    owe(phrase, now=NOON + HOUR, urgency=urgency)

    assert send(nights, NOON + HOUR) == [phrase]


def test_one_complaints_news_of_tomorrow_holds_up_nothing_else(nights: Services, owe: Owe) -> None:
    owe("sms.acknowledged", now=NOON)
    send(nights, NOON)
    owe("sms.in_progress", now=NOON + HOUR)
    owe("sms.acknowledged", now=NOON + HOUR, complaint="another")
    owe("sms.in_progress", now=NOON + HOUR, phone=cast.BRIAN)

    assert sorted(send(nights, NOON + HOUR)) == ["sms.acknowledged", "sms.in_progress"]


def test_an_officer_hears_of_everything_at_once(nights: Services, owe: Owe) -> None:
    for phrase in ("officer.assigned", "officer.info", "officer.reopened"):
        owe(phrase, now=NOON, phone=cast.OTIENO)

    assert send(nights, NOON) == ["officer.assigned", "officer.info", "officer.reopened"]


def test_in_a_rehearsal_with_a_promise_of_seconds_a_day_is_a_third_of_it(nights: Services, owe: Owe) -> None:
    quick = replace(nights.settings, quiet_hours=None, promise=timedelta(seconds=30))
    owe("sms.acknowledged", now=NOON, settings=quick)
    send(nights, NOON)
    owe("sms.in_progress", now=NOON + timedelta(seconds=1), settings=quick)

    assert send(nights, NOON + timedelta(seconds=9)) == []
    assert send(nights, NOON + timedelta(seconds=10)) == ["sms.in_progress"]


def test_what_waited_for_the_morning_still_has_its_time_to_be_sent(nights: Services, owe: Owe) -> None:
    owe("sms.acknowledged", now=NOON)
    send(nights, NOON)
    message = owe("sms.in_progress", now=NOON + HOUR)

    assert message.expires_at - message.not_before == timedelta(hours=72)


def test_news_that_comes_days_after_the_last_has_its_time_to_be_sent_as_well(nights: Services, owe: Owe) -> None:
    owe("sms.acknowledged", now=NOON)
    send(nights, NOON)
    message = owe("sms.closed.silent", now=NOON + 144 * HOUR)

    assert message.not_before == NOON + 144 * HOUR
    assert message.expires_at == NOON + 216 * HOUR
    assert send(nights, NOON + 145 * HOUR) == ["sms.closed.silent"]


def test_whoever_stopped_while_it_waited_does_not_get_it(nights: Services, owe: Owe) -> None:
    message = owe(now=LATE_EVENING)
    with nights.db.transaction() as session:
        stops.stop(session, session.scalars(select(Person.id)).one(), stops.OPTOUT, LATE_EVENING)

    assert send(nights, MORNING) == []
    assert state(nights, message) == "suppressed"


@pytest.mark.parametrize(
    ("given", "hours", "one_a_day"),
    [
        ({"CARRIER": "simulator"}, None, False),
        ({"CARRIER": "simulator", "QUIET_HOURS": "21:00-07:00"}, NIGHT, True),
        ({"CARRIER": "africastalking", "AT_API_URL": "http://127.0.0.1:5055"}, None, True),
        (
            {"CARRIER": "africastalking", "AT_API_URL": "http://127.0.0.1:5055", "QUIET_HOURS": "21:00-07:00"},
            NIGHT,
            True,
        ),
        ({"CARRIER": "africastalking"}, NIGHT, True),
        ({"CARRIER": "africastalking", "QUIET_HOURS": ""}, None, True),
    ],
)
def test_a_demonstration_is_not_mute_at_night(
    given: dict[str, str], hours: QuietHours | None, one_a_day: bool, tmp_path: Path
) -> None:
    keys = {"AT_USERNAME": "hatua", "AT_API_KEY": "made-up", "CALLBACK_TOKEN": "made-up-token-for-the-callbacks"}
    settings = Settings.read(keys | {"SECRET_KEY": "made-up", "PHONE_KEY": "made-up"} | given, var=tmp_path)

    assert (settings.quiet_hours, settings.one_update_a_day) == (hours, one_a_day)
