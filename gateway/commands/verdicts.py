"""YES, NO, OK, BAD: whether it is really fixed. What a person may say follows from what they are to the complaint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway import places, roster
from gateway.commands import keywords, officer
from gateway.commands.exchange import Answer, Exchange
from gateway.complaints import notices, queries, states, windows
from gateway.complaints.service import Moved, Refused
from gateway.complaints.states import Reason
from gateway.models import Complaint

#: An association says OK and BAD, a resident YES and NO; each may use the other's words.
_OF_RESIDENTS: Mapping[str, str] = {keywords.OK: states.YES, keywords.BAD: states.NO}
_OF_ASSOCIATIONS: Mapping[str, str] = {states.YES: states.OK, states.NO: states.BAD}
_REFUSED: Mapping[Reason, str] = {Reason.TOO_LATE: "sms.too_late", Reason.ONCE_ONLY: "sms.appealed"}


def verdict(sms: Exchange) -> Answer | None:
    """None where the change itself owes the sender a text: that is the answer."""
    command = sms.command
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    if not command.references:
        return _unnamed(sms)
    named = []
    for number in command.references:
        complaint = sms.named(number)
        if complaint is None:
            return Answer("sms.status.notfound", {"ref": number})
        named.append(complaint)
    return say(sms, named)


def asked(sms: Exchange) -> list[Complaint]:
    """The questions that a bare YES or NO may answer, the latest first."""
    open_questions = queries.asked(sms.session, sms.person)
    if sms.is_association:
        theirs = queries.to_verify(sms.session, _wards(sms))
        open_questions += [one for one in theirs if one not in open_questions]
    if not open_questions:
        open_questions = queries.questioned(sms.session, sms.person)
    if not open_questions and _meaning(sms) == states.NO:
        ended = queries.own_complaints(sms.session, sms.person, among=(states.CLOSED, states.REJECTED))
        open_questions = [
            one
            for one in ended
            if one.outcome in (states.SILENT, None) and windows.may_still_reopen(sms.settings, one, sms.now)
        ]
    return open_questions


def say(sms: Exchange, complaints: Sequence[Complaint]) -> Answer | None:
    answers = [_say_of(sms, complaint) for complaint in sorted(complaints, key=lambda one: one.id)]
    return next((answer for answer in answers if answer is not None), None)


def chosen(sms: Exchange, verb: str, note: str | None, complaints: Sequence[Complaint]) -> Answer | None:
    """The answer to a numbered list."""
    return say(replace(sms, command=replace(sms.command, verb=verb, note=note)), complaints)


def _meaning(sms: Exchange) -> str:
    verb = sms.command.verb or ""
    return _OF_RESIDENTS.get(verb, verb)


def _unnamed(sms: Exchange) -> Answer | None:
    complaints = asked(sms)
    if len(complaints) == 1:
        return _say_of(sms, complaints[0])
    if complaints:
        return officer.choose(sms, complaints, "sms.choose.number")
    # Nothing was asked: whoever says YES or NO wants to know where it stands.
    latest = queries.own_complaints(sms.session, sms.person, limit=1, among=states.OPEN)
    return sms.about("sms.status", latest[0]) if latest else Answer("sms.unknown")


def _say_of(sms: Exchange, complaint: Complaint) -> Answer | None:
    roles = sms.roles_on(complaint)
    is_resident = bool(set(roles) & set(states.RESIDENTS))
    said = _meaning(sms)
    if is_resident and _answers_officer(sms, complaint):
        return _inform(sms, complaint, sms.text)
    verb = _OF_ASSOCIATIONS[said] if states.ASSOCIATION in roles and not is_resident else said
    outcome = sms.move(complaint, verb, sms.command.note)
    if isinstance(outcome, Refused):
        ours = "sms.not_now" if is_resident or states.ASSOCIATION in roles else "officer.not_now"
        return sms.about(_REFUSED.get(outcome.reason, ours), outcome.complaint)
    if outcome.event is not None and notices.reaches(sms.session, outcome.event, sms.person):
        return None
    return sms.about(_said(outcome, verb, roles), outcome.complaint)


def _answers_officer(sms: Exchange, complaint: Complaint) -> bool:
    """YES to "is it the blue gate?": the officer's question is the newer one, unless the promise was missed since."""
    return complaint.state == states.NEEDS_INFO and not (
        complaint.late and complaint.state_since < complaint.promise_due_at
    )


def _inform(sms: Exchange, complaint: Complaint, words: str) -> Answer:
    outcome = sms.move(complaint, states.INFO, words)
    return sms.about("sms.not_now" if isinstance(outcome, Refused) else "sms.info.ok", complaint)


def _said(outcome: Moved, verb: str, roles: tuple[str, ...]) -> str:
    """What whoever said it before was answered, and an association always."""
    complaint = outcome.complaint
    if verb in (states.OK, states.BAD):
        return "association.ok" if verb == states.OK else "association.bad"
    is_follower = states.OWNER not in roles
    if verb == states.YES:
        if complaint.state != states.CLOSED:
            return "sms.follower.yes"
        return "sms.closed.follower" if is_follower else "sms.closed.confirmed"
    if complaint.state == states.RESOLVED and is_follower:
        return "sms.follower.no"
    return "sms.disputed" if complaint.disputed_at else "sms.reopened"


def _wards(sms: Exchange) -> list[str]:
    """Where the sender speaks for residents."""
    jobs = [job for job in sms.jobs if job.role == roster.ASSOCIATION]
    return [ward.code for ward in places.WARDS if any(roster.covers(job, ward.code) for job in jobs)]


def ask_back(sms: Exchange, complaint: Complaint) -> Answer:
    """The question again, for somebody whose YES or NO was not clear."""
    if complaint.state == states.RESOLVED:
        done = queries.last_words(sms.session, complaint, states.DONE)
        return sms.about("sms.resolved", complaint, note=done)
    if complaint.state == states.NEEDS_INFO:
        question = queries.last_event(sms.session, complaint, states.ASK)
        return sms.about("sms.needs_info", complaint, note=question.words if question else None)
    return sms.about("sms.overdue" if complaint.late else "sms.status", complaint)
