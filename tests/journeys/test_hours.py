"""The 72 hours, told in seconds: two clocks at once on real processes, and everybody hears of each step once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys import rehearsal
from tests.journeys.rehearsal import ASSOCIATION, CHIEF, DIRECTOR, OFFICER, SUPERVISOR, Phone, on_record, reference_in
from tests.journeys.test_life import Town
from tests.standin.carrier import Carrier

SECONDS = {"ACK": 4, "DONE": 8, "PROMISE": 12, "CHIEF": 16, "EXTERNAL": 20, "VERIFY": 6, "REOPEN": 60}
#: All levels are due before a clock that is started has looked for the first time.
MOMENTS = {"ACK": 0.4, "DONE": 0.5, "PROMISE": 0.6, "CHIEF": 0.7, "EXTERNAL": 0.8, "VERIFY": 900, "REOPEN": 900}
#: Of each level, who is told first and in which words.
ALERTS = (
    (SUPERVISOR, "ESCALATED"),
    (DIRECTOR, "ESCALATED"),
    (CHIEF, "not fixed after"),
    (ASSOCIATION, "not fixed in time"),
)

_REPORT = {"en": "DUMPING Maringo, {place}", "sw": "DAMPO Maringo, {place}"}
_YES, _NO, _RAISE = {"en": "YES", "sw": "NDIYO"}, {"en": "NO", "sw": "HAPANA"}, {"en": "ESCALATE", "sw": "JUU"}


def hours(seconds: Mapping[str, float]) -> dict[str, str]:
    return {f"{name}_HOURS": f"{length / 3600:.6f}" for name, length in seconds.items()}


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

    def hears_of(self, number: str, words: str, reference: str, times: int = 1) -> None:
        """In one text with others, or alone."""
        self.official(number).hears_words(words, reference, times=times)

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
    with rehearsal.running(environment, carrier, tmp_path, *processes, SWEEP_SECONDS="0.2", **hours(SECONDS)):
        days = Days(carrier)
        *left_alone, closed, raised, _ = rehearsal.at_once(
            # Five: so many are named in one text when the machine is slow and all are told of at once.
            [
                lambda: days.nobody_acts(1, "en", "mosque gate"),
                lambda: days.nobody_acts(2, "sw", "Uhuru school"),
                lambda: days.it_is_late_and_was_fixed_all_the_same(3, "en", "Jua Kali sheds"),
                lambda: days.it_is_late_and_its_resident_goes_higher(4, "sw", "water tower"),
                lambda: days.it_is_done_and_nobody_answers(5, "sw", "railway bridge"),
            ]
        )

    for reference in left_alone:
        steps = [(OFFICER, "NEW"), (OFFICER, "Reminder"), *ALERTS]
        assert (order := [days.when(*step, reference) for step in steps]) == sorted(order)
        assert [len(days.texts(number, reference)) for number in (SUPERVISOR, DIRECTOR, CHIEF, ASSOCIATION)] == [1] * 4
        assert len(days.texts(OFFICER, reference)) == 3
    assert days.texts(CHIEF, closed) == []
    assert len(days.texts(CHIEF, raised)) == 1, "raised by a person, not by the clock once more"
    told = Counter((sms.phone, sms.text) for sms in carrier.sent)
    assert max(told.values()) == 1, "nothing twice"


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_after_an_outage_three_clocks_do_all_that_was_missed_once_and_so_in_the_next_cycle(
    environment: dict[str, str], carrier: Carrier, tmp_path: Path
) -> None:
    town, days = Town(carrier, "en", environment), Days(carrier)
    owners, follower = (town.resident(31), town.resident(32)), town.resident(33)
    processes = ("web", "worker", "clock")
    with rehearsal.running(
        environment, carrier, tmp_path, *processes, SWEEP_SECONDS="0.2", **hours(MOMENTS)
    ) as gateway:
        gateway.kill("clock")
        followed, alone = (
            town.reports(owner, place) for owner, place in zip(owners, ("mosque gate", "old cinema"), strict=True)
        )
        town.joins(follower, "mosque gate", followed)
        gateway.start("clock", "clock.2", "clock.3")

        for reference in (followed, alone):
            for number, words in ALERTS:
                days.hears_of(number, words, reference)
            town.is_done(reference=reference)
        for owner, reference in zip(owners, (followed, alone), strict=True):
            owner.hears("sms.resolved", reference)
            town.says(owner.number, "NO", reference).hears("sms.reopened", reference)
            town.phone(SUPERVISOR).hears("officer.reopened", reference)
            for number, words in ALERTS[1:]:
                days.hears_of(number, words, reference, times=2)
            owner.hears("sms.overdue", reference, times=2)
        follower.hears("sms.overdue", followed, times=2)

    for owner, reference in zip(owners, (followed, alone), strict=True):
        complaint, history = on_record(environment, reference)
        assert (complaint.cycle, complaint.level, complaint.priority, complaint.late) == (2, 4, "high", True)
        climbed = [event for event in history if event.role == "clock" and "level" in (event.facts or {})]
        assert [(event.cycle, event.facts["level"]) for event in climbed if event.facts] == [
            *((1, level) for level in (0, 1, 2, 3, 4)),
            # Whoever is above knows at once what is not fixed after all.
            *((2, level) for level in (1, 0, 2, 3, 4)),
        ]
        assert len({event.at for event in climbed[:5]}) == 1, "all were due when the first clock looked"
        told = [sum(words in text for text in days.texts(number, reference)) for number, words in ALERTS]
        assert told == [1, 2, 2, 2]
        assert owner.has_heard("sms.overdue", reference) == 2
        assert days.official(OFFICER).has_heard("officer.overdue", reference) == 1
        assert not days.official(OFFICER).has_heard("officer.reopened", reference)
    assert follower.has_heard("sms.overdue", followed) == 2
