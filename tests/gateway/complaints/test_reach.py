from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from gateway.complaints import reach
from gateway.models import Complaint, Message, Person
from gateway.services import Services
from gateway.sms import stops
from tests.gateway.cast import AMINA, NOW, OTIENO, file_complaint, load_roster, person


def missed(services: Services) -> list[tuple[str, str]]:
    with services.db.reading() as session:
        complaint = session.scalars(select(Complaint)).one()
        return [
            (services.phones.open(one.person.phone_sealed), one.why) for one in reach.not_reached(session, complaint)
        ]


def file(services: Services) -> None:
    with services.db.transaction() as session:
        load_roster(session)
        file_complaint(session, services.settings)


def end(services: Services, phone: str, state: str, reason: str | None = None) -> None:
    """What is queued for this number ends like that."""
    with services.db.transaction() as session:
        to = select(Person.id).where(Person.phone_hash == services.phones.hash(phone))
        session.execute(
            update(Message)
            .where(Message.person_id.in_(to), Message.state == "queued")
            .values(state=state, reason=reason, finished_at=NOW)
        )


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


def test_a_later_message_that_arrives_ends_it(services: Services) -> None:
    file(services)
    end(services, OTIENO, "failed", "AbsentSubscriber")
    with services.db.transaction() as session:
        first = session.scalars(select(Message).where(Message.reason == "AbsentSubscriber")).one()
        session.add(
            Message(
                person_id=first.person_id,
                event_id=first.event_id,
                phrase="officer.assigned",
                body="Hatua",
                dedupe_key="later",
                urgency=1,
                state="delivered",
                not_before=NOW,
                expires_at=NOW + timedelta(hours=1),
                created_at=NOW,
            )
        )

    assert missed(services) == []
