"""A person who wants to be forgotten, in two steps.

`begin`, when they have said so for the second time: the number is nobody's from now on, so whoever dials or texts with
it is a new person, and nothing unasked is sent. The rest is the clock's: their last answer has to go out, a hop may be
repeated, and what they wrote lies in many places (`gateway.erasures`).

`forget` is what of it concerns complaints. Nothing that the county counts is lost: events, followers and outcomes stay,
of somebody who is nobody. What is still to be done goes to the first who followed it, as after a withdrawal; where
nobody does it goes on without a resident, and is closed by an association or by silence. The place of a problem that
is not over stays, without any number in it, because an officer has to find it; it goes when the problem is over.
Who works for the county or speaks for residents is on the roster by duty, and has to be taken off it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from gateway import phones, roster
from gateway.complaints import escalation, followers, hotspots, notices, record, windows
from gateway.complaints.record import Deed
from gateway.config import Settings
from gateway.models import Complaint, Event, Follower, Hotspot, Person, SignIn, SmsQuestion, StoppedNumber
from gateway.models.complaints import GOING_ON
from gateway.sms import forgetting, outbox, stops

ERASE = "ERASE"
ERASED = "erased"

#: As long as the answers to a phone are counted, and longer than a call can be repeated or continued.
_SETTLE = timedelta(hours=1)

#: What stands for a place that was forgotten.
_NOWHERE = "-"


def pause(settings: Settings) -> timedelta:
    """Between the request and the first look, and from look to look."""
    return min(_SETTLE, 60 * timedelta(seconds=settings.sweep_seconds))


def begin(session: Session, settings: Settings, person: Person, now: datetime) -> bool:
    """False for whoever is on the roster: nothing is changed."""
    if roster.entries_of(session, person):
        return False
    if person.sms_stopped_at is not None:
        session.merge(
            StoppedNumber(
                phone_hash=person.phone_hash, stopped_at=person.sms_stopped_at, stopped_by=person.sms_stopped_by
            )
        )
    session.execute(delete(SmsQuestion).where(SmsQuestion.person_id == person.id))
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    stops.stop(session, person.id, ERASED, now)
    person.phone_hash = f"{ERASED}:{person.id}"
    person.erasure_requested_at = now
    person.erase_at = now + pause(settings)
    session.flush()
    return True


def due(session: Session, now: datetime, after: int, limit: int) -> list[int]:
    """Ids of people of whom something may be left to erase, the first so many after that id."""
    waiting = select(Person.id).where(Person.erase_at.is_not(None), Person.erase_at <= now, Person.id > after)
    return list(session.scalars(waiting.order_by(Person.id).limit(limit)))


def hold(session: Session, person_id: int, now: datetime) -> Person | None:
    """The person, ours until the end of the transaction; None where another clock was faster.

    Their complaints come first, as for everybody who works on one and then texts its people.
    """
    owned = select(Complaint.id).where(Complaint.owner_id == person_id).order_by(Complaint.id)
    session.execute(owned.with_for_update(of=Complaint)).all()
    waiting = select(Person).where(Person.id == person_id, Person.erase_at <= now).with_for_update(of=Person)
    return session.scalar(waiting.execution_options(populate_existing=True))


def forget(session: Session, settings: Settings, person: Person, phone: str | None, now: datetime) -> bool:
    """`phone` while it is known. True once nothing is left that says where or what it was."""
    theirs = _complaints_of(session, person)
    for complaint in theirs:
        if complaint.owner_id == person.id and complaint.state in GOING_ON:
            _pass_on(session, settings, complaint, person, now)
    if phone is not None:
        _mask(session, theirs, person, phone)
    said = update(Event).where(Event.actor_id == person.id, Event.words.is_not(None)).values(words=None)
    session.execute(said.execution_options(synchronize_session=False))
    orphans = [one for one in theirs if one.owner_id == person.id and one.landmark != _NOWHERE]
    over = [complaint for complaint in orphans if _is_over(settings, complaint, now)]
    for complaint in over:
        _forget_place(session, complaint)
    forgetting.forget_complaints(session, [complaint.id for complaint in over])
    return forgetting.forget_words(session, person) and len(over) == len(orphans)


def _complaints_of(session: Session, person: Person) -> Sequence[Complaint]:
    followed = select(Follower.complaint_id).where(Follower.person_id == person.id)
    rows = select(Complaint).where(or_(Complaint.owner_id == person.id, Complaint.id.in_(followed)))
    return session.scalars(rows.order_by(Complaint.id)).all()


def _pass_on(session: Session, settings: Settings, complaint: Complaint, person: Person, now: datetime) -> None:
    """To the first follower who is somebody. Written down once where there is none."""
    heir = followers.heir(session, complaint)
    written = select(Event.id).where(Event.complaint_id == complaint.id, Event.verb == ERASE).limit(1)
    if heir is None and session.scalar(written) is not None:
        return
    deed = Deed(None, escalation.CLOCK, escalation.CLOCK, ERASE, now)
    changes = {"owner_id": heir.id} if heir else {}
    event = record.change(session, complaint, deed, changes, {"owner": heir.id if heir else None})
    if event is None:
        raise RuntimeError("a complaint was changed while its row was held")
    if heir is None:
        return
    # They did report it, and are counted.
    followers.follow(session, complaint, person, complaint.filed_at)
    outbox.owe(
        session,
        settings,
        person=heir,
        phrase="sms.inherited",
        values=notices.blanks(session, settings, complaint, heir.language or "en", now),
        dedupe_key=f"event:{event.id}:sms.inherited:{heir.id}",
        now=now,
        event=event,
    )


def _mask(session: Session, complaints: Sequence[Complaint], person: Person, phone: str) -> None:
    """Takes the number out of what others wrote about these complaints, and out of the places."""
    ids = [complaint.id for complaint in complaints]
    for complaint in complaints:
        words = {column: getattr(complaint, column) for column in ("landmark", "agency", "proposed_rejection")}
        masked = {column: text and phones.without(phone, text) for column, text in words.items()}
        record.rewrite(session, complaint, masked)
    others = select(Event).where(Event.complaint_id.in_(ids), Event.words.is_not(None), Event.actor_id != person.id)
    for event in session.scalars(others):
        masked_words = phones.without(phone, event.words or "")
        if masked_words != event.words:
            event.words = masked_words
            event.facts = event.facts and {
                name: phones.without(phone, fact) if isinstance(fact, str) else fact
                for name, fact in event.facts.items()
            }
            forgetting.mask_incoming(session, event, phone)
    forgetting.mask(session, ids, phone)


def _is_over(settings: Settings, complaint: Complaint, now: datetime) -> bool:
    """Nobody has to find the place any more, nor to count how often something was reported there."""
    if complaint.state in GOING_ON or now <= complaint.filed_at + hotspots.WEEK:
        return False
    return not windows.may_still_reopen(settings, complaint, now)


def _forget_place(session: Session, complaint: Complaint) -> None:
    alike = Hotspot.ward == complaint.ward, Hotspot.landmark == complaint.landmark
    noticed = session.scalars(update(Hotspot).where(*alike).values(landmark=_NOWHERE).returning(Hotspot.id)).all()
    forgetting.forget_hotspots(session, noticed)
    record.rewrite(session, complaint, {"landmark": _NOWHERE})
