"""Who reports by SMS what others have reported is asked once whether it is the same; nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.complaints import followers, states
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Complaint
from menus import gsm7
from tests.gateway import cast
from tests.gateway.commands.talk import Talk

TEXT = "TAKA Maringo, Stage Mosque, lori linamwaga usiku"


@pytest.fixture
def talk(database: Database, settings: Settings) -> Iterator[Talk]:
    with database.transaction() as session:
        cast.load_roster(session)
        yield Talk(session, settings, step=0.1)


def twice(talk: Talk) -> tuple[Complaint, Complaint]:
    """Brian's, and Amina's that is like it."""
    talk.says(cast.BRIAN, TEXT)
    talk.says(cast.AMINA, TEXT)
    one, other = talk.complaints()[-2:]
    return one, other


def test_the_report_is_filed_and_then_the_question_asked(talk: Talk) -> None:
    assert talk.says(cast.BRIAN, TEXT) == ["sms.received"]
    assert talk.says(cast.AMINA, TEXT) == ["sms.received", "sms.alike"]

    one, other = talk.complaints()[-2:]
    said = talk.last(cast.AMINA)
    assert said.startswith(f"Hatua {other.reference}: ")
    assert "1 Stage Mosque" in said
    assert "saa 0 (1)" in said
    assert "0 langu ni tofauti" in said
    assert one.reference not in said
    assert gsm7.parts(said) == 1


@pytest.mark.parametrize("answer", ["1", " 1.", "ndiyo", "YES", "{}"])
def test_whoever_joins_is_on_the_other_one_and_not_on_two(talk: Talk, answer: str) -> None:
    one, other = twice(talk)

    said = talk.says(cast.AMINA, answer.format(one.reference))

    assert said == ["sms.joined", "sms.closed.withdrawn"]
    assert followers.is_following(talk.session, one, cast.person(talk.session, cast.AMINA))
    assert (other.state, other.outcome) == (states.CLOSED, states.WITHDRAWN)
    assert cast.messages_to(talk.session, cast.OTIENO)[-1][0] == "officer.withdrawn"
    assert talk.says(cast.AMINA, "1") == ["sms.unknown"]


@pytest.mark.parametrize("answer", ["0", "hapana", "mine is different", "langu ni tofauti"])
def test_mine_is_different_changes_nothing(talk: Talk, answer: str) -> None:
    one, other = twice(talk)

    assert talk.says(cast.AMINA, answer) == ["sms.alike.kept"]

    assert (one.state, other.state) == (states.RECEIVED, states.RECEIVED)
    assert followers.count(talk.session, one) == 1


def test_no_answer_and_other_words_leave_the_report_as_it_is(talk: Talk) -> None:
    _, other = twice(talk)

    assert talk.says(cast.AMINA, "7") == ["sms.unknown"]
    assert talk.says(cast.AMINA, f"STATUS {other.reference}") == ["sms.status"]
    talk.hours += 30
    assert talk.says(cast.AMINA, "1") == ["sms.unknown"]

    assert other.state == states.RECEIVED


def test_what_was_closed_meanwhile_cannot_be_joined_and_theirs_goes_on(talk: Talk) -> None:
    one, other = twice(talk)
    talk.says(cast.BRIAN, f"CANCEL {one.reference}")

    assert talk.says(cast.AMINA, "1") == ["sms.alike.kept"]

    assert other.state == states.RECEIVED


def test_what_was_merged_into_theirs_meanwhile_is_theirs_already(talk: Talk) -> None:
    one, other = twice(talk)
    talk.says(cast.OTIENO, f"DUP {one.reference} {other.reference}")

    assert talk.says(cast.AMINA, "1") == ["sms.status.people"]

    assert (one.state, other.state) == (states.MERGED, states.RECEIVED)


def test_others_who_have_joined_theirs_keep_it(talk: Talk) -> None:
    _, other = twice(talk)
    talk.joins("+254700000003", other)

    assert talk.says(cast.AMINA, "1") == ["sms.joined", "sms.left"]

    assert other.state == states.RECEIVED
    assert other.owner_id == cast.person(talk.session, "+254700000003").id


@pytest.mark.parametrize(
    "text", ["TAKA Maringo, shule ya msingi", "TAKA Maringo, Stage Mosque", "MAJI Maringo, Stage Mosque"]
)
def test_another_place_or_another_problem_is_not_alike(talk: Talk, text: str) -> None:
    talk.says(cast.BRIAN, TEXT)

    assert "sms.alike" not in talk.says(cast.AMINA, text)


def test_nobody_is_offered_their_own(talk: Talk) -> None:
    talk.says(cast.AMINA, TEXT)

    assert talk.says(cast.AMINA, TEXT) == ["sms.received"]


def test_a_yes_that_may_be_about_something_fixed_joins_nothing(talk: Talk) -> None:
    fixed = talk.file(category="T4")
    talk.says(cast.OTIENO, f"DONE {fixed.reference} two lorries came")
    one, _ = twice(talk)

    talk.says(cast.AMINA, "YES")

    assert fixed.state == states.CLOSED
    assert followers.count(talk.session, one) == 1


def test_the_question_follows_the_one_about_the_ward(talk: Talk) -> None:
    for phone in (cast.BRIAN, cast.AMINA):
        talk.says(phone, "TAKA Kayole soko, lori linamwaga usiku")
        said = talk.says(phone, "2")

    assert said == ["sms.received", "sms.alike"]
    assert talk.says(cast.AMINA, "1") == ["sms.joined", "sms.closed.withdrawn"]
