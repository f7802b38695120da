"""Redis emptied before every hop of the real menu on the real database: nothing else is on the screens."""

from __future__ import annotations

import pytest
from redis import Redis

from gateway.complaints import states
from tests.gateway import cast
from tests.gateway.ussd.conftest import Caller, County


def test_a_report_with_stars_in_what_is_typed_is_filed_once(caller: Caller, county: County, redis: Redis) -> None:
    county.complaint(owner=cast.BRIAN)
    caller.dial()
    for label in ("Report a problem", "Garbage & dumping", caller.category("T2"), "Type estate or area name"):
        redis.flushall()
        caller.choose(label)
    for typed, screen in (("5*7*1", "area_unknown"), ("1", "typed_area"), ("Kayole", "area_wards"), ("9", "area")):
        redis.flushall()
        caller.type(typed).at(screen)
    for label in ("Makadara", "Maringo/Hamza"):
        caller.choose(label)
        redis.flushall()
    caller.type("Stage*Mosque Rd").at("alike")
    for label, screen in (("Mine is different", "confirm"), ("Send", "sent")):
        redis.flushall()
        caller.choose(label).at(screen)
    redis.flushall()
    caller.call.repeat()

    assert [complaint.landmark for complaint in county.all()] == ["Stage Mosque Rd", "Stage*Mosque Rd"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_officers_sms_during_a_call_changes_no_number_on_the_phone(
    caller: Caller, county: County, redis: Redis
) -> None:
    number = county.complaint()
    caller.dial().choose("My complaints", number).at("complaint_open")
    county.say(cast.OTIENO, states.DONE, number, "Two lorries removed it")
    redis.flushall()

    caller.choose("Add details").at("details")
    redis.flushall()
    caller.type("It is 5*7").choose("Send").at("details_added")
