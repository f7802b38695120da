"""What a caller sees while a store is away: the next screen where one store can tell, a polite end where none can."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sessions.conversation import Conversation
from sessions.ports import JournalAway
from sessions.store import connect
from tests.sessions.village import Phone, Village

TO_CONFIRM = ("1", "1", "1", "2", "7", "1", "Plot 5*7 Rabai Rd")


@pytest.fixture
def no_redis(village: Village, tmp_path: Path) -> Callable[[], Conversation]:
    """The same world as seen by a process that cannot reach Redis."""

    def conversation() -> Conversation:
        there, village.redis = village.redis, connect(f"unix://{tmp_path}/nobody.sock")
        away = village.conversation()
        village.redis = there
        return away

    return conversation


def test_without_redis_a_whole_report_goes_on_from_the_text(
    village: Village, no_redis: Callable[[], Conversation]
) -> None:
    with_redis = Phone(Village(village.redis, village.source).conversation(), sid="other")
    without = Phone(no_redis())
    for phone in (with_redis, without):
        phone.dial()
        phone.press(*TO_CONFIRM, "2", "0", "1")

    assert without.screens == with_redis.screens
    assert len(village.filed) == 1


def test_redis_may_go_and_come_back_in_the_middle(village: Village, no_redis: Callable[[], Conversation]) -> None:
    phone = Phone(village.conversation())
    phone.dial()
    there, away = village.conversation(), no_redis()
    for number, answer in enumerate((*TO_CONFIRM, "1")):
        phone.conversation = away if number % 2 else there
        phone.press(answer)

    assert "4000000" in phone.screen.text
    assert len(village.filed) == 1


def test_without_the_database_screens_go_on_and_the_report_is_kept(village: Village) -> None:
    before = Phone(village.conversation(), sid="before")
    before.dial()
    before.press("2")
    village.database_is_away = True

    phone = Phone(village.conversation())
    assert "Ripoti shida" in phone.dial().options, "the language is known without the database"
    end = phone.press(*TO_CONFIRM[1:], "1")

    assert end.text.startswith("Samahani, mtandao uko polepole lakini lalamiko lako limehifadhiwa")
    assert phone.send(phone.text) == end
    ((action, hop, record),) = village.kept
    village.database_is_away = False
    assert village.run(action, hop, record) == village.run(action, hop, record)
    assert len(village.filed) == 1
    assert village.filed[0].answers["landmark"].value == "Plot 5*7 Rabai Rd"


def test_a_list_that_needs_the_database_is_a_polite_end_and_may_be_tried_again(village: Village) -> None:
    phone = Phone(village.conversation())
    phone.dial()
    phone.press("1")
    village.database_is_away = True

    assert phone.press("2").text.startswith("Sorry")
    village.database_is_away = False

    assert phone.send(phone.text).text.startswith("Your complaints")


@pytest.mark.parametrize("back_at", range(1, len(TO_CONFIRM)))
def test_the_journal_catches_up_when_the_database_is_back(village: Village, back_at: int) -> None:
    undisturbed = Phone(Village(village.redis, village.source).conversation(), sid="other")
    undisturbed.dial()
    undisturbed.press(*TO_CONFIRM, "1")
    village.redis.flushall()
    phone = Phone(village.conversation())
    village.database_is_away = True
    phone.dial()
    for number, answer in enumerate((*TO_CONFIRM, "1")):
        if number == back_at:
            village.database_is_away = False
        if number > back_at:
            village.redis.flushall()
        phone.press(answer)

    assert phone.screens == undisturbed.screens
    assert len(village.filed) == 1


def test_with_both_away_the_caller_is_told(village: Village, no_redis: Callable[[], Conversation]) -> None:
    village.database_is_away = True

    with pytest.raises(JournalAway):
        Phone(no_redis()).dial()


def test_a_session_that_neither_store_knows_is_never_guessed(village: Village) -> None:
    phone = Phone(village.conversation())
    phone.dial()
    phone.press("1", "1")
    village.redis.delete("ussd:s:ATUid_1")
    village.database_is_away = True

    with pytest.raises(JournalAway):
        phone.press("1")
