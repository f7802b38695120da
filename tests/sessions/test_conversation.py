"""What a caller may rely on, whatever happens to hops and stores between the phone and us."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from sessions.conversation import NotTheirSession
from sessions.store import LIFE_SECONDS
from tests.sessions.village import Phone, Village

#: English, report, garbage, illegal dumping, Kasarani on the first page, Clay City, a landmark with a star in it.
TO_CONFIRM = ("1", "1", "1", "2", "7", "1", "Plot 5*7 Rabai Rd")


def test_a_new_caller_chooses_a_language_once_and_it_is_remembered(village: Village, phone: Phone) -> None:
    assert "English" in phone.dial().options
    assert "Ripoti shida" in phone.press("2").options

    again = Phone(village.conversation(), sid="ATUid_2")

    assert "Ripoti shida" in again.dial().options


def test_a_whole_report_ends_with_the_reference_and_the_promised_time(village: Village, phone: Phone) -> None:
    phone.dial()
    assert phone.press(*TO_CONFIRM).text.startswith("Illegal dumping\nClay City: Plot 5*7 Rabai Rd\n1. Send")

    end = phone.press("1")

    assert not end.goes_on
    assert "4000000" in end.text
    assert "25 Nov 10:40" in end.text
    assert village.filed[0].answers["landmark"].value == "Plot 5*7 Rabai Rd"


def test_the_same_text_gets_the_same_reply_and_nothing_moves(village: Village, phone: Phone) -> None:
    phone.dial()
    first = phone.press("1", "1", "1")

    assert phone.send(phone.text) == first
    assert phone.press("2").text.startswith("Choose your sub-county")


def test_a_confirming_hop_that_is_repeated_files_once(village: Village, phone: Phone) -> None:
    phone.dial()
    end = phone.press(*TO_CONFIRM, "1")

    assert phone.send(phone.text) == end
    assert len(village.filed) == 1


def test_a_late_hop_gets_the_reply_that_was_sent_for_it(phone: Phone) -> None:
    phone.dial()
    early = phone.press("1", "1")
    early_text = phone.text
    phone.press("1")

    assert phone.send(early_text) == early


def test_a_text_that_continues_nothing_changes_nothing(village: Village, phone: Phone) -> None:
    phone.dial()
    before = phone.press("1", "1")

    assert phone.send("7*7*7") == before
    assert phone.press("2").text.startswith("Choose the problem")
    assert not village.filed


def test_a_wrong_number_shows_the_same_page_with_one_line_above(phone: Phone) -> None:
    phone.dial()
    page = phone.press("1", "1", "1", "98")

    wrong = phone.press("55")

    assert wrong.text == f"Please use a number shown.\n{page.text}"


@pytest.mark.parametrize("answer", ["01", "1.", " 1 ", "1)"])
def test_numbers_are_read_as_people_write_them(phone: Phone, answer: str) -> None:
    phone.dial()
    phone.press("1")

    assert phone.press(answer).text.startswith("What is the problem?")


@pytest.mark.parametrize("answer", ["", "*", "١", "1 2", "-1", "x" * 10_000, "\ufffd", "😀"])
def test_what_is_no_number_is_a_wrong_number(phone: Phone, answer: str) -> None:
    phone.dial()
    home = phone.press("1")

    assert phone.press(answer).text.endswith(home.text)


def test_any_number_of_a_list_is_accepted_on_any_page(phone: Phone) -> None:
    phone.dial()
    phone.press("1", "1", "1", "2")
    assert "Mathare" not in phone.screen.options

    assert phone.press("17").text.startswith("Ward in Mathare?")


def test_back_home_and_more_are_the_same_everywhere(phone: Phone) -> None:
    phone.dial()
    first_page = phone.press("1", "1", "1", "2")
    second_page = phone.press("98")
    assert second_page != first_page

    assert phone.press("0") == first_page
    assert phone.press("0").text.startswith("Choose the problem")
    assert phone.press("00").options["Report a problem"] == "1"
    assert phone.press("0").options["Report a problem"] == "1", "there is nowhere to go back to"


def test_free_text_too_short_or_too_long_is_asked_again(phone: Phone) -> None:
    phone.dial()
    phone.press("1", "1", "1", "2", "7", "1")

    assert phone.press("ab").text.startswith("Too short or too long.")
    assert phone.press("x" * 10_000).text.startswith("Too short or too long.")
    assert phone.press("😀😀😀😀").text.startswith("Too short or too long.")
    assert phone.press("shop").text.startswith("Illegal dumping")


def test_odd_characters_in_free_text_are_shown_as_a_phone_can(village: Village, phone: Phone) -> None:
    phone.dial()

    confirm = phone.press(*TO_CONFIRM[:-1], "Mama’s\tké 😀 shop")

    assert "Clay City: Mama's ké shop" in confirm.text


def test_a_code_dialled_whole_leads_there_in_either_field(village: Village) -> None:
    in_text = Phone(village.conversation(), sid="a").dial("1*2")
    in_code = Phone(village.conversation(), sid="b", dialled="1*2")

    assert in_text.text.startswith("Choose the problem")
    assert in_code.dial() == in_text
    assert in_code.press("3").text.startswith("Choose your sub-county")


def test_a_code_dialled_whole_never_types_a_text_and_never_confirms(village: Village) -> None:
    phone = Phone(village.conversation())

    screen = phone.dial("1*1*2*7*1*Chiefs camp*1")

    assert screen.text.startswith("Type a landmark")
    assert not village.filed


def test_a_session_belongs_to_its_phone(village: Village, phone: Phone) -> None:
    phone.dial()
    thief = Phone(village.conversation(), phone="+254700000002")

    with pytest.raises(NotTheirSession):
        thief.send("1")


def test_nothing_is_changed_when_an_action_fails_and_the_hop_may_be_tried_again(village: Village, phone: Phone) -> None:
    village.source = village.source.replace("  saved:", "  unused:")
    phone.dial()
    phone.press(*TO_CONFIRM)
    village.database_is_away = True

    assert phone.press("1").text.startswith("Sorry")
    village.database_is_away = False

    assert "4000000" in phone.send(phone.text).text
    assert len(village.filed) == 1


def test_a_session_is_forgotten_after_its_life(redis: Redis, phone: Phone) -> None:
    phone.dial()

    assert 0 < redis.ttl("ussd:s:ATUid_1") <= LIFE_SECONDS


def test_no_phone_number_is_kept_in_redis(redis: Redis, phone: Phone) -> None:
    phone.dial()
    phone.press(*TO_CONFIRM)

    assert "700000001" not in (redis.get("ussd:s:ATUid_1") or b"").decode()


def test_the_store_may_be_emptied_before_every_hop(village: Village, phone: Phone) -> None:
    answers = (*TO_CONFIRM[:4], "98", "0", "x", *TO_CONFIRM[4:], "2", "0", "0", "Kwa 2*1*3 shop", "1")
    undisturbed = Phone(Village(village.redis, village.source).conversation(), sid="other")
    undisturbed.dial()
    phone.dial()

    for answer in answers:
        undisturbed.press(answer)
        village.redis.flushall()
        phone.press(answer)

    assert phone.screens == undisturbed.screens
    assert len(village.filed) == 1


def test_fifty_copies_of_a_hop_are_one_step(village: Village, phone: Phone) -> None:
    phone.dial()
    phone.press(*TO_CONFIRM)
    text = f"{phone.text}*1"
    together = threading.Barrier(50)

    def send(_: int) -> str:
        copy = Phone(phone.conversation)
        together.wait()
        return copy.send(text).body

    with ThreadPoolExecutor(50) as threads:
        bodies = set(threads.map(send, range(50)))

    assert len(bodies) == 1
    assert len(village.filed) == 1


def test_of_two_different_answers_at_once_one_is_taken(village: Village, phone: Phone) -> None:
    """`1` files, `2` changes: whichever is first wins, and the other gets the screen that is now true."""
    phone.dial()
    confirm = phone.press(*TO_CONFIRM)
    inside = threading.Event()
    may_finish = threading.Event()

    def wait_inside() -> None:
        inside.set()
        assert may_finish.wait(10)

    village.before_action = wait_inside
    sender = Phone(phone.conversation)
    with ThreadPoolExecutor(1) as threads:
        sent = threads.submit(sender.send, f"{phone.text}*1")
        assert inside.wait(10)
        beaten = Phone(phone.conversation).send(f"{phone.text}*2")
        may_finish.set()

    assert beaten == confirm
    assert "4000000" in sent.result().text
    assert len(village.filed) == 1


def test_a_crash_while_an_action_runs_is_finished_by_the_carriers_retry(village: Village, phone: Phone) -> None:
    phone.dial()
    phone.press(*TO_CONFIRM)

    def die() -> None:
        raise KeyboardInterrupt

    village.before_action = die
    with pytest.raises(KeyboardInterrupt):
        phone.press("1")
    village.before_action = lambda: None

    assert "400000" in phone.send(phone.text).text
    assert len(village.filed) == 1
