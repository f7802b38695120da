"""The same problem twice: what is shown before filing, and what merging does to people, promises and priority."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from gateway.complaints import duplicates, estates, followers, landmarks, queries, record, service, states
from gateway.complaints.duplicates import Likely
from gateway.complaints.record import Deed
from gateway.complaints.service import Actor, Moved, Refused
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Complaint, Person
from tests.gateway import cast

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CAROL, DAVID = "+254700000003", "+254700000004"
UMOJA_2 = "1427"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Stage Mosque Rd", "near mosque road stage"),
        ("Stage Mosque Rd", "STAGE YA MOSQUE"),
        ("Mama Lucy hospital", "karibu na Mama Lucy hosp."),
        ("Chief's camp", "chiefs  camp"),
        ("Kayole soko", "nyuma ya soko la Kayole"),
        ("Equity bank", "opposite equty bank"),
        ("kanisa la Bahá'í", "Kanisa Bahai"),
        ("Kwa Njenga primary", "behind Kwa Njenga Pri. School"),
        ("Total petrol station", "Total, petrol stn"),
        ("near", "Near!"),
    ],
)
def test_one_place_in_different_words_is_alike(one: str, other: str) -> None:
    assert landmarks.similarity(one, other) >= landmarks.ALIKE
    assert landmarks.similarity(one, other) == landmarks.similarity(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kayole soko", "Kayole police"),
        ("Muthurwa market", "Gikomba market"),
        ("Stage 2", "stage 3"),
        ("Block 4 gate", "Block 14 gate"),
        ("near the chief", "near the church gate"),
        ("karibu na shule", "karibu na kanisa"),
        ("", ""),
        ("?!", "?!"),
        ("soko", ""),
    ],
)
def test_different_places_are_not_alike(one: str, other: str) -> None:
    assert landmarks.similarity(one, other) < landmarks.ALIKE
    assert landmarks.similarity(one, other) == landmarks.similarity(other, one)


@pytest.mark.parametrize(
    ("ward", "landmark", "named"),
    [
        (UMOJA_2, "Tena Estate, near the kiosk", {"tena", "tenaestate"}),
        (cast.MARINGO, "karibu na Buru-Buru phase 5", {"buruburuphase5"}),
        (UMOJA_2, "Umoja 2 market", set()),
        (cast.MARINGO, "Maringo/Hamza stage", set()),
        (cast.MARINGO, "Tena Estate", set()),
    ],
)
def test_an_estate_is_told_from_its_ward_and_from_those_of_others(ward: str, landmark: str, named: set[str]) -> None:
    assert estates.named_in(landmark, ward) == named


def file(
    session: Session,
    settings: Settings,
    number: int,
    *,
    landmark: str = "Stage Mosque Rd",
    owner: str = cast.BRIAN,
    category: str = "T2",
    ward: str = cast.MARINGO,
    ago: timedelta = HOUR,
) -> Complaint:
    return service.file(
        session,
        settings,
        now=cast.NOW - ago,
        owner=cast.person(session, owner),
        category=category,
        ward=ward,
        landmark=landmark,
        channel="sms",
        filed_by=f"sms:{number}",
    ).complaint


def likely(session: Session, category: str = "T2", person: Person | None = None) -> list[Likely]:
    return duplicates.likely(
        session,
        ward=cast.MARINGO,
        category=category,
        landmark="Stage Mosque Rd",
        now=cast.NOW,
        phone_hash=person and person.phone_hash,
    )


def test_what_looks_alike_is_shown_best_first_with_age_and_people(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        roughly = file(session, settings, 1, landmark="mosque stage ya zamani", ago=5 * HOUR)
        exactly = file(session, settings, 2, landmark="near stage, Mosque road")
        file(session, settings, 3, landmark="Chiefs camp")
        followers.follow(session, roughly, cast.person(session, CAROL), cast.NOW)

        assert likely(session) == [Likely(exactly, HOUR, 1), Likely(roughly, 5 * HOUR, 2)]


@pytest.mark.parametrize(
    "other",
    [
        {"category": "T1"},
        {"ward": cast.HARAMBEE},
        {"ago": 3 * DAY + HOUR},
    ],
)
def test_another_kind_place_or_time_is_not_the_same_problem(
    database: Database, settings: Settings, other: dict[str, object]
) -> None:
    with database.transaction() as session:
        file(session, settings, 1, **other)  # type: ignore[arg-type]

        assert likely(session) == []


def test_water_is_looked_for_a_week_back(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        found = file(session, settings, 1, category="M1", ago=7 * DAY)
        file(session, settings, 2, category="M1", ago=7 * DAY + HOUR)

        assert [one.complaint for one in likely(session, "M1")] == [found]


def test_what_is_finished_or_their_own_is_not_shown(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        brian = cast.person(session, cast.BRIAN)
        file(session, settings, 1)
        followed = file(session, settings, 2, owner=CAROL)
        followers.follow(session, followed, brian, cast.NOW)
        put(session, file(session, settings, 3, owner=CAROL), states.RESOLVED)

        assert likely(session, person=brian) == []
        assert len(likely(session)) == 2
        assert len(likely(session, person=Person(phone_hash="somebody we have never met"))) == 2


def test_at_most_three_are_shown_and_the_oldest_of_equals_first(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        filed = [file(session, settings, number, ago=number * HOUR) for number in range(1, 6)]

        assert [one.complaint for one in likely(session)] == [filed[4], filed[3], filed[2]]


def test_the_same_estate_is_shown_after_the_same_landmark(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        estate = file(session, settings, 1, landmark="Ofafa Maringo, blue kiosk")
        same = file(session, settings, 2, landmark="Ofafa Maringo gate 2")

        found = duplicates.likely(
            session, ward=cast.MARINGO, category="T2", landmark="ofafa maringo by the gate 2", now=cast.NOW
        )
        assert [one.complaint for one in found] == [same, estate]


def put(session: Session, complaint: Complaint, state: str, **changes: object) -> None:
    deed = Deed(cast.person(session, cast.OTIENO), "officer", "sms", "TEST", cast.NOW)
    assert record.change(session, complaint, deed, {"state": state, **changes})


def merge(session: Session, settings: Settings, complaint: Complaint, number: str) -> Complaint | None:
    """As the transition of DUP does."""
    parent = duplicates.parent_for(session, complaint, number)
    if parent is None:
        return None
    deed = Deed(cast.person(session, cast.OTIENO), "officer", "sms", "DUP", cast.NOW, number)
    event = record.change(session, complaint, deed, {"state": states.MERGED, "parent_id": parent.id})
    assert event is not None
    duplicates.merge(session, settings, complaint, parent, deed, event)
    return parent


def part(session: Session, complaint: Complaint, parent: Complaint) -> None:
    """As the transition of NO to a merged one does."""
    deed = Deed(complaint.owner, "owner", "sms", "NO", cast.NOW)
    assert record.change(session, complaint, deed, {"state": states.RECEIVED, "parent_id": None})
    duplicates.part(session, complaint, parent, deed)


def test_merged_people_follow_the_parent_and_are_told(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        parent = file(session, settings, 1, owner=cast.AMINA, ago=2 * HOUR)
        child = file(session, settings, 2, owner=cast.BRIAN, ago=HOUR)
        followers.follow(session, child, cast.person(session, CAROL), cast.NOW)

        assert merge(session, settings, child, parent.reference) == parent

        assert [one.id for one in followers.of(session, parent)] == [
            cast.person(session, phone).id for phone in (cast.BRIAN, CAROL)
        ]
        told = (
            "sms.merged",
            f"Hatua {child.reference}: same problem as {parent.reference} (3 people). We joined them; you keep getting "
            "updates. Due Wed 25 Nov 08:40.",
        )
        assert cast.messages_to(session, cast.BRIAN)[-1] == told
        assert cast.messages_to(session, CAROL)[-1] == told
        assert [phrase for phrase, _body in cast.messages_to(session, cast.AMINA)] == ["sms.received"]
        event = queries.history(session, parent)[-1]
        assert (event.verb, event.facts) == (
            "MERGE",
            {"complaint": child.reference, "people": 3, "filed_at": parent.filed_at.isoformat()},
        )


@pytest.mark.parametrize("child_is_earlier", [True, False])
def test_the_earliest_filing_and_the_earliest_promise_win(
    database: Database, settings: Settings, child_is_earlier: bool
) -> None:
    with database.transaction() as session:
        ages = (HOUR, 70 * HOUR) if child_is_earlier else (70 * HOUR, HOUR)
        parent = file(session, settings, 1, owner=cast.AMINA, ago=ages[0])
        child = file(session, settings, 2, owner=cast.BRIAN, ago=ages[1])
        promised = child.promise_due_at

        merge(session, settings, child, parent.reference)

        assert parent.filed_at == cast.NOW - 70 * HOUR
        assert parent.promise_due_at == cast.NOW + 2 * HOUR
        assert child.promise_due_at == promised
        assert "Due Sun 22 Nov 12:40." in cast.messages_to(session, cast.BRIAN)[-1][1]


def test_a_reopened_parent_tells_the_merged_their_own_earlier_promise(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        parent = file(session, settings, 1, owner=cast.AMINA, ago=60 * HOUR)
        put(session, parent, states.RECEIVED, cycle=2)
        child = file(session, settings, 2, owner=cast.BRIAN, ago=HOUR)
        child_due_first = file(session, settings, 3, owner=CAROL, ago=50 * HOUR)

        merge(session, settings, child, parent.reference)
        merge(session, settings, child_due_first, parent.reference)

        # Reopened now, so the parent's own target is in 48 hours.
        assert "Due Tue 24 Nov 10:40." in cast.messages_to(session, cast.BRIAN)[-1][1]
        assert "Due Mon 23 Nov 08:40." in cast.messages_to(session, CAROL)[-1][1]


def test_lateness_and_danger_go_to_the_parent(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        parent = file(session, settings, 1)
        child = file(session, settings, 2, owner=CAROL)
        put(session, child, states.RECEIVED, late=True, priority="urgent")

        merge(session, settings, child, parent.reference)

        assert (parent.late, parent.priority) == (True, "urgent")


def test_the_merged_count_for_the_priority(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        parent = file(session, settings, 1)
        child = file(session, settings, 2, owner=CAROL)
        for number in range(3):
            followers.follow(session, child, cast.person(session, f"+2547000000{40 + number}"), cast.NOW)

        merge(session, settings, child, parent.reference)

        assert parent.priority == "high"


def test_a_parent_must_be_another_open_complaint(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        complaint, child, closed = (file(session, settings, number) for number in range(3))
        merge(session, settings, child, complaint.reference)
        put(session, closed, states.CLOSED, outcome=states.SILENT)

        for words in (complaint.reference, child.reference, closed.reference, "4821759", "4821758", "", "the other"):
            assert duplicates.parent_for(session, complaint, words) is None


def test_a_merged_parent_leads_to_where_it_went(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        first, second, third = (file(session, settings, number) for number in range(3))
        merge(session, settings, second, first.reference)

        assert merge(session, settings, third, f"same as {second.reference}") == first


def test_two_officers_who_merge_crosswise_leave_one_open(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        pair = [file(session, settings, number) for number in range(2)]
    start = Barrier(2)

    def merge_at_once(at: int) -> bool:
        start.wait()
        with database.transaction() as session:
            complaint = session.get_one(Complaint, pair[at].id)
            parent = duplicates.parent_for(session, complaint, pair[1 - at].reference)
            if parent is None or complaint.state == states.MERGED:
                return False
            merge(session, settings, complaint, parent.reference)
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(merge_at_once, range(2))) == [False, True]

    with database.reading() as session:
        assert sorted(session.get_one(Complaint, one.id).state for one in pair) == [states.MERGED, states.RECEIVED]


def test_who_says_mine_is_different_leaves_with_their_followers(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        parent = file(session, settings, 1, owner=cast.AMINA, ago=HOUR)
        child = file(session, settings, 2, owner=cast.BRIAN, ago=9 * HOUR)
        other = file(session, settings, 3, owner=DAVID)
        carol, david = cast.person(session, CAROL), cast.person(session, DAVID)
        for one in (child, other):
            followers.follow(session, one, carol, cast.NOW)
        merge(session, settings, child, parent.reference)
        merge(session, settings, other, parent.reference)
        earliest = parent.promise_due_at

        part(session, child, parent)

        assert child.state == states.RECEIVED
        assert followers.of(session, child) == [carol]
        # Carol is still there, by the other one.
        assert {one.id for one in followers.of(session, parent)} == {carol.id, david.id}
        assert parent.promise_due_at == earliest
        assert queries.history(session, parent)[-1].verb == "PART"


def test_who_leaves_a_merged_parent_leaves_all_above_it(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        top = file(session, settings, 1, owner=cast.AMINA)
        parent = file(session, settings, 2, owner=cast.BRIAN)
        child = file(session, settings, 3, owner=CAROL)
        merge(session, settings, child, parent.reference)
        merge(session, settings, parent, top.reference)
        assert followers.count(session, top) == 3

        part(session, child, parent)

        assert followers.of(session, parent) == []
        assert followers.of(session, top) == [cast.person(session, cast.BRIAN)]


def move(session: Session, settings: Settings, complaint: Complaint, phone: str, verb: str, words: str) -> object:
    actor = Actor(cast.person(session, phone), "sms")
    return service.move(session, settings, now=cast.NOW, complaint=complaint, verb=verb, actor=actor, words=words)


def test_an_officers_dup_and_the_residents_no(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        parent = file(session, settings, 1, owner=cast.AMINA, ago=HOUR)
        child = file(session, settings, 2, owner=cast.BRIAN, ago=2 * HOUR)

        merged = move(session, settings, child, cast.OTIENO, "DUP", parent.reference)
        assert isinstance(merged, Moved)
        assert (child.state, child.parent_id, followers.count(session, parent)) == (states.MERGED, parent.id, 2)
        assert parent.promise_due_at == child.promise_due_at
        assert [phrase for phrase, _body in cast.messages_to(session, cast.BRIAN)][-1] == "sms.merged"

        parted = move(session, settings, child, cast.BRIAN, "NO", "mine is different")
        assert isinstance(parted, Moved)
        assert (child.state, child.parent_id, followers.count(session, parent)) == (states.RECEIVED, None, 1)


def test_a_dup_into_itself_or_into_what_is_finished_is_refused(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint, finished = file(session, settings, 1), file(session, settings, 2)
        put(session, finished, states.CLOSED, outcome=states.SILENT)

        for number in (complaint.reference, finished.reference):
            refused = move(session, settings, complaint, cast.OTIENO, "DUP", number)
            assert isinstance(refused, Refused)
        assert complaint.state == states.RECEIVED


def test_a_late_complaint_merged_into_a_new_one_stays_overdue(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        parent = file(session, settings, 1, owner=cast.AMINA)
        child = file(session, settings, 2, owner=cast.BRIAN, ago=73 * HOUR)

        move(session, settings, child, cast.OTIENO, "DUP", parent.reference)

        assert parent.next_action_at is not None
        assert parent.next_action_at <= cast.NOW
        assert child.next_action_at is None
