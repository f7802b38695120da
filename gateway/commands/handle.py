"""Answers one incoming SMS: who is texting, what they want, what comes of it, and the one answer that they get.

On the roster a sender acts by their rows; everybody acts as the owner of what they filed. Nobody learns whether a
reference that is not theirs exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway import people, roster
from gateway.commands import grammar, keywords
from gateway.commands.grammar import Command
from gateway.complaints import labels, notices, promise, queries, reference, rights, service, states
from gateway.complaints.service import Actor, Moved, Refused
from gateway.complaints.states import Reason
from gateway.config import Settings
from gateway.models import Complaint, IncomingSms, Person
from gateway.phones import PhoneBook
from gateway.sms import outbox

CHANNEL = "sms"
#: As wide as {list} in a text: whole references only.
_LIST_WIDTH = 50


@dataclass(frozen=True, slots=True)
class Answer:
    phrase: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Sms:
    """One incoming SMS, with all that answering it takes."""

    session: Session
    settings: Settings
    now: datetime
    person: Person
    command: Command
    language: str

    def about(self, phrase: str, complaint: Complaint, **more: object) -> Answer:
        known = notices.blanks(self.session, self.settings, complaint, self.language, self.now)
        return Answer(phrase, known | {"verb": self.shown_verb} | more)

    @property
    def shown_verb(self) -> str:
        return keywords.taught(self.command.verb, self.language) if self.command.verb else "-"

    def is_official(self) -> bool:
        return roster.is_official(roster.entries_of(self.session, self.person))

    def move(self, complaint: Complaint) -> Moved | Refused:
        return service.move(
            self.session,
            self.settings,
            now=self.now,
            complaint=complaint,
            verb=self.command.verb or "",
            actor=Actor(self.person, CHANNEL),
            words=self.command.note,
        )


def answer(session: Session, settings: Settings, phones: PhoneBook, *, now: datetime, incoming: IncomingSms) -> None:
    """Applies the SMS and owes its one answer. A sender that is no phone (a short code, a name) gets none."""
    if incoming.phone_sealed is None:
        return
    person = people.find_or_add(session, phones, phones.open(incoming.phone_sealed), now)
    command = grammar.parse(incoming.body, reference.longest(session))
    if person.language is None:
        person.language = command.language
    language = command.language or person.language or "en"
    found = _ANSWERS[command.verb](_Sms(session, settings, now, person, command, language))
    if found is None:
        return
    outbox.owe(
        session,
        settings,
        person=person,
        phrase=found.phrase,
        values=found.values,
        dedupe_key=f"answer:{incoming.id}",
        now=now,
        urgency=outbox.ANSWER,
        language=language,
    )


def _help(sms: _Sms) -> Answer:
    return Answer("officer.help" if sms.is_official() else "sms.help", {})


def _unknown(_sms: _Sms) -> Answer:
    return Answer("sms.unknown", {})


def _list(sms: _Sms) -> Answer:
    return _jobs(sms) if sms.is_official() else Answer("officer.not_registered", {})


def _jobs(sms: _Sms) -> Answer:
    jobs = queries.open_jobs(sms.session, sms.person)
    if not jobs:
        return Answer("officer.list.none", {})
    return Answer("officer.list", {"count": len(jobs), "list": _references(jobs)})


def _work(sms: _Sms) -> Answer:
    """ACK, DONE: for people on the roster."""
    command = sms.command
    if not sms.is_official():
        # "Close the open manhole" is a resident's sentence, not a command.
        is_command = command.references or command.invalid_references or not command.note
        return Answer("officer.not_registered" if is_command else "sms.unknown", {})
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    complaints = []
    for number in command.references:
        job = queries.by_reference(sms.session, number)
        if job is None or not set(rights.roles_on(sms.session, sms.person, job)) & set(states.COUNTY):
            return Answer("officer.unknown_ref", {"ref": number})
        complaints.append(job)
    if not complaints:
        complaints = queries.open_jobs(sms.session, sms.person)
        if len(complaints) != 1:
            return _choose(sms, "officer.choose", complaints) if complaints else _jobs(sms)
    # In one order for everybody, so that two officers who name the same jobs never wait for each other in a circle.
    outcomes = [sms.move(complaint) for complaint in sorted(complaints, key=lambda job: job.id)]
    refused = next((outcome for outcome in outcomes if isinstance(outcome, Refused)), None)
    if refused:
        phrase = "officer.done.need_note" if refused.reason is Reason.NEED_NOTE else "officer.not_now"
        return sms.about(phrase, refused.complaint)
    return _done(sms, complaints[0]) if len(complaints) == 1 else _jobs(sms)


def _done(sms: _Sms, complaint: Complaint) -> Answer:
    if sms.command.verb == keywords.ACK:
        return sms.about("officer.ack.ok", complaint)
    jobs = queries.open_jobs(sms.session, sms.person)
    due = [promise.target(sms.session, sms.settings, job) for job in jobs]
    today = sum(promise.is_due_today(instant, sms.settings, sms.now) for instant in due)
    return sms.about("officer.done.ok", complaint, count=len(jobs), today=today)


def _verdict(sms: _Sms) -> Answer | None:
    """YES, NO: whether it is fixed, from the one who reported it."""
    command = sms.command
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    asked = queries.own_complaints(sms.session, sms.person, among=(states.RESOLVED,))
    if not command.references and (len(asked) != 1 or not command.is_clear):
        return _unasked(sms, asked)
    complaints = [] if command.references else asked
    for number in command.references:
        complaint = queries.by_reference(sms.session, number)
        if complaint is None or not rights.roles_on(sms.session, sms.person, complaint):
            return Answer("sms.status.notfound", {"ref": number})
        complaints.append(complaint)
    if len(complaints) != 1:
        return _choose(sms, "sms.choose", complaints)
    outcome = sms.move(complaints[0])
    if isinstance(outcome, Refused):
        is_owner = outcome.complaint.owner_id == sms.person.id
        return sms.about("sms.not_now" if is_owner else "officer.not_now", outcome.complaint)
    if outcome.event is not None:
        return None  # the change itself owes the sender a text: that is the answer
    return sms.about(_REPEATED[command.verb or ""], outcome.complaint)


#: What the first YES or NO was answered.
_REPEATED = {keywords.YES: "sms.closed.confirmed", keywords.NO: "sms.reopened"}


def _unasked(sms: _Sms, asked: list[Complaint]) -> Answer:
    """A YES or NO without a number that answers no question, or more than one, or runs on into a sentence."""
    if len(asked) > 1:
        return _choose(sms, "sms.choose", asked)
    if asked:
        return sms.about("sms.resolved", asked[0], note=queries.last_words(sms.session, asked[0], states.DONE) or "-")
    return Answer("sms.unknown", {})


def _status(sms: _Sms) -> Answer:
    command = sms.command
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    if command.references:
        number = command.references[0]
        complaint = queries.by_reference(sms.session, number)
        if complaint is None or not rights.roles_on(sms.session, sms.person, complaint):
            return Answer("sms.status.notfound", {"ref": number})
        return _status_of(sms, complaint)
    own = queries.own_complaints(sms.session, sms.person, limit=1000)
    unfinished = [complaint for complaint in own if complaint.state != states.CLOSED]
    if len(unfinished) > 1:
        latest = unfinished[0]
        return sms.about("sms.status.many", latest, count=len(unfinished), state=labels.state(latest, sms.language))
    if own:
        return _status_of(sms, (unfinished or own)[0])
    return _jobs(sms) if sms.is_official() else Answer("sms.status.none", {})


def _status_of(sms: _Sms, complaint: Complaint) -> Answer:
    return sms.about("sms.status" if complaint.state in states.OPEN else "sms.status.closed", complaint)


def _choose(sms: _Sms, phrase: str, complaints: list[Complaint]) -> Answer:
    return Answer(phrase, {"list": _references(complaints), "verb": sms.shown_verb})


def _references(complaints: list[Complaint]) -> str:
    """As many whole references as fit; a cut one would be another number."""
    line = ""
    for complaint in complaints:
        longer = f"{line}, {complaint.reference}" if line else complaint.reference
        if len(longer) > _LIST_WIDTH:
            break
        line = longer
    return line


_ANSWERS: Mapping[str | None, Callable[[_Sms], Answer | None]] = {
    keywords.ACK: _work,
    keywords.DONE: _work,
    keywords.LIST: _list,
    keywords.HELP: _help,
    keywords.YES: _verdict,
    keywords.NO: _verdict,
    keywords.STATUS: _status,
    None: _unknown,
}
