"""Texts that are no command: never acted on, always answered with what they may have been meant for."""

from __future__ import annotations

import re

from gateway.commands import grammar, keywords, kinds, memory, report, resident, verdicts
from gateway.commands.exchange import Answer, Exchange
from gateway.complaints import queries, states
from gateway.models import Complaint

#: `4821759 imefika wapi`, `what is the status of 4821759`.
_ASKING = frozenset(("status", "hali", "wapi", "lini", "mbona", "when", "why", "how", "what"))
#: A single word is hardly an answer to an officer's question, or more about a place.
_LEAST_DETAILS = 2


def answer(sms: Exchange, *, is_waiting: bool) -> Answer | None:
    """`is_waiting`: something was asked before, and is still."""
    command = sms.command
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    words = (command.note or "").split()
    if words and words[0].lower() in keywords.NEARLY:
        return resident.help_text(sms)
    if command.references:
        return _about_named(sms)
    mentioned = [one for one in map(sms.named, grammar.references_in(sms.text)) if one]
    if mentioned:
        return resident.help_text(sms) if sms.is_official else _about(sms, mentioned[0], sms.text)
    if command.is_greeting and not kinds.group_of(sms.text):
        return resident.greeting(sms)
    if is_waiting:
        return Answer("sms.unknown")
    asked = verdicts.asked(sms)
    if command.leaning and len(asked) == 1:
        return verdicts.ask_back(sms, asked[0])
    waiting = queries.questioned(sms.session, sms.person) or [one for one in asked if _may_add_to(sms, one)]
    if waiting and len(words) >= _LEAST_DETAILS and not sms.is_official:
        return _offer_details(sms, waiting[0], sms.text)
    if words and kinds.group_of(sms.text) and not sms.is_official:
        return report.offer(sms)
    return Answer("sms.unknown")


def _about_named(sms: Exchange) -> Answer:
    """A number with other words: more about that complaint, from whoever has to do with it."""
    complaint = sms.named(sms.command.references[0])
    if complaint is None:
        return Answer("sms.status.notfound", {"ref": sms.command.references[0]})
    return _about(sms, complaint, sms.command.note)


def _about(sms: Exchange, complaint: Complaint, words: str | None) -> Answer:
    """More about it, unless it is a question: then where it stands."""
    is_theirs = bool(set(sms.roles_on(complaint)) & set(states.RESIDENTS))
    asks = words is not None and (words.endswith("?") or bool(_ASKING & set(re.findall(r"\w+", words.lower()))))
    if is_theirs and words and not asks and complaint.state in (*states.OPEN, states.RESOLVED):
        return _offer_details(sms, complaint, words)
    return resident.status_of(sms, complaint)


def _may_add_to(sms: Exchange, complaint: Complaint) -> bool:
    return complaint.state == states.RESOLVED and bool(set(sms.roles_on(complaint)) & set(states.RESIDENTS))


def _offer_details(sms: Exchange, complaint: Complaint, text: str) -> Answer:
    facts = {"references": [complaint.reference], "text": text}
    memory.ask(sms.session, sms.person, memory.DETAILS, facts, sms.now)
    return sms.about("sms.details.offer", complaint, note=text)
