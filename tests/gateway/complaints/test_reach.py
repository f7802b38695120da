from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from gateway.complaints import erasure, reach, service, states
from gateway.complaints.record import Deed
from gateway.complaints.service import Actor, Moved
from gateway.models import Complaint, Event, Message, Person
from gateway.services import Services
from gateway.sms import stops
from tests.gateway import cast
from tests.gateway.cast import AMINA, NJERI, NOW, OTIENO, file_complaint, load_roster, person


def missed(services: Services) -> list[tuple[str, str]]:
    with services.db.reading() as session:
        complaint = session.scalars(select(Complaint)).one()
        found = reach.not_reached(session, [complaint.id])
        # A list of complaints is searched in the same words.
        searched = session.scalars(select(Complaint.id).where(reach.has_not_reached_somebody())).all()
        assert searched == ([complaint.id] if found else [])
        return [(services.phones.open(one.person.phone_sealed), one.why) for one in found]


def file(services: Services) -> None:
    with services.db.transaction() as session:
        load_roster(session)
        file_complaint(session, services.settings)


def end(services: Services, phone: str, state: str, reason: str | None = None) -> None:
    with services.db.transaction() as session:
        cast.end_messages(session, phone, state, reason)


def test_everybody_is_reached_until_a_message_is_known_not_to_have_arrived(services: Services) -> None:
    file(services)
    assert missed(services) == []

    end(services, AMINA, "delivered")
    end(services, OTIENO, "failed", "AbsentSubscriber")

    assert missed(services) == [(OTIENO, "AbsentSubscriber")]


def test_what_may_have_arrived_is_not_called_unreached(services: Services) -> None:
    file(services)
    end(services, AMINA, "submitted")
    end(services, OTIENO, "unconfirmed")

    assert missed(services) == []


def test_a_number_that_gets_nothing_is_named_with_the_carriers_word(services: Services) -> None:
    file(services)
    with services.db.transaction() as session:
        stops.stop(session, person(session, AMINA).id, "UserInBlacklist", NOW)
    end(services, AMINA, "suppressed")

    assert missed(services) == [(AMINA, "UserInBlacklist")]


def owe_another(services: Services, phone: str, state: str) -> None:
    """A later message about the complaint, to this number."""
    with services.db.transaction() as session:
        session.add(
            Message(
                person_id=person(session, phone).id,
                event_id=session.scalars(select(Event.id)).first(),
                phrase="officer.assigned" if phone == OTIENO else "sms.in_progress",
                body="Hatua",
                dedupe_key=f"later:{state}",
                urgency=1,
                state=state,
                not_before=NOW,
                expires_at=NOW + timedelta(hours=1),
                created_at=NOW,
            )
        )


@pytest.mark.parametrize("state", ["submitted", "delivered", "unconfirmed"])
def test_a_later_message_that_was_handed_over_ends_it(services: Services, state: str) -> None:
    file(services)
    end(services, OTIENO, "failed", "AbsentSubscriber")
    owe_another(services, OTIENO, state)

    assert missed(services) == []


@pytest.mark.parametrize("state", ["queued", "sending", "unknown", "superseded"])
def test_a_later_message_that_is_still_to_come_does_not(services: Services, state: str) -> None:
    file(services)
    end(services, OTIENO, "failed", "AbsentSubscriber")
    owe_another(services, OTIENO, state)

    assert missed(services) == [(OTIENO, "AbsentSubscriber")]


def test_an_officer_who_has_the_job_no_more_need_not_be_reached(services: Services) -> None:
    file(services)
    end(services, OTIENO, "failed", "AbsentSubscriber")
    with services.db.transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        moved = service.move(
            session,
            services.settings,
            now=NOW,
            complaint=complaint,
            verb=states.WARD,
            actor=Actor(person(session, OTIENO), "sms"),
            words="Karen",
        )
        assert isinstance(moved, Moved)

    assert missed(services) == []


