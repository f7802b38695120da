"""The 72 hours, told in seconds: two clocks at once on real processes, and everybody hears of each step once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys import rehearsal
from tests.journeys.rehearsal import ASSOCIATION, CHIEF, DIRECTOR, OFFICER, SUPERVISOR, Phone, reference_in
from tests.standin.carrier import Carrier

SECONDS = {"ACK": 4, "DONE": 8, "PROMISE": 12, "CHIEF": 16, "EXTERNAL": 20, "VERIFY": 6, "REOPEN": 60}
HOURS = {f"{name}_HOURS": f"{seconds / 3600:.6f}" for name, seconds in SECONDS.items()}

_REPORT = {"en": "DUMPING Maringo, {place}", "sw": "DAMPO Maringo, {place}"}
_YES, _NO, _RAISE = {"en": "YES", "sw": "NDIYO"}, {"en": "NO", "sw": "HAPANA"}, {"en": "ESCALATE", "sw": "JUU"}


@dataclass
class Days:
    carrier: Carrier

    def resident(self, number: int, language: str) -> Phone:
        return Phone(self.carrier, f"+2547000006{number:02}", language)

    def official(self, number: str) -> Phone:
        return Phone(self.carrier, number, "en")

    def reports(self, resident: Phone, place: str) -> str:
        resident.text(_REPORT[resident.language].format(place=place))
        return reference_in(resident.hears("sms.received"))

    def hears_of(self, number: str, words: str, reference: str) -> None:
        """In one text with others, or alone."""
        skip = 0
        while reference not in self.carrier.wait_for_sms(number, containing=words, timeout=40, skip=skip).text:
            skip += 1

    def nobody_acts(self, number: int, language: str, place: str) -> str:
        resident = self.resident(number, language)
        reference = self.reports(resident, place)

        self.official(OFFICER).hears("officer.assigned", reference)
        self.official(OFFICER).hears("officer.ack.late", reference)
        self.hears_of(SUPERVISOR, "ESCALATED", reference)
        self.official(OFFICER).hears("officer.reminder", reference)
        self.hears_of(DIRECTOR, "ESCALATED", reference)
        resident.hears("sms.overdue", reference)
        self.hears_of(CHIEF, "not fixed after", reference)
        self.hears_of(ASSOCIATION, "not fixed in time", reference)

        resident.text(f"{_NO[language]} {reference}")
        resident.hears("sms.still_there", reference)
        return reference

    def it_is_done_and_nobody_answers(self, number: int, language: str, place: str) -> str:
        resident = self.resident(number, language)
        reference = self.reports(resident, place)
        self.official(OFFICER).text(f"DONE {reference} two lorries removed")

        resident.hears("sms.resolved", reference)
        resident.hears("sms.resolved.reminder", reference)
        resident.hears("sms.closed.silent", reference)
        resident.text(f"{_NO[language]} {reference}")
        resident.hears("sms.reopened", reference)
        self.official(SUPERVISOR).hears("officer.reopened", reference)
        return reference

    def it_is_late_and_was_fixed_all_the_same(self, number: int, language: str, place: str) -> str:
        resident = self.resident(number, language)
        reference = self.reports(resident, place)

        resident.hears("sms.overdue", reference)
        resident.text(f"{_YES[language]} {reference}")

        resident.hears("sms.closed.confirmed", reference)
        return reference

    def it_is_late_and_its_resident_goes_higher(self, number: int, language: str, place: str) -> str:
        resident = self.resident(number, language)
        reference = self.reports(resident, place)

        resident.hears("sms.overdue", reference)
        resident.text(f"{_RAISE[language]} {reference}")

        resident.hears("sms.escalated", reference)
        self.official(CHIEF).hears("supervisor.raised", reference)
        return reference

    def texts(self, number: str, reference: str) -> list[str]:
        return [sms.text for sms in self.carrier.inbox(number) if reference in sms.text]

    def when(self, number: str, words: str, reference: str) -> int:
        """The place of the first such text among all that were sent."""
        return next(
            at
            for at, sms in enumerate(self.carrier.sent)
            if sms.phone == number and words in sms.text and reference in sms.text
        )


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_each_level_comes_in_its_order_and_once_with_two_clocks_and_silence_closes(
    environment: dict[str, str], carrier: Carrier, tmp_path: Path
) -> None:
    processes = ("web", "worker", "clock", "clock.2")
    with rehearsal.running(environment, carrier, tmp_path, *processes, SWEEP_SECONDS="0.2", **HOURS):
        days = Days(carrier)
        *left_alone, closed, raised, _, _ = rehearsal.at_once(
            [
                lambda: days.nobody_acts(1, "en", "mosque gate"),
                lambda: days.nobody_acts(2, "sw", "Uhuru school"),
                lambda: days.it_is_late_and_was_fixed_all_the_same(3, "en", "Jua Kali sheds"),
                lambda: days.it_is_late_and_its_resident_goes_higher(4, "sw", "water tower"),
                lambda: days.it_is_done_and_nobody_answers(5, "en", "old cinema"),
                lambda: days.it_is_done_and_nobody_answers(6, "sw", "railway bridge"),
            ]
        )

    for reference in left_alone:
        steps = [(OFFICER, "NEW"), (OFFICER, "Reminder"), (SUPERVISOR, "ESCALATED"), (DIRECTOR, "ESCALATED")]
        steps += [(CHIEF, "not fixed after"), (ASSOCIATION, "not fixed in time")]
        assert (order := [days.when(*step, reference) for step in steps]) == sorted(order)
        assert [len(days.texts(number, reference)) for number in (SUPERVISOR, DIRECTOR, CHIEF, ASSOCIATION)] == [1] * 4
        assert len(days.texts(OFFICER, reference)) == 3
    assert days.texts(CHIEF, closed) == []
    assert len(days.texts(CHIEF, raised)) == 1, "raised by a person, not by the clock once more"
    told = Counter((sms.phone, sms.text) for sms in carrier.sent)
    assert max(told.values()) == 1, "nothing twice"
