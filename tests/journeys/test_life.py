"""A complaint's life by every verb of everybody, end to end on real processes; in each language."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.journeys import rehearsal
from tests.journeys.rehearsal import (
    ASSOCIATION,
    DIRECTOR,
    OFFICER,
    OTHER_OFFICER,
    SUPERVISOR,
    Phone,
    on_record,
    reference_in,
)
from tests.standin.carrier import Carrier

_KISWAHILI = {
    "DUMPING": "DAMPO", "STATUS": "HALI", "YES": "NDIYO", "NO": "HAPANA", "RATE": "KADIRIA", "INFO": "JIBU",
    "CANCEL": "ONDOA", "ESCALATE": "JUU", "URGENT": "DHARURA", "STOP": "ACHA", "START": "ANZA", "ACK": "POKEA",
    "DONE": "MALIZA", "ASK": "ULIZA", "NOTE": "ANDIKA", "REJECT": "KATAA", "REFER": "HAMISHA", "DUP": "NAKALA",
    "WARD": "WADI",
}  # fmt: skip
#: What is chosen on the screens to report illegal dumping in Maringo, up to the landmark.
_SCREENS = {
    "en": ("English", "Report a problem", "Garbage & dumping", "Illegal dumping", "Makadara", "Maringo/Hamza"),
    "sw": ("Kiswahili", "Ripoti shida", "Taka na utupaji", "Utupaji taka haramu", "Makadara", "Maringo/Hamza"),
}
_JOIN = {"en": "Add me to it", "sw": "Niongeze hapo"}


@dataclass
class Town:
    carrier: Carrier
    language: str
    environment: dict[str, str]
    #: Of complaints that come to the same point again.
    _circling: set[str] = field(default_factory=set)

    def goes_in_circles(self, text: str) -> bool:
        return any(reference in text for reference in self._circling)

    def word(self, english: str) -> str:
        return english if self.language == "en" else _KISWAHILI[english]

    def phone(self, number: str) -> Phone:
        return Phone(self.carrier, number, self.language)

    def resident(self, number: int) -> Phone:
        return self.phone(f"+2547000005{number:02}")

    def reports(self, resident: Phone, place: str) -> str:
        """One text; the new complaint's reference."""
        resident.text(f"{self.word('DUMPING')} Maringo, {place}")
        return reference_in(resident.hears("sms.received"))

    def joins(self, follower: Phone, place: str, reference: str) -> None:
        """Dials, reports the same and finds that others did."""
        call = self.carrier.dial(follower.number)
        for label in _SCREENS[self.language]:
            call.choose(label)
        call.press(place)
        call.choose(place)
        assert reference in call.screen.text
        assert reference in call.choose(_JOIN[self.language]).text
        follower.hears("sms.joined", reference)

    def says(self, number: str, verb: str, reference: str, words: str = "") -> Phone:
        phone = self.phone(number)
        phone.text(f"{self.word(verb) if verb not in ('OK', 'BAD') else verb} {reference} {words}")
        return phone

    def is_done(self, *residents: Phone, reference: str, by: str = OFFICER) -> None:
        """Said so by the officer, and everybody is asked."""
        self.says(by, "DONE", reference, "two lorries removed").hears("officer.done.ok", reference)
        for resident in residents:
            resident.hears("sms.resolved", reference)

    def is_open_again(self, reference: str) -> None:
        """Before all that nobody has doubted yet, and not for whoever said that it was done."""
        self.phone(SUPERVISOR).hears("officer.reopened", reference)
        assert not self.phone(OFFICER).has_heard("officer.reopened", reference)
        complaint, _ = on_record(self.environment, reference)
        assert (complaint.state, complaint.cycle, complaint.priority) == ("received", 2, "high")

    # The stories

    def one_text_is_a_report(self) -> None:
        resident = Phone(self.carrier, self.resident(1).number, "sw")

        resident.text("TAKA Kayole soko, lori linamwaga usiku")
        resident.hears("sms.ask.area.which")
        resident.text("1")

        received = resident.hears("sms.received")
        assert "Kayole Central" in received
        assert "soko, lori" in received

    def two_followers_open_it_again(self) -> None:
        owner, one, other = self.resident(2), self.resident(3), self.resident(4)
        reference = self.reports(owner, "mosque gate")
        self.joins(one, "mosque gate", reference)
        self.joins(other, "mosque gate", reference)
        self.is_done(owner, one, other, reference=reference)
        self.phone(ASSOCIATION).hears("sms.ra.resolved", reference)

        self.says(one.number, "NO", reference).hears("sms.follower.no", reference)
        self.says(other.number, "NO", reference).hears("sms.reopened", reference)

        self.is_open_again(reference)
        owner.hears("sms.reopened", reference)

    def the_association_disputes_and_later_confirms(self) -> None:
        owner = self.resident(5)
        reference = self.reports(owner, "Uhuru school")
        self._circling.add(reference)
        self.is_done(owner, reference=reference)

        self.says(ASSOCIATION, "BAD", reference).hears("association.bad", reference)
        self.is_open_again(reference)
        self.is_done(reference=reference, by=SUPERVISOR)
        self.says(ASSOCIATION, "OK", reference).hears("association.ok", reference)

        self.phone(SUPERVISOR).hears("officer.confirmed", reference)
        self.says(owner.number, "RATE", reference, "5").hears("sms.rate.thanks")

    def a_question_is_answered(self) -> None:
        owner, officer = self.resident(6), self.phone(OFFICER)
        reference = self.reports(owner, "old cinema")

        self.says(OFFICER, "START", reference, "lori iko njiani").hears("officer.start.ok", reference)
        assert "lori iko njiani" in owner.hears("sms.in_progress.note", reference)
        self.says(OFFICER, "ASK", reference, "upande gani wa barabara?").hears("officer.ask.ok", reference)
        assert "upande gani wa barabara" in owner.hears("sms.needs_info", reference)
        self.says(owner.number, "INFO", reference, "nyuma ya geti la bluu").hears("sms.info.ok", reference)

        assert "nyuma ya geti la bluu" in officer.hears("officer.info", reference)
        self.says(OFFICER, "NOTE", reference, "lori kubwa linahitajika").hears("officer.note.ok", reference)

    def a_rejection_is_confirmed_above_and_appealed_once(self) -> None:
        owner = self.resident(7)
        reference = self.reports(owner, "railway bridge")

        self.says(OFFICER, "REJECT", reference, "shamba la mtu").hears("officer.reject.ok", reference)
        assert "shamba la mtu" in self.phone(SUPERVISOR).hears("supervisor.reject", reference)
        assert not owner.has_heard("sms.rejected", reference)
        self.says(SUPERVISOR, "REJECT", reference).hears("officer.rejected.ok", reference)
        self.says(owner.number, "NO", reference).hears("sms.reopened", reference)

        self.phone(SUPERVISOR).hears("officer.reopened", reference)

    def it_is_referred_to_an_agency(self) -> None:
        owner = self.resident(8)
        reference = self.reports(owner, "Jua Kali sheds")

        self.says(OFFICER, "REFER", reference, "NEMA").hears("officer.refer.ok", reference)

        assert "NEMA" in owner.hears("sms.referred", reference)

    def two_are_one(self) -> None:
        first, second = self.resident(9), self.resident(10)
        parent, reference = self.reports(first, "water tower"), self.reports(second, "the big tank")
        self._circling.add(reference)

        self.says(OFFICER, "DUP", reference, parent).hears("officer.dup.ok", reference)

        assert parent in second.hears("sms.merged", reference)
        self.is_done(first, second, reference=parent)
        self.says(second.number, "NO", reference).hears("sms.parted", reference)

    def it_is_moved_to_another_ward(self) -> None:
        owner = self.resident(11)
        reference = self.reports(owner, "blue kiosk")

        self.says(OFFICER, "WARD", reference, "Karen").hears("officer.ward.ok", reference)

        Phone(self.carrier, OTHER_OFFICER, "en").hears("officer.assigned", reference)
        assert "Karen" in owner.hears("sms.assigned", reference)
        self.says(OFFICER, "DONE", reference, "two lorries removed").hears("officer.unknown_ref", reference)

    def whoever_stops_hears_nothing_unasked(self) -> None:
        owner = self.resident(12)
        reference = self.reports(owner, "chief's camp")

        owner.text(self.word("STOP"))
        owner.hears("sms.optout")
        self.is_done(reference=reference)
        self.says(owner.number, "STATUS", reference).hears("sms.status.closed", reference)

        assert not owner.has_heard("sms.resolved", reference)
        owner.text(self.word("START"))
        owner.hears("sms.optin")
        self.says(owner.number, "YES", reference).hears("sms.closed.confirmed", reference)

    def a_bad_mark_is_asked_about(self) -> None:
        owner = self.resident(13)
        reference = self.reports(owner, "garage road")
        self.is_done(owner, reference=reference)

        self.says(owner.number, "YES", "").hears("sms.closed.confirmed", reference)
        owner.text("1")
        owner.hears("sms.rate.low", reference)
        owner.text("walikuja na gari dogo tu")

        owner.hears("sms.rate.thanks")

    def the_third_no_is_for_the_director(self) -> None:
        owner = self.resident(14)
        reference = self.reports(owner, "posta flats")
        self._circling.add(reference)
        self.is_done(owner, reference=reference)
        self.says(owner.number, "NO", reference).hears("sms.reopened", reference)
        self.is_open_again(reference)
        self.is_done(reference=reference, by=SUPERVISOR)
        self.says(owner.number, "NO", reference)
        self.phone(SUPERVISOR).hears("officer.reopened", reference)
        self.is_done(reference=reference, by=SUPERVISOR)

        self.says(owner.number, "NO", reference).hears("sms.disputed", reference)

        Phone(self.carrier, DIRECTOR, "en").hears("supervisor.disputed", reference)
        complaint, _ = on_record(self.environment, reference)
        assert (complaint.state, complaint.cycle, complaint.level) == ("resolved", 3, 2)

    def danger_cannot_wait_and_impatience_can(self) -> None:
        owner = self.resident(15)
        reference = self.reports(owner, "ward office")

        self.says(owner.number, "ESCALATE", reference).hears("sms.escalate.early", reference)
        self.says(owner.number, "ESCALATE", reference, self.word("URGENT")).hears("sms.escalated", reference)
        self.phone(SUPERVISOR).hears("supervisor.urgent", reference)

        self.says(owner.number, "CANCEL", reference).hears("sms.closed.withdrawn", reference)
        self.phone(OFFICER).hears("officer.withdrawn", reference)


