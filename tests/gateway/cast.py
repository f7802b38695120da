"""People that tests share: a resident, ward officers, a supervisor; and how they file a complaint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway import people, roster
from gateway.complaints import service
from gateway.config import Settings
from gateway.models import Complaint, Message, Person
from gateway.phones import PhoneBook

#: A Sunday; 10:40 in Nairobi.
NOW = datetime(2026, 11, 22, 7, 40, tzinfo=UTC)
PHONES = PhoneBook("made-up-phone-key")

AMINA = "+254700000001"
BRIAN = "+254700000002"
OTIENO = "+254711000001"
WANJIRU = "+254711000002"
NJERI = "+254711000003"
HASSAN = "+254711000004"
GRACE = "+254711000005"

MARINGO, HARAMBEE, KAREN = "1430", "1432", "1381"

#: Otieno works in Maringo, Wanjiru in Karen; Njeri supervises Makadara; Hassan speaks for Maringo's residents.
ROSTER = f"""phone,name,role,department,area
{OTIENO},Mary Otieno,officer,county_env,Maringo/Hamza
{WANJIRU},Jane Wanjiru,officer,*,Karen
{NJERI},Peter Njeri,supervisor,*,Makadara
{HASSAN},Ali Hassan,association,*,Maringo/Hamza
"""

#: Wanjiru works in Karen, and stands in for Otieno.
WITH_DEPUTY = f"""phone,name,role,department,area,deputy
{OTIENO},Mary Otieno,officer,*,Maringo/Hamza,{WANJIRU}
{WANJIRU},Jane Wanjiru,officer,*,Karen,
"""


def person(session: Session, phone: str) -> Person:
    return people.find_or_add(session, PHONES, phone, NOW)


def load_roster(session: Session, text: str = ROSTER) -> roster.Loaded:
    return roster.load(session, PHONES, text, NOW)


def file_complaint(
    session: Session,
    settings: Settings,
    *,
    owner: str = AMINA,
    category: str = "T2",
    ward: str = MARINGO,
    filed_by: str = "ussd:made-up-session:done",
    after: timedelta = timedelta(0),
) -> Complaint:
    return service.file(
        session,
        settings,
        now=NOW + after,
        owner=person(session, owner),
        category=category,
        ward=ward,
        landmark="Stage Mosque Rd",
        channel="ussd",
        filed_by=filed_by,
    ).complaint


def end_messages(session: Session, phone: str, state: str, reason: str | None = None, at: datetime = NOW) -> None:
    """What is queued for this number ends like that."""
    to = select(Person.id).where(Person.phone_hash == PHONES.hash(phone))
    session.execute(
        update(Message)
        .where(Message.person_id.in_(to), Message.state == "queued")
        .values(state=state, reason=reason, finished_at=at)
    )


def messages_to(session: Session, phone: str) -> list[tuple[str, str]]:
    """(phrase, body) of all that this number is owed, oldest first."""
    owed = select(Message.phrase, Message.body).join(Person, Person.id == Message.person_id)
    owed = owed.where(Person.phone_hash == PHONES.hash(phone)).order_by(Message.id)
    return [(phrase, body) for phrase, body in session.execute(owed)]
