"""Help, privacy and SMS on or off by USSD, on the real application and in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.models import Person
from tests.gateway import cast
from tests.gateway.ussd.conftest import Caller, County
from tests.standin.carrier import Carrier

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def person(county: County) -> Person:
    with county.services.db.reading() as session:
        return session.scalars(select(Person).where(Person.phone_hash == county.services.phones.hash(cast.AMINA))).one()


def test_how_it_works_says_the_promise_and_the_number_for_sms(caller: Caller, county: County) -> None:
    shown = caller.dial().choose("Help & privacy", "How Hatua works").at("help_how")

    assert shown == {"hours": "72", "sms": "21972"}


def test_the_emergency_numbers_are_two_answers_away(caller: Caller) -> None:
    caller.dial().choose("Help & privacy", "Emergency numbers").at("help_emergency")

    assert "999" in caller.screen.text
    assert caller.hops == 2


def test_a_caller_is_told_what_we_hold_and_who_sees_it(caller: Caller, county: County) -> None:
    county.complaint()
    county.complaint(ago=timedelta(hours=2))

    shown = caller.dial().choose("Help & privacy", "My data", "What you hold on me").at("data_held")

    assert shown == {"reported": "2", "followed": "0"}
    caller.dial().choose("Help & privacy", "My data", "Who sees it").at("data_who")


def test_deleting_is_asked_and_then_the_phone_is_a_new_caller(caller: Caller, county: County) -> None:
    caller.dial().choose("Help & privacy", "My data", "Delete my data").at("data_erase")
    caller.choose("No").at("data")
    county.complaint()
    caller.choose("Delete my data", "Yes").at("data_erased")

    # A new caller: asked for the language, and without complaints.
    caller.dial().at("notice")
    caller.choose("My complaints").at("no_complaints")


def test_who_is_on_the_roster_is_told_what_the_roster_keeps(carrier: Carrier, county: County, language: str) -> None:
    officer = Caller(carrier, language, cast.OTIENO)

    officer.dial().choose("Help & privacy", "My data", "What you hold on me").at("data_held_roster")
    officer.dial().choose("Help & privacy", "My data", "Delete my data").at("data_kept")


def test_sms_are_stopped_and_started_and_only_the_other_is_offered(caller: Caller, county: County) -> None:
    caller.dial().choose("Help & privacy", "Stop or start SMS").at("sms")
    assert not caller.offers("Start SMS")
    assert caller.choose("Stop SMS").at("sms_stopped") == {"sms": "21972"}
    assert person(county).sms_stopped_at is not None

    caller.dial().choose("Help & privacy", "Stop or start SMS").at("sms")
    assert not caller.offers("Stop SMS")
    caller.choose("Start SMS").at("sms_started")

    assert person(county).sms_stopped_at is None


def test_the_language_is_changed_from_the_main_menu(caller: Caller, county: County) -> None:
    other = {"en": "Kiswahili", "sw": "English"}[caller.language]
    caller.dial().choose("Language / Lugha", other)
    caller.language = {"en": "sw", "sw": "en"}[caller.language]

    caller.at("home")
    assert person(county).language == caller.language
    caller.dial().at("home")