def test_whoever_had_themselves_erased_is_not_looked_for(services: Services) -> None:
    file(services)
    end(services, AMINA, "failed", "UserDoesNotExist")
    with services.db.transaction() as session:
        assert erasure.begin(session, services.settings, person(session, AMINA), NOW)

    assert missed(services) == []


def note(services: Services, phone: str, verb: str, at: datetime) -> None:
    with services.db.transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        deed = Deed(person(session, NJERI), states.SUPERVISOR, "desk", verb, at)
        assert reach.write_down(session, complaint, deed, person(session, phone).id) == person(session, phone)


def test_whoever_was_told_by_phone_is_reached_until_the_next_message_is_missed(services: Services) -> None:
    file(services)
    end(services, AMINA, "failed", "AbsentSubscriber")
    end(services, OTIENO, "failed", "AbsentSubscriber")

    note(services, AMINA, reach.TOLD, NOW + timedelta(minutes=1))
    assert missed(services) == [(OTIENO, "AbsentSubscriber")]

    owe_another(services, AMINA, "queued")
    end(services, AMINA, "failed", "UserDoesNotExist")
    assert missed(services) == [(OTIENO, "AbsentSubscriber")]
    with services.db.transaction() as session:
        session.execute(
            update(Message).where(Message.reason == "UserDoesNotExist").values(finished_at=NOW + timedelta(minutes=2))
        )
    assert missed(services) == [(OTIENO, "AbsentSubscriber"), (AMINA, "UserDoesNotExist")]


def test_what_reaches_them_about_another_complaint_is_another_matter(services: Services) -> None:
    file(services)
    end(services, AMINA, "failed", "AbsentSubscriber")
    with services.db.transaction() as session:
        first = session.scalars(select(Complaint)).one()
        other = file_complaint(session, services.settings, filed_by="ussd:other:done")
        cast.end_messages(session, AMINA, "failed", "AbsentSubscriber")
        deed = Deed(person(session, NJERI), states.SUPERVISOR, "desk", reach.TOLD, NOW + timedelta(hours=1))
        assert reach.write_down(session, other, deed, person(session, AMINA).id)

        assert [one.complaint_id for one in reach.not_reached(session, [first.id, other.id])] == [first.id]
        assert session.scalars(select(Complaint.id).where(reach.has_not_reached_somebody())).all() == [first.id]


def test_to_see_a_number_is_kept_in_the_history_and_tells_nobody(services: Services) -> None:
    file(services)
    end(services, AMINA, "failed", "AbsentSubscriber")
    note(services, AMINA, reach.SHOWN, NOW)

    assert missed(services) == [(AMINA, "AbsentSubscriber")]
    with services.db.reading() as session:
        last = session.scalars(select(Event).order_by(Event.number.desc())).first()
        assert last is not None
        assert (last.verb, last.role, last.channel) == ("NUMBER", "supervisor", "desk")
        assert last.facts == {"person": person(session, AMINA).id}
        assert AMINA[1:] not in f"{last.words} {last.facts}"


def test_of_several_who_say_at_once_that_they_have_told_somebody_one_is_written_down(services: Services) -> None:
    file(services)
    end(services, AMINA, "failed", "AbsentSubscriber")
    together = threading.Barrier(4)
    written: list[Person | None] = []

    def tell() -> None:
        with services.db.reading() as session:
            supervisor, amina = person(session, NJERI), person(session, AMINA)
        together.wait()
        with services.db.transaction() as session:
            complaint = session.scalars(select(Complaint)).one()
            deed = Deed(supervisor, states.SUPERVISOR, "desk", reach.TOLD, datetime.now(UTC))
            written.append(reach.write_down(session, complaint, deed, amina.id))

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(written) == 4
    assert len([one for one in written if one]) == 1


def test_history_and_complaint_keep_the_same_number_of_changes(services: Services) -> None:
    file(services)
    end(services, AMINA, "failed", "AbsentSubscriber")
    note(services, AMINA, reach.TOLD, NOW)

    with services.db.reading() as session:
        complaint = session.scalars(select(Complaint)).one()
        assert [event.number for event in session.scalars(select(Event).order_by(Event.number))] == [1, 2]
        assert complaint.version == 2
