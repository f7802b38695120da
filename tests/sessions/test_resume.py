"""A report that was cut off can be continued from the same phone, for a while, and nobody sees what is in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis import Redis

from sessions.conversation import NotTheirSession
from sessions.hop import Hop
from tests.sessions.village import PHONE, Phone, Village

TO_WARD = ("1", "1", "1", "2", "7")
TO_CONFIRM = (*TO_WARD, "1", "Plot 5*7 Rabai Rd")


def call(village: Village, sid: str, phone: str = PHONE) -> Phone:
    caller = Phone(village.conversation(), sid=sid, phone=phone)
    caller.dial()
    return caller


def test_a_report_that_was_cut_off_goes_on_where_it_stood(village: Village) -> None:
    dropped = call(village, "first")
    question = dropped.press(*TO_CONFIRM)

    again = call(village, "second")

    assert again.screen.options == {"Continue": "1", "Start again": "2"}
    assert "Rabai" not in again.screen.text
    assert again.press("1") == question
    assert "4000000" in again.press("1").text
    assert village.filed[0].answers["ward"].value == "1396"


def test_starting_again_forgets_what_was_cut_off(village: Village) -> None:
    call(village, "first").press(*TO_CONFIRM)
    call(village, "second").press("2")

    assert "Report a problem" in call(village, "third").screen.options


def test_any_other_answer_asks_the_same_again(village: Village) -> None:
    call(village, "first").press(*TO_WARD)
    again = call(village, "second")
    question = again.screen

    assert again.press("7").text == f"Please use a number shown.\n{question.text}"
    assert again.press("00").text.endswith(question.text)
    assert again.press("1").text.startswith("Ward in Kasarani?")


def test_a_question_that_is_cut_off_itself_is_asked_again(village: Village) -> None:
    call(village, "first").press(*TO_WARD)
    call(village, "second")

    assert "Continue" in call(village, "third").screen.options


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(("1",), id="only a language"),
        pytest.param((*TO_WARD, "00"), id="left by going home"),
        pytest.param((*TO_CONFIRM, "1"), id="filed"),
        pytest.param((*TO_CONFIRM, "3"), id="cancelled"),
        pytest.param(("1", "2", "1"), id="read to the end"),
    ],
)
def test_where_nothing_was_left_unfinished_nothing_is_asked(village: Village, answers: tuple[str, ...]) -> None:
    call(village, "first").press(*answers)

    assert "Report a problem" in call(village, "second").screen.options


def test_another_phone_is_asked_nothing(village: Village) -> None:
    call(village, "first").press(*TO_CONFIRM)

    assert "English" in call(village, "second", "+254700000002").screen.options


def test_a_draft_lives_as_long_as_it_may_be_continued(village: Village, redis: Redis) -> None:
    call(village, "first").press(*TO_WARD)

    (key,) = redis.keys("ussd:d:*")
    assert 0 < redis.ttl(key) <= 1800


def test_a_draft_with_free_text_survives_the_loss_of_redis(village: Village, redis: Redis) -> None:
    question = call(village, "first").press(*TO_CONFIRM)
    redis.flushall()

    assert call(village, "second").press("1") == question


def test_what_was_finished_is_not_offered_after_the_loss_of_redis(village: Village, redis: Redis) -> None:
    call(village, "first").press(*TO_CONFIRM, "3")
    redis.flushall()
    assert "Report a problem" in call(village, "second").screen.options
    call(village, "third").press("1", "1", "2", "7", "1", "another shop", "1")
    redis.flushall()
    assert "Report a problem" in call(village, "fourth").screen.options


def test_redis_may_be_emptied_at_every_hop_of_a_continued_report(village: Village, redis: Redis) -> None:
    question = call(village, "first").press(*TO_CONFIRM)
    again = call(village, "second")

    screens = []
    for answer in ("1", "0", "Kwa 3*4", "1"):
        redis.flushall()
        screens.append(again.press(answer))

    assert screens[0] == question
    assert "Kwa 3*4" in screens[2].text
    assert len(village.filed) == 1


def test_a_draft_goes_on_in_the_menu_it_was_begun_in(village: Village) -> None:
    question = call(village, "first").press(*TO_WARD)
    old = village.source
    village.sources.append(old)
    village.source = old.replace("Ward in {area}?", "Your ward in {area}?")
    village.redis.delete("ussd:menu:current")

    assert call(village, "second").press("1") == question
    assert "Your ward" in call(village, "other", "+254700000002").press(*TO_WARD).text


def hung_up(sid: str, text: str, phone: str = PHONE) -> Hop:
    return Hop(sid, phone, Phone.caller_of(phone), "*384*1972#", "", "63902", text)


def test_the_carriers_notice_of_a_drop_keeps_what_was_typed_even_without_redis(village: Village, redis: Redis) -> None:
    first = call(village, "first")
    question = first.press(*TO_WARD)

    record = first.conversation.dropped(hung_up("first", first.text))
    redis.flushall()

    assert record is not None
    assert call(village, "second").press("1") == question


@pytest.mark.parametrize("answers", [TO_WARD, TO_CONFIRM])
def test_a_draft_that_redis_has_lost_comes_back_with_the_carriers_notice(
    village: Village, redis: Redis, answers: tuple[str, ...]
) -> None:
    first = call(village, "first")
    question = first.press(*answers)
    redis.flushall()

    assert first.conversation.dropped(hung_up("first", first.text)) is not None
    village.database_is_away = True
    again = call(village, "second")

    assert again.screen.options == {"Continue": "1", "Start again": "2"}
    assert "Kasarani" not in again.screen.text
    assert again.press("1") == question


def test_a_notice_without_what_was_typed_leaves_the_report_where_its_last_text_was_noted(
    village: Village, redis: Redis
) -> None:
    first = call(village, "first")
    question = first.press(*TO_CONFIRM)
    redis.flushall()

    assert first.conversation.dropped(hung_up("first", "")) is not None
    redis.flushall()

    assert call(village, "second").press("1") == question


def test_a_call_that_goes_on_after_its_notice_goes_on_as_ever(village: Village, redis: Redis) -> None:
    first = call(village, "first")
    first.press(*TO_CONFIRM)
    redis.flushall()
    first.conversation.dropped(hung_up("first", ""))
    redis.flushall()

    assert "4000000" in first.press("1").text
    assert village.filed[0].answers["landmark"].value == "Plot 5*7 Rabai Rd"


def test_a_question_that_is_cut_off_itself_is_asked_again_after_the_loss_of_redis(
    village: Village, redis: Redis
) -> None:
    question = call(village, "first").press(*TO_CONFIRM)
    asked = call(village, "second")
    redis.flushall()
    assert asked.conversation.dropped(hung_up("second", "")) is not None
    redis.flushall()

    assert call(village, "third").press("1") == question


def test_what_was_filed_is_not_offered_though_the_call_was_cut_off_before_its_end(
    village: Village, redis: Redis
) -> None:
    first = call(village, "first")
    first.press(*TO_CONFIRM, "1")
    redis.flushall()

    assert first.conversation.dropped(hung_up("first", first.text)) is None
    assert "Report a problem" in call(village, "second").screen.options


def test_a_notice_that_comes_when_it_is_too_late_to_continue_offers_nothing(village: Village, redis: Redis) -> None:
    first = call(village, "first")
    first.press(*TO_CONFIRM)
    redis.flushall()
    later = replace(first.conversation, time=lambda: village.time() + 1801)

    assert later.dropped(hung_up("first", first.text)) is None


def test_a_late_notice_brings_nothing_back_that_was_begun_afresh(village: Village) -> None:
    first = call(village, "first")
    first.press(*TO_CONFIRM)
    call(village, "second").press("2")

    first.conversation.dropped(hung_up("first", first.text))

    assert "Report a problem" in call(village, "third").screen.options


def test_a_draft_whose_text_may_end_in_two_places_goes_on_at_that_text(village: Village, redis: Redis) -> None:
    first = call(village, "first")
    landmark = first.press(*TO_WARD, "1")
    village.database_is_away = True
    first.press("Chiefs camp", "2")
    village.database_is_away = False
    redis.flushall()

    assert first.conversation.dropped(hung_up("first", first.text)) is not None
    assert call(village, "second").press("1") == landmark


@pytest.mark.parametrize("answers", [("1",), (*TO_CONFIRM, "1"), (*TO_WARD, "00")])
def test_a_drop_with_nothing_unfinished_is_nothing_to_continue(village: Village, answers: tuple[str, ...]) -> None:
    first = call(village, "first")
    first.press(*answers)

    assert first.conversation.dropped(hung_up("first", first.text)) is None


def test_a_notice_with_another_phone_notes_nothing(village: Village) -> None:
    village.database_is_away = True
    first = call(village, "first")
    first.press(*TO_CONFIRM)
    village.database_is_away = False

    with pytest.raises(NotTheirSession):
        first.conversation.dropped(hung_up("first", first.text, "+254700000002"))
    assert village.entries == {}


def test_a_notice_brings_a_journal_up_to_date_that_was_away_all_along(village: Village, redis: Redis) -> None:
    village.database_is_away = True
    first = call(village, "first")
    question = first.press(*TO_CONFIRM)
    village.database_is_away = False

    first.conversation.dropped(hung_up("first", first.text))
    redis.flushall()

    assert call(village, "second").press("1") == question


def test_a_notice_about_a_session_that_never_was_is_nothing(village: Village, phone: Phone) -> None:
    assert phone.conversation.dropped(hung_up("unknown", "1*1*2")) is None
