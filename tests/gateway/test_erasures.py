"""Whoever has themselves erased is nobody afterwards: no number, no hash and no word of theirs anywhere, in SQL or in
Redis, while what the county owes and counts goes on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from cryptography.fernet import InvalidToken
from flask import Flask
from redis import Redis
from sqlalchemy import func, select, update

from gateway import clock, erasures, jobs, people
from gateway.commands import limits
from gateway.complaints import erasure, followers, holdings, queries, service, states
from gateway.complaints.service import Actor
from gateway.models import (
    Base,
    Complaint,
    DeliveryReport,
    Event,
    Follower,
    Hotspot,
    IncomingSms,
    Message,
    Person,
    StoppedNumber,
    UssdSession,
)
from gateway.services import Services
from gateway.sms import outbox, stops
from gateway.sweeps import sweep
from gateway.ussd.kept import KeptReports
from sessions.hop import Hop
from sessions.record import Record
from tests.gateway import cast
from tests.standin.carrier import Carrier

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLACE = "Gate of Zebra Gardens"
WORDS = "lori linamwaga mchana"


@dataclass
class Town:
    """Answers and sends at once, in this process."""

    services: Services
    carrier: Carrier

    def text(self, phone: str, words: str) -> list[str]:
        """What the sender hears of it."""
        self.work()
        before = len(self.carrier.inbox(phone))
        assert self.carrier.send_sms(phone, words).status == 200
        self.work()
        return [sms.text for sms in self.carrier.inbox(phone)[before:]]

    def work(self) -> None:
        jobs.answer_waiting(self.services)
        jobs.drain(self.services)

    def clock(self, later: timedelta) -> None:
        assert sweep(self.services, clock.now(), as_of=clock.now() + later) == []

    def file(self, owner: str = cast.AMINA, landmark: str = PLACE, key: str = "made-up") -> str:
        with self.services.db.transaction() as session:
            return service.file(
                session,
                self.services.settings,
                now=clock.now(),
                owner=self.person(session, owner),
                category="T2",
                ward=cast.MARINGO,
                landmark=landmark,
                channel="ussd",
                filed_by=key,
                words=f"{landmark}, {WORDS}",
            ).complaint.reference

    def join(self, phone: str, reference: str) -> None:
        with self.services.db.transaction() as session:
            complaint = queries.by_reference(session, reference)
            assert complaint
            person = self.person(session, phone)
            assert followers.join(session, self.services.settings, complaint, person, clock.now(), "ussd")

    def person(self, session: object, phone: str) -> Person:
        return people.find_or_add(session, self.services.phones, phone, clock.now())  # type: ignore[arg-type]

    def look(self, reference: str) -> Complaint:
        with self.services.db.reading() as session:
            found = queries.by_reference(session, reference)
            assert found
            session.refresh(found, ["owner", "officer"])
            return found

    def count(self, reference: str) -> int:
        with self.services.db.reading() as session:
            found = queries.by_reference(session, reference)
            return followers.count(session, found) if found else 0


@pytest.fixture
def town(app: Flask, carrier: Carrier) -> Town:
    services: Services = app.extensions["hatua"]
    with services.db.transaction() as session:
        cast.load_roster(session, cast.ROSTER)
    return Town(services, carrier)


def everything(services: Services, redis: Redis) -> str:
    """Each value of each table and of Redis; sealed numbers opened."""
    kept = []
    with services.db.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name != "menu_versions":
                kept += [str(value) for row in session.execute(select(table)) for value in row]
    for key in redis.scan_iter():
        value = redis.dump(key)
        kept += [key.decode(), repr(value), redis.get(key).decode() if redis.type(key) == b"string" else ""]
    return "\n".join(opened(services, value) for value in kept)


def opened(services: Services, value: str) -> str:
    try:
        return services.phones.open(value)
    except (InvalidToken, ValueError):
        return value


def is_known(services: Services, redis: Redis, phone: str) -> bool:
    kept = everything(services, redis)
    return phone[-9:] in kept or services.phones.hash(phone) in kept


def test_nothing_of_them_is_left_anywhere(town: Town, redis: Redis) -> None:
    call = town.carrier.dial(cast.AMINA)
    for answer in ("1", "1", "1", "2", "1", "Maringo", "Zebra Gardens gate"):
        call.press(answer)
    town.text(cast.AMINA, f"TAKA Maringo, {PLACE}, {WORDS}, nipigie 0700-000 001")
    reference = town.carrier.inbox(cast.AMINA)[-1].text.split()[1].strip(":")
    town.text(cast.OTIENO, f"ASK {reference} which side? is yours +254700000001")
    town.text(cast.AMINA, f"INFO {reference} the left side, {WORDS}")
    town.text(cast.OTIENO, f"NOTE {reference} called 0700 000001, no answer")
    town.text(cast.OTIENO, f"DONE {reference} two lorries came")
    town.text(cast.AMINA, f"YES {reference}")
    assert is_known(town.services, redis, cast.AMINA)
    assert "Zebra" in everything(town.services, redis)

    assert "DELETE YES" in town.text(cast.AMINA, "DELETE")[0]
    assert "are deleted within a day" in town.text(cast.AMINA, "DELETE YES")[0]
    town.clock(2 * HOUR)

    assert not is_known(town.services, redis, cast.AMINA)
    with town.services.db.reading() as session:
        assert session.scalars(select(Event.words).where(Event.role == states.OWNER)).all() == [None] * 3
    town.clock(8 * DAY)
    assert "zebra" not in everything(town.services, redis).lower()
    assert WORDS not in everything(town.services, redis)
    with town.services.db.reading() as session:
        assert session.scalar(select(Person.erase_at).where(Person.erasure_requested_at.is_not(None))) is None


def test_what_is_counted_stays_as_it_was(town: Town) -> None:
    def numbers() -> tuple[object, ...]:
        with town.services.db.reading() as session:
            complaints = session.execute(
                select(Complaint.reference, Complaint.state, Complaint.outcome, Complaint.officer_id, Complaint.rating)
            ).all()
            events = session.execute(
                select(Event.verb, Event.role, Event.from_state, Event.to_state).order_by(Event.id)
            ).all()
            return complaints, [tuple(event) for event in events if event.verb != erasure.ERASE]

    reference = town.file()
    town.text(cast.OTIENO, f"DONE {reference} two lorries came")
    town.text(cast.AMINA, f"YES {reference}")
    town.text(cast.AMINA, f"RATE {reference} 4")
    before = numbers()

    town.text(cast.AMINA, "FUTA NDIYO")
    for days in (1, 8, 9):
        town.clock(days * DAY)

    assert numbers() == before
    assert town.look(reference).landmark == "-"


def test_the_same_phone_is_a_new_person_at_once(town: Town) -> None:
    reference = town.file()
    town.text(cast.AMINA, "KISWAHILI")

    town.text(cast.AMINA, "FUTA NDIYO")

    assert town.carrier.dial(cast.AMINA).screen.text.startswith("Karibu Hatua / Welcome")
    assert "could not find" in town.text(cast.AMINA, f"STATUS {reference}")[0]
    other = town.file(key="again")
    town.clock(2 * HOUR)
    assert reference not in town.text(cast.AMINA, "STATUS")[0]
    with town.services.db.reading() as session:
        amina = people.by_phone(session, town.services.phones, cast.AMINA)
        assert amina
        assert holdings.held(session, amina).reported == 1
        assert town.look(other).owner_id == amina.id


def test_what_is_open_goes_to_the_first_who_joined(town: Town) -> None:
    reference = town.file()
    town.join(cast.BRIAN, reference)

    town.text(cast.AMINA, "FUTA NDIYO")
    town.clock(2 * HOUR)
    town.clock(3 * HOUR)
    town.work()

    complaint = town.look(reference)
    assert town.services.phones.open(complaint.owner.phone_sealed) == cast.BRIAN
    assert (complaint.landmark, town.count(reference)) == (PLACE, 2)
    told = [sms.text for sms in town.carrier.inbox(cast.BRIAN) if "yours now" in sms.text]
    assert len(told) == 1
    town.text(cast.OTIENO, f"DONE {reference} two lorries came")
    assert "closed" in town.text(cast.BRIAN, f"YES {reference}")[0]


def test_without_anybody_else_the_county_goes_on_and_silence_closes(town: Town) -> None:
    reference = town.file(landmark=f"{PLACE} piga 0700000001")

    town.text(cast.AMINA, "FUTA NDIYO")
    town.clock(2 * HOUR)
    town.clock(3 * HOUR)

    complaint = town.look(reference)
    assert (complaint.state, complaint.landmark) == (states.RECEIVED, f"{PLACE} piga (...)")
    with town.services.db.reading() as session:
        assert [event.verb for event in queries.history(session, complaint)].count(erasure.ERASE) == 1
    before = len(town.carrier.inbox(cast.AMINA))
    town.text(cast.OTIENO, f"DONE {reference} two lorries came")
    town.clock(4 * DAY)
    town.work()
    assert town.look(reference).outcome == states.SILENT
    assert len(town.carrier.inbox(cast.AMINA)) == before
    town.clock(12 * DAY)
    assert town.look(reference).landmark == "-"


def test_whoever_joins_what_is_nobodys_owns_it_and_may_take_it_back(town: Town) -> None:
    reference = town.file()
    town.text(cast.AMINA, "FUTA NDIYO")
    town.clock(2 * HOUR)

    town.join(cast.BRIAN, reference)

    assert town.services.phones.open(town.look(reference).owner.phone_sealed) == cast.BRIAN
    assert town.count(reference) == 2
    assert "withdrawn" in town.text(cast.BRIAN, f"CANCEL {reference}")[0]


def test_what_is_queued_for_them_is_not_sent(town: Town) -> None:
    reference = town.file()
    town.work()
    town.text(cast.AMINA, "FUTA NDIYO")
    received = len(town.carrier.inbox(cast.AMINA))
    with town.services.db.transaction() as session:
        ids = select(Message.id).where(Message.phrase == "sms.received")
        session.execute(update(Message).where(Message.id.in_(ids)).values(state="queued", finished_at=None))

    town.clock(2 * HOUR)
    town.text(cast.OTIENO, f"ACK {reference}")

    assert len(town.carrier.inbox(cast.AMINA)) == received
    with town.services.db.reading() as session:
        erased = session.scalars(select(Person).where(Person.phone_sealed == "")).one()
        left = select(Message.state, Message.body).where(Message.person_id == erased.id, Message.state != "submitted")
        assert session.execute(left).all() == [("suppressed", "")]


def test_an_unsent_last_answer_keeps_the_number_for_a_day_and_no_longer(town: Town, redis: Redis) -> None:
    town.carrier.send_sms(cast.AMINA, "FUTA NDIYO")
    jobs.answer_waiting(town.services)

    town.clock(2 * HOUR)
    with town.services.db.reading() as session:
        assert session.scalar(select(Message.state)) == "queued"
    assert is_known(town.services, redis, cast.AMINA)
    town.clock(25 * HOUR)

    assert not is_known(town.services, redis, cast.AMINA)
    town.work()
    assert town.carrier.inbox(cast.AMINA) == []


def test_a_message_to_nobody_never_holds_the_outbox(town: Town) -> None:
    town.text(cast.AMINA, "FUTA NDIYO")
    town.clock(2 * HOUR)
    with town.services.db.transaction() as session:
        erased = session.scalars(select(Person).where(Person.phone_sealed == "")).one()
        owed = outbox.owe(
            session,
            town.services.settings,
            person=erased,
            phrase="sms.unknown",
            values={},
            dedupe_key="made up",
            now=clock.now(),
            urgency=outbox.ANSWER,
        )
        assert owed

    assert town.text(cast.BRIAN, "HELP") != []

    with town.services.db.reading() as session:
        assert session.scalar(select(Message.state).where(Message.id == owed.id)) == "suppressed"


def test_a_number_that_had_stopped_its_messages_stays_stopped(town: Town, redis: Redis) -> None:
    town.text(cast.AMINA, "STOP")
    town.text(cast.AMINA, "FUTA NDIYO")
    town.clock(2 * HOUR)
    with town.services.db.reading() as session:
        assert session.scalars(select(StoppedNumber.stopped_by)).all() == [stops.OPTOUT]

    received = len(town.carrier.inbox(cast.AMINA))
    reference = town.file()
    town.text(cast.OTIENO, f"START {reference}")
    assert len(town.carrier.inbox(cast.AMINA)) == received + 1, "the receipt of what they reported, and no more"
    assert "welcome back" in town.text(cast.AMINA, "START")[0]
    town.text(cast.AMINA, "FUTA NDIYO")
    town.clock(2 * HOUR)
    assert not is_known(town.services, redis, cast.AMINA)


def test_an_sms_that_the_carrier_repeats_afterwards_is_still_known(town: Town) -> None:
    for _ in range(2):
        town.carrier.send_sms(cast.AMINA, "FUTA NDIYO", id="made-up-id")
        town.work()
        town.clock(2 * HOUR)

    assert len(town.carrier.inbox(cast.AMINA)) == 1
    with town.services.db.reading() as session:
        row = session.scalars(select(IncomingSms)).one()
        assert (row.body, row.phone_hash, row.phone_sealed) == ("", None, None)


def test_erasing_again_and_again_is_answered_as_seldom_as_anything_else(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_ANSWERS_IN_A_REHEARSAL", limits.MOST_ANSWERS)

    said = [answer for _ in range(25) for answer in town.text(cast.BRIAN, "FUTA NDIYO")]

    assert limits.MOST_ANSWERS - 2 <= len(said) <= limits.MOST_ANSWERS


def test_reports_of_the_carrier_keep_no_number(town: Town, redis: Redis) -> None:
    town.text(cast.AMINA, "FUTA NDIYO")
    (sms,) = town.carrier.inbox(cast.AMINA)
    town.carrier.post_delivery_report(sms.message_id, phone=cast.AMINA)
    town.work()
    with town.services.db.reading() as session:
        assert session.scalars(select(DeliveryReport.phone_hash)).all() == [None]

    town.clock(2 * HOUR)

    assert not is_known(town.services, redis, cast.AMINA)


def test_what_was_set_aside_of_them_goes_too(town: Town, redis: Redis) -> None:
    hashed = town.services.phones.hash(cast.AMINA)
    kept = KeptReports(redis, town.services.phones)
    record = Record("made-up", hashed, "no menu", "en", 0.0)
    for phone in (cast.AMINA, cast.BRIAN):
        caller = town.services.phones.hash(phone)
        hop = Hop("made-up", phone, caller, "*384*1972#", "", "", "1")
        kept.add("file_report", hop, Record("made-up", caller, "no menu", "en", 0.0), clock.now())
    assert record.caller == hashed
    redis.rename("ussd:kept", "ussd:kept:aside")
    town.text(cast.AMINA, "FUTA NDIYO")

    town.clock(2 * HOUR)

    assert redis.llen("ussd:kept:aside") == 1
    assert not is_known(town.services, redis, cast.AMINA)


def test_calls_are_kept_as_numbers_of_calls(town: Town) -> None:
    town.carrier.dial(cast.AMINA).press("1")
    town.text(cast.AMINA, "FUTA NDIYO")
    town.clock(2 * HOUR)

    with town.services.db.reading() as session:
        call = session.scalars(select(UssdSession)).one()
    place = Record.from_dict(call.place)
    assert (call.phone_hash, place.caller, place.answers, place.text) == ("", "", {}, "")
    assert call.network == "63902"


def test_a_place_in_a_hotspot_notice_goes_with_the_complaint(town: Town) -> None:
    reference = town.file()
    with town.services.db.transaction() as session:
        session.add(Hotspot(ward=cast.MARINGO, landmark=PLACE, reports=3, noticed_at=clock.now()))
    town.text(cast.AMINA, f"CANCEL {reference}")
    town.text(cast.AMINA, "FUTA NDIYO")
    town.clock(2 * HOUR)
    with town.services.db.reading() as session:
        assert session.scalars(select(Hotspot.landmark)).all() == [PLACE]

    town.clock(8 * DAY)

    with town.services.db.reading() as session:
        assert session.scalars(select(Hotspot.landmark)).all() == ["-"]


@pytest.mark.parametrize("phone", [cast.OTIENO, cast.HASSAN])
def test_who_is_on_the_roster_is_answered_differently_and_kept(town: Town, phone: str) -> None:
    assert "your name and job from the roster" in town.text(phone, "DATA")[0]
    for words in ("DELETE", "DELETE YES"):
        assert "on the roster, so your number is kept" in town.text(phone, words)[0]

    town.clock(30 * DAY)

    with town.services.db.reading() as session:
        assert people.by_phone(session, town.services.phones, phone)
        assert session.scalar(select(func.count()).where(Person.erasure_requested_at.is_not(None))) == 0


def test_what_is_held_is_said_at_once_in_one_text(town: Town) -> None:
    reference = town.file()
    town.join(cast.BRIAN, reference)
    town.file(owner=cast.BRIAN, key="another")
    town.work()

    (said,) = town.text(cast.BRIAN, "DATA")

    assert "1 complaints of yours, 1 joined" in said


def test_a_mistaken_futa_erases_nobody(town: Town) -> None:
    reference = town.file()
    town.text(cast.AMINA, "DELETE")
    town.text(cast.OTIENO, f"DONE {reference} two lorries came")

    for words in ("yes", "1"):
        assert "DELETE YES" in town.text(cast.AMINA, words)[0]
    assert "Is it fixed?" in town.text(cast.AMINA, "no")[0]

    town.clock(30 * HOUR)
    with town.services.db.reading() as session:
        assert people.by_phone(session, town.services.phones, cast.AMINA)


def test_futa_with_a_number_means_that_complaint(town: Town) -> None:
    reference = town.file()

    assert "Withdraw it?" in town.text(cast.AMINA, f"DELETE {reference}")[0]
    assert town.look(reference).state == states.RECEIVED
    assert "withdrawn" in town.text(cast.AMINA, "1")[0]


def test_clocks_at_once_erase_once(town: Town, redis: Redis) -> None:
    references = []
    for number in range(6):
        phone = f"+25470000012{number}"
        references.append(town.file(owner=phone, key=f"made up:{number}"))
        town.join(cast.BRIAN, references[-1])
        town.text(phone, "FUTA NDIYO")
    together = Barrier(3)

    def tick(_: int) -> None:
        together.wait(timeout=30)
        town.clock(2 * HOUR)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(tick, range(3)))

    for number, reference in enumerate(references):
        assert not is_known(town.services, redis, f"+25470000012{number}")
        with town.services.db.reading() as session:
            verbs = [event.verb for event in queries.history(session, town.look(reference))]
        assert verbs.count(erasure.ERASE) == 1
        assert town.count(reference) == 2


def test_a_vote_of_somebody_erased_still_counts(town: Town) -> None:
    reference = town.file()
    for phone in (cast.BRIAN, "+254700000003"):
        town.join(phone, reference)
    town.text(cast.OTIENO, f"DONE {reference} two lorries came")
    town.text(cast.BRIAN, f"NO {reference}")
    town.text(cast.BRIAN, "FUTA NDIYO")
    town.clock(2 * HOUR)

    town.text("+254700000003", f"NO {reference}")

    assert town.look(reference).cycle == 2
    assert town.count(reference) == 3
    with town.services.db.reading() as session:
        assert session.scalar(select(func.count(Follower.id))) == 2


def test_a_row_that_fails_is_tried_again_and_keeps_nobody_waiting(town: Town, redis: Redis) -> None:
    for phone in (cast.AMINA, cast.BRIAN):
        town.text(phone, "FUTA NDIYO")
    with town.services.db.transaction() as session:
        first = session.scalars(select(Person).where(Person.erase_at.is_not(None)).order_by(Person.id)).first()
        assert first
        sealed, first.phone_sealed = first.phone_sealed, "not a sealed number"

    assert sweep(town.services, clock.now(), as_of=clock.now() + 2 * HOUR) == ["erasures"]
    assert not is_known(town.services, redis, cast.BRIAN)

    with town.services.db.transaction() as session:
        session.execute(update(Person).where(Person.id == first.id).values(phone_sealed=sealed))
    town.clock(2 * HOUR)
    assert not is_known(town.services, redis, cast.AMINA)


def test_a_withdrawal_has_its_words_forgotten_as_well(town: Town, redis: Redis) -> None:
    reference = town.file()
    with town.services.db.transaction() as session:
        complaint = queries.by_reference(session, reference)
        assert complaint
        actor = Actor(town.person(session, cast.AMINA), "sms")
        service.move(
            session,
            town.services.settings,
            now=clock.now(),
            complaint=complaint,
            verb=states.CANCEL,
            actor=actor,
            words="nimehama Zebra",
        )
    town.text(cast.AMINA, "FUTA NDIYO")

    town.clock(2 * HOUR)

    assert "nimehama" not in everything(town.services, redis)


def test_erasing_is_looked_for_in_an_index(town: Town) -> None:
    with town.services.db.transaction() as session:
        person = town.person(session, cast.AMINA)
        assert erasure.begin(session, town.services.settings, person, clock.now())
        assert erasure.due(session, clock.now(), 0, 10) == []
        later: datetime = clock.now() + 2 * HOUR
        assert erasure.due(session, later, 0, 10) == [person.id]
    with town.services.db.transaction() as session:
        erasures.carry_out(session, town.services, [person.id], later)
        assert erasure.due(session, later, 0, 10) == []