STORIES = (
    Town.one_text_is_a_report,
    Town.two_followers_open_it_again,
    Town.the_association_disputes_and_later_confirms,
    Town.a_question_is_answered,
    Town.a_rejection_is_confirmed_above_and_appealed_once,
    Town.it_is_referred_to_an_agency,
    Town.two_are_one,
    Town.it_is_moved_to_another_ward,
    Town.whoever_stops_hears_nothing_unasked,
    Town.a_bad_mark_is_asked_about,
    Town.the_third_no_is_for_the_director,
    Town.danger_cannot_wait_and_impatience_can,
)


@pytest.mark.parametrize(
    ("backend", "language"),
    [("sqlite", "en"), ("postgresql", "sw")],
    indirect=["backend"],
    ids=["English", "Kiswahili"],
)
def test_every_verb_of_everybody_goes_round(
    environment: dict[str, str], carrier: Carrier, tmp_path: Path, language: str
) -> None:
    with rehearsal.running(environment, carrier, tmp_path, "web", "worker", "clock"):
        town = Town(carrier, language, environment)
        # Whoever works for the county has a language from their first text on.
        for number in (OFFICER, SUPERVISOR, ASSOCIATION):
            town.phone(number).text({"en": "ENGLISH", "sw": "KISWAHILI"}[language])
            town.phone(number).hears("sms.language")

        rehearsal.at_once([partial(story, town) for story in STORIES])

        told = Counter((sms.phone, sms.text) for sms in carrier.sent)
        twice = [text for (_, text), times in told.items() if times > 1 and not town.goes_in_circles(text)]
        assert not twice
        assert all(sms.parts == 1 for sms in carrier.sent)
