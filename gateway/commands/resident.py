"""What residents do by SMS besides reporting and saying whether it is fixed: look, answer, hurry, rate, withdraw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from gateway import clock
from gateway.commands import keywords, memory, officer, verdicts
from gateway.commands.exchange import Answer, Exchange
from gateway.commands.grammar import Command
from gateway.complaints import followers, labels, notices, queries, states
from gateway.complaints.service import Refused
from gateway.complaints.states import Reason
from gateway.models import Complaint

#: How long a bare number from 1 to 5 is a rating.
RATING_LIFE = timedelta(hours=72)
_STARS = {
    word: str(stars)
    for stars, words in enumerate(("1 one moja", "2 two mbili", "3 three tatu", "4 four nne", "5 five tano"), start=1)
    for word in words.split()
}


def status(sms: Exchange) -> Answer:
    command = sms.command
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    if command.references:
        complaint = sms.named(command.references[0])
        if complaint is None:
            return Answer("sms.status.notfound", {"ref": command.references[0]})
        return status_of(sms, complaint)
    return _mine(sms) or (officer.jobs(sms) if sms.is_official else Answer("sms.status.none"))


def greeting(sms: Exchange) -> Answer:
    """`Hali yako?` is answered with their complaints, and with help where they have none."""
    return _mine(sms) or help_text(sms)


def help_text(sms: Exchange) -> Answer:
    return Answer("officer.help" if sms.is_official else "sms.help")


def _mine(sms: Exchange) -> Answer | None:
    mine = queries.own_complaints(sms.session, sms.person, limit=1000)
    mine += followers.followed_by(sms.session, sms.person)
    unfinished = [complaint for complaint in mine if complaint.state != states.CLOSED]
    if len(unfinished) > 1:
        latest = unfinished[0]
        return sms.about("sms.status.many", latest, count=len(unfinished), state=labels.state(latest, sms.language))
    return status_of(sms, (unfinished or mine)[0]) if mine else None


def status_of(sms: Exchange, complaint: Complaint) -> Answer:
    if complaint.state not in states.OPEN:
        return sms.about("sms.status.closed", complaint)
    people = followers.count(sms.session, complaint)
    return sms.about("sms.status" if people == 1 else "sms.status.people", complaint)


def inform(sms: Exchange) -> Answer | None:
    """INFO: the answer to the officer's question, or more about what was reported."""
    command = sms.command
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    complaints = _named_or(sms, queries.questioned(sms.session, sms.person) or _open(sms))
    if isinstance(complaints, Answer):
        return complaints
    complaint = complaints[0]
    word = keywords.KEYWORDS.get((command.note or "").strip(" .!").lower())
    if word and word.verb in (keywords.YES, keywords.NO) and complaint.state == states.RESOLVED:
        return verdicts.chosen(sms, word.verb, None, [complaint])
    return _inform(sms, complaint, command.note)


def _inform(sms: Exchange, complaint: Complaint, words: str | None) -> Answer:
    outcome = sms.move(complaint, states.INFO, words)
    if isinstance(outcome, Refused):
        if outcome.reason is Reason.NEED_WORDS and complaint.state == states.NEEDS_INFO:
            return verdicts.ask_back(sms, complaint)
        if outcome.reason is Reason.NEED_WORDS:
            return sms.about("sms.needs_info.place", complaint)
        return sms.about("sms.not_now", complaint)
    return sms.about("sms.info.ok", complaint)


def escalate(sms: Exchange) -> Answer:
    """One level up when it is late; at once when it is urgent; else until when the county has."""
    if sms.command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": sms.command.invalid_references[0]})
    complaints = _named_or(sms, _open(sms))
    if isinstance(complaints, Answer):
        return complaints
    is_urgent = bool(keywords.URGENT & set(re.findall(r"\w+", (sms.command.note or "").lower())))
    verb = states.URGENT if is_urgent else states.ESCALATE
    outcomes = [sms.move(complaint, verb, sms.command.note) for complaint in complaints]
    refused = next((outcome for outcome in outcomes if isinstance(outcome, Refused)), None)
    if refused:
        phrase = "sms.escalate.early" if refused.reason is Reason.TOO_EARLY else "sms.not_now"
        return sms.about(phrase, refused.complaint)
    until = clock.due_words(sms.now + sms.settings.ack, sms.settings.timezone, sms.language)
    return sms.about("sms.escalated", outcomes[0].complaint, due=until)


