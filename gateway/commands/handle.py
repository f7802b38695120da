"""Answers one incoming SMS: who is texting, what they want, what comes of it, and the one answer that they get.

On the roster a sender acts by their rows; everybody acts as the owner or follower of what they have to do with.
Nobody learns whether a reference that is not theirs exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from gateway import areas, people
from gateway.commands import (
    account,
    association,
    grammar,
    keywords,
    limits,
    memory,
    officer,
    replies,
    report,
    resident,
    unclear,
    verdicts,
)
from gateway.commands.exchange import Answer, Exchange
from gateway.commands.replies import NotAnAnswer
from gateway.complaints import reference
from gateway.config import Settings
from gateway.models import IncomingSms, SmsQuestion
from gateway.phones import PhoneBook
from gateway.sms import outbox


def answer(session: Session, settings: Settings, phones: PhoneBook, *, now: datetime, incoming: IncomingSms) -> None:
    """Applies the SMS and owes its one answer. A sender that is no phone (a short code, a name) gets none."""
    if incoming.phone_sealed is None:
        return
    person = people.find_or_add(session, phones, phones.open(incoming.phone_sealed), now)
    command = grammar.parse(incoming.body, reference.longest(session))
    sms = Exchange(session, settings, now, incoming, person, command, command.language or person.language or "en")
    may_answer = limits.answers(session, person, now) < limits.most_answers(settings)
    if not may_answer and not (sms.is_official or command.verb == keywords.STOP):
        if not limits.was_told(session, person, "sms.limit", now - limits.DAY):
            _owe(sms, Answer("sms.limit"))
        return
    if person.language is None:
        person.language = command.language
    found = _answer(sms)
    if found is not None and may_answer:
        _owe(sms, found)


def _answer(sms: Exchange) -> Answer | None:
    question = memory.take(sms.session, sms.person, sms.now)
    try:
        return replies.to(sms, question) if question else replies.to_no_question(sms)
    except NotAnAnswer:
        pass
    act = _ANSWERS.get(sms.command.verb)
    if act is None:
        if question:
            _keep_open(sms, question)
        return unclear.answer(sms, is_waiting=question is not None)
    found = act(sms)
    if question and found and found.phrase == "sms.unknown":
        _keep_open(sms, question)
    return found


def _keep_open(sms: Exchange, question: SmsQuestion) -> None:
    """For whoever mistypes the answer, or says OK to the question first."""
    memory.ask(sms.session, sms.person, question.kind, question.facts, question.asked_at)


def _work(sms: Exchange) -> Answer | None:
    if sms.is_official:
        return officer.work(sms)
    # "Close the open manhole" is a resident's sentence, not a command.
    command = sms.command
    if command.references or command.invalid_references or not command.note:
        return officer.not_registered(sms)
    return unclear.answer(replace(sms, command=replace(command, verb=None, note=sms.text)), is_waiting=False)


def _report(sms: Exchange) -> Answer | None:
    """Where we have asked about one complaint, "No water" and "taka bado iko" are rather the answer; but `bado` with
    the name of a place is a report."""
    may_be_answer = sms.command.leaning and (
        sms.text.lower().startswith("no") or areas.find_in(sms.command.note or "").found.kind is areas.Kind.UNKNOWN
    )
    asked = verdicts.asked(sms) if may_be_answer else []
    return verdicts.ask_back(sms, asked[0]) if len(asked) == 1 else report.start(sms)


def _owe(sms: Exchange, found: Answer) -> None:
    is_language = sms.command.verb in (keywords.ENGLISH, keywords.KISWAHILI)
    outbox.owe(
        sms.session,
        sms.settings,
        person=sms.person,
        phrase=found.phrase,
        values=found.values,
        dedupe_key=f"answer:{sms.incoming.id}",
        now=sms.now,
        urgency=outbox.ANSWER,
        language=sms.person.language if is_language else sms.language,
    )


_ANSWERS: Mapping[str | None, Callable[[Exchange], Answer | None]] = {
    **dict.fromkeys(officer.VERBS, _work),
    keywords.START: account.start,
    keywords.LIST: officer.listing,
    keywords.HELP: resident.help_text,
    keywords.REPORT: _report,
    keywords.STATUS: resident.status,
    keywords.YES: verdicts.verdict,
    keywords.NO: verdicts.verdict,
    keywords.OK: association.okay,
    keywords.BAD: verdicts.verdict,
    keywords.JOIN: association.join,
    keywords.INFO: resident.inform,
    keywords.RATE: resident.rate,
    keywords.ESCALATE: resident.escalate,
    keywords.CANCEL: resident.cancel,
    keywords.STOP: account.stop,
    keywords.DATA: account.data,
    keywords.DELETE: account.delete,
    keywords.ENGLISH: account.language,
    keywords.KISWAHILI: account.language,
}
