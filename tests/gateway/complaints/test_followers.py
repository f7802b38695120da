"""Me too: once for each person, with the owner's texts and rights, on both databases, however many join at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from gateway.complaints import followers, priority, queries, record, service, states
from gateway.complaints.followers import Joined
from gateway.complaints.record import Deed
from gateway.complaints.service import Actor
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Complaint
from tests.gateway import cast

HOUR = timedelta(hours=1)
SOON = cast.NOW + HOUR


def phone(number: int) -> str:
    return f"+2547000001{number:02}"


def join(session: Session, settings: Settings, complaint: Complaint, who: str) -> Joined | None:
    return followers.join(session, settings, complaint, cast.person(session, who), SOON, "ussd")


def put(session: Session, complaint: Complaint, state: str, **changes: object) -> None:
    """Straight into a state, as a transition of the table would."""
    deed = Deed(cast.person(session, cast.OTIENO), "officer", "sms", "TEST", SOON)
    assert record.change(session, complaint, deed, {"state": state, **changes})


def test_whoever_joins_is_told_once_with_the_number_of_people(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        complaint = cast.file_complaint(session, settings)
        assert join(session, settings, complaint, cast.BRIAN) == Joined(complaint, True, 2)
        assert join(session, settings, complaint, cast.BRIAN) == Joined(complaint, False, 2)

    with database.reading() as session:
        assert cast.messages_to(session, cast.BRIAN) == [
            (
                "sms.joined",
                f"Hatua {complaint.reference}: added you to Illegal dumping, Stage Mosque Rd, Maringo/Hamza. 2 people "
                "reported it. You will get every update. Due Wed 25 Nov 10:40.",
            )
        ]
        _filed, joined = queries.history(session, complaint)
        assert (joined.verb, joined.role, joined.channel, joined.facts) == ("FOLLOW", "follower", "ussd", {"people": 2})
        assert (joined.from_state, joined.to_state) == (states.RECEIVED, states.RECEIVED)


def test_the_owner_does_not_join_their_own(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        complaint = cast.file_complaint(session, settings)

        assert join(session, settings, complaint, cast.AMINA) == Joined(complaint, False, 1)
        assert not followers.is_following(session, complaint, cast.person(session, cast.AMINA))
        assert followers.of(session, complaint) == []


def test_what_is_closed_cannot_be_joined(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        complaint = cast.file_complaint(session, settings)
        put(session, complaint, states.CLOSED, outcome=states.SILENT)

        assert join(session, settings, complaint, cast.BRIAN) is None
        assert followers.count(session, complaint) == 1


def test_a_claimed_done_can_be_joined_and_then_doubted(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        complaint = cast.file_complaint(session, settings)
        put(session, complaint, states.RESOLVED)

        assert join(session, settings, complaint, cast.BRIAN) == Joined(complaint, True, 2)


def test_joining_what_was_merged_joins_where_it_went(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        parent = cast.file_complaint(session, settings)
        child = cast.file_complaint(session, settings, owner=phone(1), filed_by="sms:1")
        put(session, child, states.MERGED, parent_id=parent.id)

        assert join(session, settings, child, cast.BRIAN) == Joined(parent, True, 2)


@pytest.mark.parametrize(("people", "pressing"), [(4, "normal"), (5, "high"), (19, "high"), (20, "urgent")])
def test_the_number_of_people_raises_the_priority(
    database: Database, settings: Settings, people: int, pressing: str
) -> None:
    with database.transaction() as session:
        complaint = cast.file_complaint(session, settings)
        for number in range(people - 1):
            join(session, settings, complaint, phone(number))

        assert complaint.priority == pressing
        raises = [event.facts for event in queries.history(session, complaint) if "priority" in (event.facts or {})]
        steps = [(5, "high"), (20, "urgent")]
        assert raises == [{"people": least, "priority": to} for least, to in steps if people >= least]


def test_many_people_never_make_danger_less_pressing() -> None:
    assert priority.with_people(priority.URGENT, 6) == priority.URGENT


def test_of_a_crowd_that_joins_at_once_each_is_there_once(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        complaint = cast.file_complaint(session, settings)
        for number in range(4):
            cast.person(session, phone(number))
    start = Barrier(8)

    def join_at_once(number: int) -> bool:
        start.wait()
        with database.transaction() as session:
            joined = join(session, settings, session.get_one(Complaint, complaint.id), phone(number))
            assert joined is not None
            return joined.is_new

    with ThreadPoolExecutor(8) as pool:
        new = list(pool.map(join_at_once, [0, 0, 1, 1, 2, 2, 3, 3]))

    with database.reading() as session:
        stored = session.get_one(Complaint, complaint.id)
        assert sum(new) == 4
        assert followers.count(session, stored) == 5
        assert stored.priority == priority.HIGH
        assert [event.number for event in queries.history(session, stored)] == [1, 2, 3, 4, 5]
        assert all(len(cast.messages_to(session, phone(number))) == 1 for number in range(4))


def test_following_at_once_without_a_lock_makes_one_row(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        complaint = cast.file_complaint(session, settings)
        brian = cast.person(session, cast.BRIAN)
    start = Barrier(6)

    def follow(_number: int) -> bool:
        start.wait()
        with database.transaction() as session:
            return followers.follow(session, complaint, brian, SOON)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(follow, range(6))) == 1


def test_a_withdrawn_complaint_passes_to_the_first_who_joined(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        complaint = cast.file_complaint(session, settings)
        assert followers.inherit(session, complaint, SOON) is None
        for number in (3, 1):
            join(session, settings, complaint, phone(number))

        heir = followers.inherit(session, complaint, SOON)

        assert heir == cast.person(session, phone(3))
        put(session, complaint, states.RECEIVED, owner_id=heir.id)
        assert followers.of(session, complaint) == [cast.person(session, phone(1))]
        assert followers.count(session, complaint) == 2
        # And again: the first heir is not left behind as a follower.
        second = followers.inherit(session, complaint, SOON)
        assert second == cast.person(session, phone(1))
        put(session, complaint, states.RECEIVED, owner_id=second.id)
        assert followers.count(session, complaint) == 1


def test_what_a_person_follows_is_listed_without_their_own(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        brian = cast.person(session, cast.BRIAN)
        first, second, third = (cast.file_complaint(session, settings, filed_by=f"sms:{n}") for n in range(3))
        cast.file_complaint(session, settings, owner=cast.BRIAN, filed_by="sms:own")
        for complaint in (first, second, third):
            join(session, settings, complaint, cast.BRIAN)
        put(session, second, states.RESOLVED)
        put(session, third, states.MERGED, parent_id=first.id)

        assert followers.followed_by(session, brian) == [second, first]
        assert followers.followed_by(session, brian, among=(states.RESOLVED,)) == [second]
        assert followers.followed_by(session, brian, limit=1) == [second]


def test_who_cancels_what_others_follow_leaves_it_to_the_first_of_them(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        complaint = cast.file_complaint(session, settings)
        join(session, settings, complaint, cast.BRIAN)
        actor = Actor(cast.person(session, cast.AMINA), "sms")

        service.move(session, settings, now=SOON, complaint=complaint, verb="CANCEL", actor=actor)

        assert complaint.state == states.RECEIVED
        assert complaint.owner_id == cast.person(session, cast.BRIAN).id
        assert followers.count(session, complaint) == 1
