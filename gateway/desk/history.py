"""What has happened to a complaint, in words for whoever works at the desk: who, what, and whom it was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import roster
from gateway.complaints import (
    absences,
    associations,
    duplicates,
    erasure,
    escalation,
    followers,
    queries,
    reach,
    states,
)
from gateway.models import Complaint, Event, Message, Person

#: What each verb did, said of whoever did it.
DEEDS: Mapping[str, str] = {
    states.FILE: "reported it",
    states.ACK: "has seen it",
    states.START: "began the work",
    states.ASK: "asked the resident",
    states.INFO: "answered",
    states.DONE: "says it is done",
    states.NOTE: "wrote a note",
    states.REJECT: "rejected it",
    states.REFER: "referred it",
    states.RETURN: "handed it back",
    states.DUP: "joined it to another",
    states.WARD: "moved it to another ward",
    states.YES: "says it is fixed",
    states.NO: "says it is not fixed",
    states.OK: "checked it: fixed",
    states.BAD: "checked it: not fixed",
    states.RATE: "rated it",
    states.COMMENT: "said how it was",
    states.CANCEL: "withdrew it",
    states.ESCALATE: "raised it",
    states.URGENT: "says it is dangerous",
    states.TIMEOUT: "waits for the answer no longer",
    states.SILENCE: "closed it: nobody answered",
    states.REPAIR: "put it right by hand",
    followers.FOLLOW: "joined it",
    associations.JOIN: "proposed a clean-up day",
    associations.AGREE: "agreed to the clean-up day",
    duplicates.MERGE: "joined another to it",
    duplicates.PART: "parted another from it",
    escalation.REMIND: "reminded",
    escalation.MISSED: "noted that the promise was missed",
    absences.ROUTE: "gave it to somebody who is there",
    erasure.ERASE: "erased the resident's number and words",
    reach.SHOWN: "looked at a phone number",
    reach.TOLD: "told somebody by phone",
}
_ROLES: Mapping[str, str] = {
    states.OWNER: "The resident",
    states.FOLLOWER: "Somebody who joined",
    states.ASSOCIATION: "The association",
    states.SYNC: "The county's system",
    states.TIMER: "The clock",
    escalation.CLOCK: "The clock",
}
_CHANNELS: Mapping[str, str] = {"ussd": "USSD", "sms": "SMS"}
#: What became of a message, by its state.
FATES: Mapping[str, str] = {
    "queued": "waits",
    "sending": "on its way",
    "submitted": "handed over",
    "unknown": "in doubt",
    "delivered": "delivered",
    "failed": "not reached",
    "refused": "not reached",
    "suppressed": "not reached",
    "expired": "not reached",
    "unconfirmed": "may not have arrived",
    "superseded": "replaced by newer news",
}
#: Why, in the carrier's words and ours; what is not here is shown as it is.
_REASONS: Mapping[str, str] = {
    "optout": "has sent STOP",
    "absentsubscriber": "phone off, or no coverage",
    "userdoesnotexist": "no such number",
    "userisinactive": "number not in use",
    "useraccountsuspended": "number suspended",
    "userinblacklist": "blocks these messages at the operator",
    "notnetworksubscriber": "not on that network",
    "deliveryfailure": "the operator could not deliver it",
    "failed": "the operator could not deliver it",
    "expired": "too late",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A message that a change owed."""

    to: str
    body: str
    state: str
    fate: str
    why: str | None
    may_be_double: bool


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    who: str
    deed: str
    #: Empty where nobody chose one: the clock, the desk.
    channel: str
    words: str | None
    #: It was tried, and could not be.
    was_refused: bool
    told: Sequence[Told]


def entries(session: Session, complaint: Complaint) -> list[Entry]:
    """The oldest first."""
    events = queries.history(session, complaint)
    told: defaultdict[int | None, list[Told]] = defaultdict(list)
    owed = select(Message, Person).join(Person, Person.id == Message.person_id)
    owed = owed.where(Message.event_id.in_([event.id for event in events])).order_by(Message.id)
    for message, person in session.execute(owed):
        told[message.event_id].append(_told(session, complaint, message, person))
    return [
        Entry(
            event.at,
            _who(session, event),
            DEEDS.get(event.verb, event.verb),
            _CHANNELS.get(event.channel, ""),
            event.words,
            "refused" in (event.facts or {}),
            told[event.id],
        )
        for event in events
    ]


def part(session: Session, complaint: Complaint, person: Person) -> str:
    """What somebody is to the complaint: `Resident`, `M.Otieno`, `Joined`."""
    if person.id == complaint.owner_id:
        return "Resident"
    name = roster.short_name(session, person)
    return "Joined" if name == "-" else name


def why(reason: str) -> str:
    return _REASONS.get(reason.lower(), reason)


def _told(session: Session, complaint: Complaint, message: Message, person: Person) -> Told:
    fate = FATES.get(message.state, message.state)
    reason = message.reason or (person.sms_stopped_by if message.state == "suppressed" else None)
    return Told(
        part(session, complaint, person),
        message.body,
        message.state,
        fate,
        why(reason) if reason else None,
        message.may_be_double,
    )


def _who(session: Session, event: Event) -> str:
    if event.role in _ROLES or event.actor_id is None:
        return _ROLES.get(event.role, event.role)
    return f"{roster.short_name(session, session.get(Person, event.actor_id))}, {event.role}"