def rate(sms: Exchange) -> Answer:
    command = sms.command
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    since = sms.now - RATING_LIFE
    candidates = queries.rateable(sms.session, sms.person, since) or queries.rated(sms.session, sms.person, since)
    complaints = _named_or(sms, candidates[:1])
    if isinstance(complaints, Answer):
        return complaints
    complaint, words = complaints[0], re.findall(r"\w+", (command.note or "").lower())
    stars = _STARS.get(words[0]) if words else None
    if stars is None:
        return sms.about("sms.rate.invalid", complaint)
    if isinstance(sms.move(complaint, states.RATE, stars), Refused):
        return sms.about("sms.not_now", complaint)
    if stars in "12":
        memory.ask(sms.session, sms.person, memory.LOW_RATING, {"references": [complaint.reference]}, sms.now)
        return sms.about("sms.rate.low", complaint)
    return Answer("sms.rate.thanks")


def cancel(sms: Exchange) -> Answer | None:
    """At once with a number, otherwise only after we have asked."""
    command = sms.command
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    if command.references:
        complaints = _named_or(sms, [])
        if isinstance(complaints, Answer):
            return complaints
        answers = [withdraw(sms, complaint) for complaint in complaints]
        return next((answer for answer in answers if answer is not None), None)
    own = queries.own_complaints(sms.session, sms.person, among=states.OPEN)
    if len(own) != 1:
        return officer.choose(sms, own, "sms.choose.number") if own else status(sms)
    memory.ask(sms.session, sms.person, memory.CANCEL, {"references": [own[0].reference]}, sms.now)
    return sms.about("sms.cancel.confirm", own[0])


def ask_to_withdraw(sms: Exchange) -> Answer:
    """`FUTA 4821759`: what they hardly know how to take back is asked first."""
    command = sms.command
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    complaint = sms.named(command.references[0])
    if complaint is None:
        return Answer("sms.status.notfound", {"ref": command.references[0]})
    if complaint.state not in states.OPEN or complaint.owner_id != sms.person.id:
        return sms.about("sms.not_now", complaint)
    memory.ask(sms.session, sms.person, memory.CANCEL, {"references": [complaint.reference]}, sms.now)
    return sms.about("sms.cancel.confirm", complaint)


def withdraw(sms: Exchange, complaint: Complaint) -> Answer | None:
    outcome = sms.move(complaint, states.CANCEL, sms.command.note)
    if isinstance(outcome, Refused):
        return sms.about("sms.not_now", outcome.complaint)
    if outcome.event is not None and notices.reaches(sms.session, outcome.event, sms.person):
        return None
    return sms.about("sms.closed.withdrawn", outcome.complaint)


def chosen(sms: Exchange, verb: str, note: str | None, complaints: Sequence[Complaint]) -> Answer | None:
    """The answer to a numbered list."""
    command = Command(verb, (complaints[0].reference,), note=note, language=sms.command.language)
    act = {keywords.INFO: inform, keywords.ESCALATE: escalate, keywords.RATE: rate, keywords.CANCEL: cancel}[verb]
    return act(replace(sms, command=command))


def _open(sms: Exchange) -> list[Complaint]:
    own = queries.own_complaints(sms.session, sms.person, among=states.OPEN)
    return own + followers.followed_by(sms.session, sms.person, among=states.OPEN)


def _named_or(sms: Exchange, candidates: Sequence[Complaint]) -> list[Complaint] | Answer:
    """Those that were named or the only one that can be meant; else what to answer: where theirs stand."""
    named: list[Complaint] = []
    for number in sms.command.references:
        complaint = sms.named(number)
        if complaint is None:
            return Answer("sms.status.notfound", {"ref": number})
        named.append(complaint)
    if named:
        return sorted(named, key=lambda one: one.id)
    if len(candidates) > 1:
        return officer.choose(sms, candidates, "sms.choose.number")
    return list(candidates) or status(sms)
