"""My complaints by USSD on the real application, in both languages: what may be done in each state, and its end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway import clock
from gateway.complaints import followers, queries, reference, states
from gateway.models import Event
from tests.gateway import cast
from tests.gateway.ussd.conftest import Caller, County, one

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

LONG_AGO = timedelta(days=4)
NOTE = "Two lorries removed it"


def at_the_complaint(caller: Caller, number: str) -> Caller:
    return caller.dial().choose("My complaints", number)


def last_event(county: County, number: str) -> Event:
    with county.services.db.reading() as session:
        return queries.history(session, one(session, number))[-1]


def test_a_caller_without_complaints_may_report_or_enter_a_number(caller: Caller) -> None:
    caller.dial().choose("My complaints").at("no_complaints")
    caller.choose("Enter a complaint no.").at("number")


def test_a_complaint_is_shown_with_its_state_and_its_time(caller: Caller, county: County) -> None:
    number = county.complaint()

    shown = at_the_complaint(caller, number).at("complaint_open")

    assert shown["ref"] == number
    assert shown["category"] == caller.category("T2")
    assert shown["state"] in ("Received", "Limepokelewa")
    assert ":" in shown["due"]


def test_twelve_complaints_are_listed_the_newest_first_on_pages(caller: Caller, county: County) -> None:
    numbers = [county.complaint(ago=timedelta(hours=hours)) for hours in range(1, 13)]

    caller.dial().choose("My complaints")
    assert next(iter(caller.screen.options)).startswith(numbers[0])
    caller.choose(numbers[11]).at("complaint_open")


def test_details_are_added_as_they_are_typed(caller: Caller, county: County) -> None:
    number = county.complaint()
    at_the_complaint(caller, number).choose("Add details").at("details")
    caller.type("behind gate 5*7").at("details_confirm")
    caller.choose("Change").type("behind gate 5*7, blue").choose("Send").at("details_added")

    event = last_event(county, number)
    assert (event.verb, event.words, event.channel) == (states.INFO, "behind gate 5*7, blue", "ussd")


def test_an_officers_question_is_shown_and_answered(caller: Caller, county: County) -> None:
    number = county.complaint()
    county.say(cast.OTIENO, states.ASK, number, "Which side of the road?")

    asked = at_the_complaint(caller, number).at("complaint_asked")
    assert asked == {"ref": number, "said": "Which side of the road?"}
    caller.choose("Answer").type("The side of the school").choose("Send").at("details_added")

    assert county.look(number).state != states.NEEDS_INFO


def test_before_the_time_is_over_only_danger_escalates(caller: Caller, county: County) -> None:
    number = county.complaint()
    assert at_the_complaint(caller, number).choose("Escalate").at("escalate_early")["ref"] == number
    caller.choose("It is dangerous").at("escalated")

    assert last_event(county, number).verb == states.URGENT
    at_the_complaint(caller, number).choose("Escalate", "It is dangerous").at("escalated_already")


def test_what_is_late_is_escalated_when_it_is_confirmed(caller: Caller, county: County) -> None:
    number = county.complaint(ago=LONG_AGO)
    assert at_the_complaint(caller, number).at("complaint_late")["ref"] == number
    caller.choose("Escalate").at("escalate")
    caller.choose("No").at("my_complaints")
    caller.choose(number, "Escalate", "Yes").at("escalated")

    assert last_event(county, number).verb == states.ESCALATE


def test_what_is_late_may_be_fixed_all_the_same(caller: Caller, county: County) -> None:
    number = county.complaint(ago=LONG_AGO)
    at_the_complaint(caller, number).choose("It is fixed").at("rate")

    assert county.look(number).outcome == states.CONFIRMED


def test_a_complaint_is_withdrawn_when_it_is_confirmed(caller: Caller, county: County) -> None:
    number = county.complaint()
    at_the_complaint(caller, number).choose("Withdraw").at("withdraw")
    caller.choose("No").at("my_complaints")
    caller.choose(number, "Withdraw", "Yes, withdraw").at("withdrawn")

    assert county.look(number).outcome == states.WITHDRAWN
    at_the_complaint(caller, number).at("complaint_over")


def test_what_others_follow_stays_open_for_them(caller: Caller, county: County) -> None:
    number = county.complaint()
    follow(county, number, cast.BRIAN)
    at_the_complaint(caller, number).choose("Withdraw", "Yes, withdraw").at("withdrawn_left")

    assert county.look(number).state == states.RECEIVED


def test_what_is_fixed_is_closed_and_rated(caller: Caller, county: County) -> None:
    number = done(county)
    shown = at_the_complaint(caller, number).at("complaint_resolved")
    assert shown == {"ref": number, "said": NOTE}

    caller.choose("It is fixed").at("rate")
    assert county.look(number).outcome == states.CONFIRMED
    caller.choose("Good").at("rated")

    assert county.look(number).rating == 4
    at_the_complaint(caller, number).at("complaint_closed")


def test_what_is_not_fixed_is_opened_again_with_the_reason(caller: Caller, county: County) -> None:
    number = done(county)
    at_the_complaint(caller, number).choose("Not fixed").at("reason")
    assert caller.choose("Only part done").at("not_fixed") == {
        "report": number,
        "reason": caller.label("Only part done"),
    }
    caller.choose("Yes").at("reopened")

    assert (county.look(number).state, county.look(number).cycle) == (states.RECEIVED, 2)
    assert last_event(county, number).words == caller.label("Only part done")


def test_what_was_closed_is_opened_again_within_its_window_only(caller: Caller, county: County) -> None:
    number, old = done(county), done(county, ago=timedelta(days=10))
    county.say(cast.AMINA, states.YES, number)
    county.say(cast.AMINA, states.YES, old, ago=LONG_AGO)

    at_the_complaint(caller, old).at("complaint_over")
    at_the_complaint(caller, number).at("complaint_closed")
    caller.choose("Not fixed", "It came back", "Yes").at("reopened")


def test_the_third_no_goes_to_the_director(caller: Caller, county: County) -> None:
    number = county.complaint()
    for _ in range(2):
        county.say(cast.OTIENO, states.DONE, number, NOTE)
        county.say(cast.AMINA, states.NO, number)
    county.say(cast.OTIENO, states.DONE, number, NOTE)

    at_the_complaint(caller, number).choose("Not fixed", "Nothing was done", "Yes").at("disputed")


def test_a_follower_sees_it_may_say_no_and_may_not_withdraw(caller: Caller, county: County) -> None:
    number = county.complaint(owner=cast.BRIAN)
    follow(county, number, cast.AMINA)
    at_the_complaint(caller, number).at("complaint_open")
    assert not caller.offers("Withdraw")
    county.say(cast.OTIENO, states.DONE, number, NOTE)

    at_the_complaint(caller, number).choose("Not fixed", "It came back", "Yes").at("noted")

    assert county.look(number).state == states.RESOLVED
    assert last_event(county, number).role == states.FOLLOWER


def test_looking_at_a_complaint_leaves_nothing_to_be_continued(caller: Caller, county: County) -> None:
    number = county.complaint()
    at_the_complaint(caller, number).at("complaint_open")

    caller.dial().at("home")


def test_what_has_changed_during_the_call_is_not_done(caller: Caller, county: County) -> None:
    number = county.complaint()
    at_the_complaint(caller, number).choose("Withdraw").at("withdraw")
    county.say(cast.OTIENO, states.DONE, number, NOTE)

    assert caller.choose("Yes, withdraw").at("not_now") == {"ref": number}
    assert county.look(number).state == states.RESOLVED


def test_a_complaint_is_found_by_its_number_however_it_is_typed(caller: Caller, county: County) -> None:
    number = county.complaint()
    caller.dial().choose("My complaints", "Enter a complaint no.").at("number")

    assert caller.type(f"No. {number[:3]} {number[3:]}").at("complaint_open")["ref"] == number
    caller.choose("Withdraw", "Yes, withdraw").at("withdrawn")


def test_a_wrong_digit_finds_nothing_and_neither_does_another_persons_number(caller: Caller, county: County) -> None:
    number = county.complaint(owner=cast.BRIAN)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not reference.is_valid(wrong)
    caller.dial().choose("My complaints", "Enter a complaint no.")

    assert caller.type(wrong).at("number_wrong") == {"number": wrong}
    caller.choose("Try again")
    assert caller.type(number).at("number_unknown") == {"number": number}
    caller.choose("Try again").type("none*at*all").at("number_wrong")


def done(county: County, ago: timedelta = timedelta(hours=1)) -> str:
    """Reported, and done as the county says."""
    number = county.complaint(ago=ago + timedelta(hours=1))
    county.say(cast.OTIENO, states.DONE, number, NOTE, ago=ago)
    return number


def follow(county: County, number: str, phone: str) -> None:
    with county.services.db.transaction() as session:
        person = cast.person(session, phone)
        followers.join(session, county.services.settings, one(session, number), person, clock.now(), "sms")
