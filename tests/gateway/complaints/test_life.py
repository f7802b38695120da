"""The whole life of a complaint, with everybody who has a part in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from gateway.complaints import followers, queries, service, states
from gateway.complaints.service import CLOCK, Actor, Moved, Refused
from gateway.complaints.states import Reason
from gateway.config import Settings
from gateway.db import Database
from gateway.models import Complaint
from tests.gateway import cast

HOUR = timedelta(hours=1)
NOTE = "cleared by truck"
CHIRCHIR, DESK, KAMAU = "+254711000005", "+254711000006", "+254711000007"
ROSTER = (
    cast.ROSTER
    + f"""{CHIRCHIR},Ann Chirchir,director,*,*
{DESK},Grace Desk,desk,*,*
{KAMAU},John Kamau,officer,*,Harambee
"""
)
NEIGHBOUR, OTHER = "+254700000003", "+254700000004"


@dataclass
class Life:
    """One complaint; time passes when `at` says so."""

    session: Session
    settings: Settings
    complaint: Complaint
    hours: float = field(default=0)

    def at(self, hours: float) -> Life:
        self.hours = hours
        return self

    def does(
        self, phone: str, verb: str, words: str | None = None, complaint: Complaint | None = None
    ) -> Reason | bool:
        """Whether it changed anything, or why not."""
        actor = Actor(cast.person(self.session, phone), "sms")
        return self._moved(actor, verb, words, complaint or self.complaint)

    def clock(self, verb: str) -> Reason | bool:
        return self._moved(CLOCK, verb, None, self.complaint)

    def county_system(self, verb: str, words: str | None = None) -> Reason | bool:
        return self._moved(Actor(None, "county", states.SYNC), verb, words, self.complaint)

    def _moved(self, actor: Actor, verb: str, words: str | None, complaint: Complaint) -> Reason | bool:
        outcome = service.move(
            self.session,
            self.settings,
            now=cast.NOW + self.hours * HOUR,
            complaint=complaint,
            verb=verb,
            actor=actor,
            words=words,
        )
        return outcome.reason if isinstance(outcome, Refused) else outcome.event is not None

    def joins(self, phone: str) -> None:
        now = cast.NOW + self.hours * HOUR
        assert followers.follow(self.session, self.complaint, cast.person(self.session, phone), now)

    def texts(self, phone: str) -> list[str]:
        return [phrase for phrase, _ in cast.messages_to(self.session, phone)]

    def last(self, phone: str) -> str:
        return cast.messages_to(self.session, phone)[-1][1]

    @property
    def where(self) -> tuple[str, str | None, int]:
        return self.complaint.state, self.complaint.outcome, self.complaint.cycle


@pytest.fixture
def life(database: Database, settings: Settings) -> Iterator[Life]:
    with database.transaction() as session:
        cast.load_roster(session, ROSTER)
        yield Life(session, settings, cast.file_complaint(session, settings))


def test_start_says_so_to_everybody_at_most_once_a_day(life: Life) -> None:
    life.joins(NEIGHBOUR)

    assert life.at(1).does(cast.OTIENO, states.START, "lorry on its way") is True
    assert life.where == (states.IN_PROGRESS, None, 1)
    assert "work started. lorry on its way" in life.last(NEIGHBOUR)
    assert life.does(cast.OTIENO, states.START) is False
    life.at(2).does(cast.OTIENO, states.DONE, NOTE)
    life.at(3).does(cast.AMINA, states.NO)
    life.at(4).does(cast.NJERI, states.START)
    assert life.complaint.state == states.IN_PROGRESS
    assert life.texts(cast.AMINA).count("sms.in_progress") + life.texts(cast.AMINA).count("sms.in_progress.note") == 1
    life.at(5).does(cast.NJERI, states.DONE, NOTE)
    life.does(cast.AMINA, states.NO)
    life.at(30).does(cast.NJERI, states.START)
    assert life.texts(cast.AMINA).count("sms.in_progress") == 1


def test_a_question_goes_to_everybody_and_the_answer_to_who_asked(life: Life) -> None:
    life.joins(NEIGHBOUR)
    life.at(1).does(cast.OTIENO, states.START)

    assert life.does(cast.OTIENO, states.ASK) is Reason.NEED_WORDS
    assert life.does(cast.OTIENO, states.ASK, "Which side of the road?") is True
    assert life.does(cast.OTIENO, states.ASK, "Which side of the road?") is False
    assert life.texts(cast.AMINA).count("sms.needs_info") == life.texts(NEIGHBOUR).count("sms.needs_info") == 1
    assert "Which side of the road" in life.last(NEIGHBOUR)
    assert life.at(2).does(NEIGHBOUR, states.INFO, "the left one") is True
    assert life.complaint.state == states.IN_PROGRESS
    assert "the left one" in life.last(cast.OTIENO)


def test_a_question_that_nobody_answers_ends_after_a_day(life: Life) -> None:
    life.at(1).does(cast.OTIENO, states.ASK, "Which side?")

    assert life.at(24).clock(states.TIMEOUT) is Reason.NOT_NOW
    assert life.at(25).clock(states.TIMEOUT) is True
    assert life.complaint.state == states.ACKNOWLEDGED
    assert life.texts(cast.OTIENO)[-1] == "officer.info.none"


def test_a_note_changes_nothing_and_shows_that_the_officer_has_seen_it(life: Life) -> None:
    assert life.at(1).does(cast.OTIENO, states.NOTE, "waiting for the lorry") is True

    assert life.complaint.state == states.ACKNOWLEDGED
    assert life.texts(cast.AMINA) == ["sms.received", "sms.acknowledged"]
    assert life.does(cast.OTIENO, states.NOTE) is Reason.NEED_WORDS


def test_an_officer_proposes_a_rejection_and_a_supervisor_decides(life: Life) -> None:
    assert life.at(1).does(cast.OTIENO, states.REJECT) is Reason.NEED_WORDS
    assert life.does(cast.OTIENO, states.REJECT, "private plot") is True
    assert life.complaint.state == states.ACKNOWLEDGED
    assert "sms.rejected" not in life.texts(cast.AMINA)
    assert life.texts(cast.NJERI) == ["supervisor.reject"]
    assert life.does(cast.OTIENO, states.REJECT, "private plot") is False
    assert life.at(2).does(cast.NJERI, states.REJECT) is True
    assert life.complaint.state == states.REJECTED
    assert "private plot" in life.last(cast.AMINA)


def test_a_proposal_is_forgotten_when_work_starts(life: Life) -> None:
    life.at(1).does(cast.OTIENO, states.REJECT, "private plot")
    life.does(cast.OTIENO, states.START)

    assert life.complaint.proposed_rejection is None
    assert life.does(cast.NJERI, states.REJECT) is Reason.NOT_NOW


def test_a_rejection_gets_one_second_look_by_somebody_else(life: Life) -> None:
    life.at(1).does(cast.NJERI, states.REJECT, "not county land")

    assert life.at(2).does(cast.AMINA, states.NO) is True
    assert life.complaint.state == states.RECEIVED
    assert life.complaint.officer_id == cast.person(life.session, cast.NJERI).id
    assert life.complaint.reopens == 0
    life.does(cast.NJERI, states.REJECT, "not county land")
    assert life.at(3).does(cast.AMINA, states.NO) is Reason.ONCE_ONLY
    assert life.does(cast.HASSAN, states.BAD) is True


def test_a_rejection_is_final_after_the_window(life: Life) -> None:
    life.at(1).does(DESK, states.REJECT, "not county land")

    assert life.at(74).does(cast.AMINA, states.NO) is Reason.TOO_LATE


def test_what_is_referred_names_the_agency_and_may_come_back(life: Life) -> None:
    life.joins(NEIGHBOUR)
    assert life.at(1).does(cast.OTIENO, states.REFER) is Reason.NEED_WORDS
    assert life.does(cast.OTIENO, states.REFER, "NEMA") is True
    assert life.does(cast.OTIENO, states.REFER, "NEMA") is False
    assert "this belongs to NEMA" in life.last(NEIGHBOUR)
    assert life.does(cast.OTIENO, states.RETURN) is Reason.NOT_ALLOWED
    assert life.at(2).does(DESK, states.RETURN) is True
    assert life.where == (states.RECEIVED, None, 1)
    assert life.texts(NEIGHBOUR)[-1] == "sms.returned"
    assert life.texts(cast.OTIENO).count("officer.assigned") == 2


def test_sewage_is_the_utilitys_from_the_start_and_still_followed(life: Life) -> None:
    sewage = cast.file_complaint(life.session, life.settings, category="D1", owner=cast.BRIAN, filed_by="ussd:2:done")

    assert (sewage.state, sewage.agency) == (states.REFERRED, "Nairobi Water")
    assert sewage.officer_id is not None
    assert life.texts(cast.BRIAN) == ["sms.received.urgent", "sms.referred"]
    assert life.at(5).does(cast.OTIENO, states.DONE, NOTE, sewage) is True


def test_another_ward_keeps_the_clock(life: Life) -> None:
    due = life.complaint.promise_due_at

    assert life.at(1).does(cast.OTIENO, states.WARD, "Atlantis") is Reason.NO_SUCH
    assert life.does(cast.OTIENO, states.WARD, "Harambee") is True
    assert (life.complaint.ward, life.complaint.promise_due_at) == (cast.HARAMBEE, due)
    assert life.texts(KAMAU) == ["officer.assigned"]
    assert life.does(cast.OTIENO, states.ACK) is Reason.NOT_ALLOWED
    assert life.does(KAMAU, states.ACK) is True


def test_a_duplicate_follows_its_parent_until_its_owner_says_that_it_is_different(life: Life) -> None:
    parent = cast.file_complaint(life.session, life.settings, owner=cast.BRIAN, filed_by="ussd:2:done", after=HOUR)

    assert life.at(2).does(cast.OTIENO, states.DUP, "4821759") is Reason.NO_SUCH
    assert life.does(cast.OTIENO, states.DUP, parent.reference) is True
    assert life.complaint.state == states.MERGED
    assert life.texts(cast.AMINA)[-1] == "sms.merged"
    assert parent.filed_at == cast.NOW
    life.at(3).does(cast.OTIENO, states.DONE, NOTE, parent)
    assert life.texts(cast.AMINA)[-1] == "sms.resolved"
    assert life.at(4).does(cast.AMINA, states.NO) is True
    assert life.where == (states.RECEIVED, None, 1)
    assert life.texts(cast.AMINA)[-1] == "sms.parted"
    assert life.does(cast.AMINA, states.NO) is False
    life.at(5).does(cast.BRIAN, states.YES, complaint=parent)
    assert life.texts(cast.AMINA)[-1] == "sms.parted"


def test_done_is_told_to_followers_and_to_the_association(life: Life) -> None:
    life.joins(NEIGHBOUR)
    life.at(1).does(cast.OTIENO, states.DONE, NOTE)

    assert life.texts(cast.AMINA)[-1] == life.texts(NEIGHBOUR)[-1] == "sms.resolved"
    assert life.texts(cast.HASSAN) == ["sms.ra.resolved"]


def test_a_followers_yes_closes_once_the_owner_is_silent(life: Life) -> None:
    life.joins(NEIGHBOUR)
    life.at(1).does(cast.OTIENO, states.DONE, NOTE)

    assert life.at(48).does(NEIGHBOUR, states.YES) is True
    assert life.complaint.state == states.RESOLVED
    assert life.does(NEIGHBOUR, states.YES) is False
    assert life.at(49).does(NEIGHBOUR, states.YES) is True
    assert life.where == (states.CLOSED, states.CONFIRMED, 1)
    assert life.texts(cast.AMINA)[-1] == "sms.closed.others"


def test_two_followers_open_it_again_and_one_does_not(life: Life) -> None:
    for phone in (NEIGHBOUR, OTHER):
        life.joins(phone)
    life.at(1).does(cast.OTIENO, states.DONE, NOTE)

    assert life.does(NEIGHBOUR, states.NO) is True
    assert life.does(NEIGHBOUR, states.NO) is False
    assert life.where == (states.RESOLVED, None, 1)
    assert life.at(2).does(OTHER, states.NO) is True
    assert life.where == (states.RECEIVED, None, 2)
    assert life.complaint.reopens == 0
    assert {life.texts(phone)[-1] for phone in (cast.AMINA, NEIGHBOUR, OTHER)} == {"sms.reopened"}


def test_a_follower_who_changed_their_mind_counts_as_they_said_last(life: Life) -> None:
    for phone in (NEIGHBOUR, OTHER):
        life.joins(phone)
    life.at(1).does(cast.OTIENO, states.DONE, NOTE)
    life.does(NEIGHBOUR, states.NO)
    life.does(NEIGHBOUR, states.YES)
    life.does(OTHER, states.NO)

    assert life.complaint.state == states.RESOLVED


def test_an_association_confirms_and_disputes(life: Life) -> None:
    life.at(1).does(cast.OTIENO, states.DONE, NOTE)

    assert life.does(cast.HASSAN, states.BAD) is True
    assert life.where == (states.RECEIVED, None, 2)
    assert life.complaint.reopens == 0
    life.at(2).does(cast.NJERI, states.DONE, NOTE)
    assert life.does(cast.HASSAN, states.OK) is True
    assert life.where == (states.CLOSED, states.CONFIRMED, 2)
    assert life.at(3).does(cast.HASSAN, states.BAD) is True
    assert life.where == (states.RECEIVED, None, 3)


def test_a_resident_opens_it_again_twice_and_then_disputes(life: Life) -> None:
    for cycle in (1, 2, 3):
        life.at(cycle).does(cast.NJERI, states.DONE, NOTE)
        assert life.does(cast.AMINA, states.NO) is True
    assert life.where == (states.RESOLVED, None, 3)
    assert life.complaint.disputed_at is not None
    assert life.complaint.level == 2
    assert life.texts(cast.AMINA)[-1] == "sms.disputed"
    assert life.texts(CHIRCHIR) == ["supervisor.disputed"]
    assert life.does(cast.AMINA, states.NO) is False
    assert life.at(100).clock(states.SILENCE) is Reason.NOT_NOW
    assert life.does(cast.AMINA, states.YES) is True
    assert life.where == (states.CLOSED, states.CONFIRMED, 3)


def test_silence_closes_and_is_not_called_fixed(life: Life) -> None:
    life.joins(NEIGHBOUR)
    life.at(1).does(cast.OTIENO, states.DONE, NOTE)

    assert life.at(72).clock(states.SILENCE) is Reason.NOT_NOW
    assert life.at(73).clock(states.SILENCE) is True
    assert life.clock(states.SILENCE) is False
    assert life.where == (states.CLOSED, states.SILENT, 1)
    assert life.texts(cast.AMINA)[-1] == "sms.closed.silent"
    assert life.texts(NEIGHBOUR)[-1] == "sms.closed.silent.follower"
    assert life.at(100).does(cast.AMINA, states.NO) is True
    assert life.where == (states.RECEIVED, None, 2)


def test_only_after_the_promise_is_missed_a_yes_closes_what_is_open(life: Life) -> None:
    assert life.at(71).does(cast.AMINA, states.YES) is Reason.TOO_EARLY
    assert life.at(72).does(cast.AMINA, states.NO) is True
    assert life.texts(cast.AMINA)[-1] == "sms.still_there"
    assert life.does(cast.AMINA, states.YES) is True
    assert life.where == (states.CLOSED, states.CONFIRMED, 1)


def test_the_countys_system_resolves_and_never_closes(life: Life) -> None:
    assert life.at(1).county_system(states.DONE) is True
    assert life.complaint.state == states.RESOLVED
    assert life.complaint.officer_id == cast.person(life.session, cast.OTIENO).id
    for verb in (states.YES, states.OK, states.SILENCE, states.NO):
        assert life.county_system(verb) is Reason.NOT_ALLOWED


def test_a_rating_never_blocks_and_is_the_owners(life: Life) -> None:
    life.joins(NEIGHBOUR)
    life.at(1).does(cast.OTIENO, states.DONE, NOTE)
    assert life.does(cast.AMINA, states.RATE, "4") is Reason.NOT_NOW
    life.does(cast.AMINA, states.YES)

    assert life.does(cast.AMINA, states.RATE, "6") is Reason.NEED_WORDS
    assert life.does(NEIGHBOUR, states.RATE, "1") is Reason.NOT_ALLOWED
    assert life.does(cast.AMINA, states.RATE, "4") is True
    assert (life.complaint.rating, life.complaint.state) == (4, states.CLOSED)


def test_who_withdraws_alone_ends_it(life: Life) -> None:
    assert life.at(1).does(cast.AMINA, states.CANCEL) is True

    assert life.where == (states.CLOSED, states.WITHDRAWN, 1)
    assert life.texts(cast.OTIENO)[-1] == "officer.withdrawn"
    assert life.does(cast.AMINA, states.CANCEL) is False


def test_who_withdraws_with_others_leaves_it_to_the_first_of_them(life: Life) -> None:
    life.joins(NEIGHBOUR)
    life.joins(OTHER)

    assert life.at(1).does(NEIGHBOUR, states.CANCEL) is Reason.NOT_ALLOWED
    assert life.does(cast.AMINA, states.CANCEL) is True
    assert life.complaint.state == states.RECEIVED
    assert life.complaint.owner_id == cast.person(life.session, NEIGHBOUR).id
    assert life.texts(cast.AMINA)[-1] == "sms.left"
    assert life.texts(NEIGHBOUR) == ["sms.inherited"]
    assert life.does(cast.AMINA, states.CANCEL) is Reason.NOT_ALLOWED


def test_a_resident_raises_what_is_late_one_level_a_day(life: Life) -> None:
    assert life.at(71).does(cast.AMINA, states.ESCALATE) is Reason.TOO_EARLY
    assert life.at(73).does(cast.AMINA, states.ESCALATE) is True
    assert life.complaint.level == 2
    assert life.texts(CHIRCHIR) == ["supervisor.raised"]
    assert life.at(74).does(cast.AMINA, states.ESCALATE) is False
    assert life.at(98).does(cast.AMINA, states.ESCALATE) is True
    assert life.complaint.level == 3


def test_danger_goes_to_the_supervisor_at_once(life: Life) -> None:
    assert life.at(1).does(cast.AMINA, states.URGENT) is True
    assert life.texts(cast.NJERI) == ["supervisor.urgent"]
    assert life.complaint.level == 1
    assert life.does(cast.AMINA, states.URGENT) is False


def test_an_administrator_repairs_with_a_written_reason_and_nobody_is_told(life: Life) -> None:
    admin = cast.person(life.session, "+254711000099")
    before = life.texts(cast.AMINA)

    for words, moved in (("", False), ("merged by mistake", True)):
        outcome = service.repair(
            life.session,
            life.settings,
            now=cast.NOW + HOUR,
            complaint=life.complaint,
            to="closed.silent",
            admin=admin,
            words=words,
        )
        assert isinstance(outcome, Moved) is moved
    assert life.where == (states.CLOSED, states.SILENT, 1)
    assert queries.history(life.session, life.complaint)[-1].role == states.ADMIN
    assert life.texts(cast.AMINA) == before


def test_a_refusal_is_kept_with_its_reason(life: Life) -> None:
    life.at(1).does(cast.AMINA, states.ESCALATE)

    event = queries.history(life.session, life.complaint)[-1]
    assert (event.verb, event.role, event.facts) == ("ESCALATE", "owner", {"refused": "too_early"})


def test_a_no_to_an_earlier_done_does_not_count_for_this_one(life: Life) -> None:
    for phone in (NEIGHBOUR, OTHER):
        life.joins(phone)
    life.at(1).does(cast.OTIENO, states.DONE, NOTE)
    life.does(NEIGHBOUR, states.NO)
    life.at(2).does(cast.AMINA, states.NO)
    life.at(3).does(cast.NJERI, states.DONE, NOTE)

    assert life.at(4).does(OTHER, states.NO) is True
    assert life.complaint.state == states.RESOLVED
