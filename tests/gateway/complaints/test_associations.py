"""Resident associations: whose ward is theirs, the joint clean-ups they propose, what they say of "done"."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway import roster
from gateway.complaints import associations, followers, queries, record, service, states
from gateway.complaints.associations import Proposed, Verdicts
from gateway.complaints.record import Deed
from gateway.complaints.service import Actor
from gateway.complaints.states import Reason
from gateway.config import Settings
from gateway.db import Database
from gateway.models import CleanUp, Complaint
from tests.gateway import cast

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
#: Speak for residents of the sub-county that Maringo is in, and of the whole county.
MAKADARA_REP, COUNTY_REP = "+254711000011", "+254711000012"
ROSTER = f"""{cast.ROSTER}{MAKADARA_REP},Rose Atieno,association,*,Makadara
{COUNTY_REP},Kara Rep,association,*,*
"""


def propose(
    session: Session, settings: Settings, complaint: Complaint, words: str, who: str = cast.HASSAN
) -> Proposed | Reason:
    person = cast.person(session, who)
    return associations.propose(session, settings, complaint, person, words, cast.NOW + HOUR, "sms")


def put(session: Session, complaint: Complaint, state: str, verb: str = "TEST", role: str = "officer") -> None:
    deed = Deed(cast.person(session, cast.OTIENO), role, "sms", verb, cast.NOW)
    assert record.change(session, complaint, deed, {"state": state})


def start(session: Session, settings: Settings, complaint: Complaint, after: timedelta = 2 * HOUR) -> CleanUp | None:
    deed = Deed(cast.person(session, cast.OTIENO), "officer", "sms", "START", cast.NOW + after)
    return associations.agree(session, settings, complaint, deed)


def test_those_of_the_ward_of_its_subcounty_and_of_the_county_speak_for_it(database: Database) -> None:
    with database.transaction() as session:
        cast.load_roster(session, ROSTER)
        hassan, makadara, county = (cast.person(session, who) for who in (cast.HASSAN, MAKADARA_REP, COUNTY_REP))

        assert associations.of_ward(session, cast.MARINGO) == [hassan, makadara, county]
        assert associations.of_ward(session, cast.HARAMBEE) == [makadara, county]
        assert associations.of_ward(session, cast.KAREN) == [county]
        assert associations.speaks_for(session, hassan, cast.MARINGO)
        assert not associations.speaks_for(session, hassan, cast.KAREN)
        assert not associations.speaks_for(session, cast.person(session, cast.OTIENO), cast.MARINGO)


def test_who_has_left_the_roster_speaks_for_nobody(database: Database) -> None:
    with database.transaction() as session:
        cast.load_roster(session, ROSTER)
        roster.load(session, cast.PHONES, cast.ROSTER, cast.NOW)

        assert associations.of_ward(session, cast.MARINGO) == [cast.person(session, cast.HASSAN)]
        assert not associations.speaks_for(session, cast.person(session, MAKADARA_REP), cast.MARINGO)


def test_an_association_files_for_others_only_in_its_ward(database: Database) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        hassan = cast.person(session, cast.HASSAN)

        assert associations.filing_role(session, hassan, cast.MARINGO) == "association"
        assert associations.filing_role(session, hassan, cast.KAREN) == "owner"
        assert associations.filing_role(session, cast.person(session, cast.AMINA), cast.MARINGO) == "owner"


def test_a_proposed_day_is_kept_and_sent_to_the_officer_once(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)

        first = propose(session, settings, complaint, "25 Nov")
        again = propose(session, settings, complaint, "25/11 saa tatu")

        assert isinstance(first, Proposed)
        assert (first.is_new, first.clean_up.day) == (True, date(2026, 11, 25))
        assert again == Proposed(first.clean_up, is_new=False)
        assert cast.messages_to(session, cast.OTIENO)[1:] == [
            (
                "officer.clean_up",
                f"{complaint.reference} Illegal dumping, Maringo/Hamza: residents propose a joint clean-up on Wed 25 "
                f"Nov. You agree? Reply START {complaint.reference}",
            )
        ]
        event = queries.history(session, complaint)[-1]
        assert (event.verb, event.role, event.words, event.facts) == (
            "JOIN",
            "association",
            "25 Nov",
            {"day": "2026-11-25"},
        )
        assert (event.from_state, event.to_state) == ("received", "received")


def test_a_later_proposal_takes_the_place_of_the_first(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session, ROSTER)
        complaint = cast.file_complaint(session, settings)
        propose(session, settings, complaint, "kesho")
        propose(session, settings, complaint, "Sat", MAKADARA_REP)

        agreed = start(session, settings, complaint)

        assert agreed is not None
        assert agreed.day == date(2026, 11, 28)
        assert cast.messages_to(session, cast.HASSAN) == []
        assert [phrase for phrase, _body in cast.messages_to(session, MAKADARA_REP)] == ["sms.ra.clean_up.agreed"]


def test_the_officers_start_accepts_the_day_once(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        propose(session, settings, complaint, "Sat")

        agreed, again = start(session, settings, complaint), start(session, settings, complaint, 3 * HOUR)

        assert agreed is not None
        assert (agreed.agreed_at, agreed.officer_id) == (cast.NOW + 2 * HOUR, cast.person(session, cast.OTIENO).id)
        assert again is None
        assert cast.messages_to(session, cast.HASSAN) == [
            (
                "sms.ra.clean_up.agreed",
                f"Hatua RA Maringo/Hamza: officer M.Otieno agreed to the joint clean-up on Sat 28 Nov: "
                f"{complaint.reference}, Stage Mosque Rd.",
            )
        ]
        assert [event.verb for event in queries.history(session, complaint)] == ["FILE", "JOIN", "AGREE"]


def test_a_start_without_a_proposal_or_after_its_day_accepts_nothing(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        assert start(session, settings, complaint) is None
        propose(session, settings, complaint, "kesho")

        # Until midnight of the day itself in Nairobi.
        midnight = timedelta(days=1, hours=13, minutes=20)
        assert associations.pending(session, settings, complaint, cast.NOW + midnight - HOUR) is not None
        assert start(session, settings, complaint, midnight) is None


@pytest.mark.parametrize("state", ["resolved", "closed", "referred"])
def test_there_is_nothing_to_clean_where_the_county_does_not_work(
    database: Database, settings: Settings, state: str
) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        put(session, complaint, state)

        assert propose(session, settings, complaint, "Sat") is Reason.NOT_NOW
        assert session.scalar(select(func.count()).select_from(CleanUp)) == 0


@pytest.mark.parametrize("words", ["", "soon", "25/11/2025", "in 90 days"])
def test_a_proposal_needs_a_day(database: Database, settings: Settings, words: str) -> None:
    with database.transaction() as session:
        cast.load_roster(session)

        assert propose(session, settings, cast.file_complaint(session, settings), words) is Reason.NEED_WORDS


@pytest.mark.parametrize("who", [cast.AMINA, cast.BRIAN, cast.OTIENO, cast.HASSAN])
def test_only_an_association_of_the_ward_proposes(database: Database, settings: Settings, who: str) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings, ward=cast.KAREN)
        followers.follow(session, complaint, cast.person(session, cast.BRIAN), cast.NOW)

        assert propose(session, settings, complaint, "Sat", who) is Reason.NOT_ALLOWED
        assert len(queries.history(session, complaint)) == 1


def test_two_representatives_with_the_same_day_make_one_proposal(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session, ROSTER)
        complaint = cast.file_complaint(session, settings)
    begin = Barrier(2)

    def propose_at_once(who: str) -> bool:
        begin.wait()
        with database.transaction() as session:
            proposed = propose(session, settings, session.get_one(Complaint, complaint.id), "Sat", who)
            return isinstance(proposed, Proposed) and proposed.is_new

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(propose_at_once, [cast.HASSAN, MAKADARA_REP])) == [False, True]


def test_what_associations_say_of_done_is_counted_apart(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        complaint = cast.file_complaint(session, settings)
        put(session, complaint, states.RESOLVED)
        put(session, complaint, states.RECEIVED, "BAD", "association")
        put(session, complaint, states.RESOLVED)
        # A resident's verdict, and an attempt that was refused.
        put(session, complaint, states.RECEIVED, "NO", "owner")
        put(session, complaint, states.RECEIVED, "OK", "association")
        put(session, complaint, states.RESOLVED)
        put(session, complaint, states.CLOSED, "OK", "association")

        assert associations.verdicts(session, [cast.MARINGO], cast.NOW) == Verdicts(confirmed=1, disputed=1)
        assert associations.verdicts(session, [cast.KAREN], cast.NOW) == Verdicts(0, 0)
        assert associations.verdicts(session, [cast.MARINGO], cast.NOW + HOUR) == Verdicts(0, 0)


@pytest.mark.parametrize("state", [states.RECEIVED, states.IN_PROGRESS])
def test_start_agrees_also_where_work_had_begun(database: Database, settings: Settings, state: str) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings)
        put(session, complaint, state)
        propose(session, settings, complaint, "Sat")
        actor = Actor(cast.person(session, cast.OTIENO), "sms")

        for after in (2, 3):
            now = cast.NOW + after * HOUR
            service.move(session, settings, now=now, complaint=complaint, verb="START", actor=actor, words="")

        assert complaint.state == states.IN_PROGRESS
        assert [phrase for phrase, _body in cast.messages_to(session, cast.HASSAN)] == ["sms.ra.clean_up.agreed"]


def test_an_association_that_files_is_the_owner_and_the_event_says_so(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session)
        complaint = cast.file_complaint(session, settings, owner=cast.HASSAN)

        assert complaint.owner == cast.person(session, cast.HASSAN)
        assert queries.history(session, complaint)[0].role == "association"
