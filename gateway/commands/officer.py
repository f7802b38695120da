"""What the county's people do by SMS: every verb on their jobs, one or several at once, and their lists."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway import areas
from gateway.areas import Kind
from gateway.commands import exchange, keywords, limits, memory
from gateway.commands.exchange import Answer, Exchange
from gateway.complaints import promise, queries, reach, states
from gateway.complaints.service import Moved, Refused
from gateway.complaints.states import Reason
from gateway.models import Complaint

#: What each verb is answered when it was done.
_DONE: Mapping[str, str] = {
    keywords.ACK: "officer.ack.ok",
    keywords.START: "officer.start.ok",
    keywords.DONE: "officer.done.ok",
    keywords.ASK: "officer.ask.ok",
    keywords.NOTE: "officer.note.ok",
    keywords.REJECT: "officer.reject.ok",
    keywords.REFER: "officer.refer.ok",
    keywords.DUP: "officer.dup.ok",
    keywords.WARD: "officer.ward.ok",
}
#: Instead, where our SMS do not reach whoever reported it.
_DONE_UNREACHED: Mapping[str, str] = {
    keywords.DONE: "officer.done.unreached",
    keywords.ASK: "officer.ask.unreached",
}
VERBS = tuple(_DONE)
#: What is still needed.
_NEEDED: Mapping[str, str] = {
    keywords.DONE: "officer.done.need_note",
    keywords.ASK: "officer.ask.need_question",
    keywords.NOTE: "officer.note.need_text",
    keywords.REJECT: "officer.reject.need_reason",
    keywords.REFER: "officer.refer.need_agency",
    keywords.DUP: "officer.dup.need_parent",
    keywords.WARD: "officer.ward.unknown",
}
_TO = re.compile(r"^(to|kwa)\s+", re.IGNORECASE)
_NEEDS = (Reason.NEED_NOTE, Reason.NEED_WORDS, Reason.NO_SUCH)


def listing(sms: Exchange) -> Answer | None:
    if not sms.is_official:
        return not_registered(sms)
    late = sms.command.note is not None and bool(set(sms.command.note.lower().split()) & keywords.LATE)
    return jobs(sms, late=late)


def jobs(sms: Exchange, late: bool = False) -> Answer:
    """Of whoever is above, LIST LATE lists what is late below them as well."""
    mine = queries.open_jobs(sms.session, sms.person, late_at=sms.now if late else None)
    if late:
        above = [entry for entry in sms.jobs if entry.role in (*states.ABOVE, states.DESK)]
        mine = list(dict.fromkeys([*queries.late_under(sms.session, above, sms.now), *mine]))
    if not mine:
        return Answer("officer.list.none")
    return Answer("officer.list", {"count": len(mine), "list": exchange.references(mine)})


def not_registered(sms: Exchange) -> Answer | None:
    """The same for everybody, and once a day: who tries numbers learns nothing."""
    phrase = "officer.not_registered"
    return None if limits.was_told(sms.session, sms.person, phrase, sms.now - limits.DAY) else Answer(phrase)


def work(sms: Exchange) -> Answer | None:
    """For people on the roster; the caller has seen to everybody else."""
    command = sms.command
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    named: list[Complaint] = []
    for number in command.references:
        job = sms.named(number)
        if job is None or not set(sms.roles_on(job)) & set(states.COUNTY):
            return Answer("officer.unknown_ref", {"ref": number})
        named.append(job)
    if command.verb == keywords.DUP:
        return _merge(sms, named)
    if not named:
        named = queries.open_jobs(sms.session, sms.person)
        if len(named) != 1:
            return choose(sms, named)
    return do(sms, named)


def choose(sms: Exchange, complaints: Sequence[Complaint], phrase: str = "officer.choose.number") -> Answer:
    if not complaints:
        return Answer("officer.list.none")
    shown = list(complaints[: exchange.MOST_CHOICES])
    facts = {
        "verb": sms.command.verb,
        "note": sms.command.note,
        "references": [complaint.reference for complaint in shown],
    }
    memory.ask(sms.session, sms.person, memory.CHOOSE, facts, sms.now)
    return Answer(phrase, {"choices": exchange.choices(shown)})


def do(sms: Exchange, complaints: Sequence[Complaint]) -> Answer:
    """The verb, on each of these."""
    words = _words(sms)
    if words is None:
        return _ask_words(sms, complaints[0])
    # In one order for everybody, so that two officers who name the same jobs never wait for each other in a circle.
    outcomes = [
        sms.move(complaint, sms.command.verb or "", words) for complaint in sorted(complaints, key=lambda one: one.id)
    ]
    return _answer(sms, outcomes, words)


def _words(sms: Exchange) -> str | None:
    """What the verb is done with; None where no one ward was named."""
    note = sms.command.note or ""
    if sms.command.verb not in (keywords.REFER, keywords.WARD):
        return note
    note = _TO.sub("", note)
    if sms.command.verb == keywords.REFER or not note:
        return note
    found = areas.find(note)
    return found.wards[0].name if found.kind is Kind.WARD else None


def _merge(sms: Exchange, named: list[Complaint]) -> Answer:
    """`DUP ref parent`; of several the last one is the parent."""
    if len(named) < 2:
        mine = named or queries.open_jobs(sms.session, sms.person)[:1]
        return sms.about("officer.dup.need_parent", mine[0]) if mine else Answer("officer.list.none")
    *joining, parent = named
    return _answer(sms, [sms.move(complaint, states.DUP, parent.reference) for complaint in joining], parent.reference)


def _answer(sms: Exchange, outcomes: Sequence[Moved | Refused], words: str) -> Answer:
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    moved = [outcome.complaint for outcome in outcomes if isinstance(outcome, Moved)]
    if refused and moved:
        first = refused[0].complaint
        return sms.about("officer.mixed", first, list=exchange.references(moved))
    if refused:
        first, reason = refused[0].complaint, refused[0].reason
        if reason not in _NEEDS:
            return sms.about("officer.not_now", first)
        return _ask_words(sms, first)
    if len(moved) == 1:
        return _done(sms, moved[0], words)
    count = len(queries.open_jobs(sms.session, sms.person))
    return sms.about("officer.several", moved[0], list=exchange.references(moved), count=count)


def _ask_words(sms: Exchange, complaint: Complaint) -> Answer:
    """What is still needed; it may come alone, as the next text."""
    verb = sms.command.verb or ""
    facts = {"verb": verb, "references": [complaint.reference]}
    memory.ask(sms.session, sms.person, memory.WORDS, facts, sms.now)
    return sms.about(_NEEDED[verb], complaint)


def _done(sms: Exchange, complaint: Complaint, words: str) -> Answer:
    verb = sms.command.verb or ""
    phrase = _DONE[verb]
    if verb in _DONE_UNREACHED and reach.misses_owner(sms.session, complaint):
        phrase = _DONE_UNREACHED[verb]
    if verb == keywords.REJECT:
        is_final = complaint.state == states.REJECTED
        reason = words or queries.last_words(sms.session, complaint, states.REJECT) or "-"
        return sms.about("officer.rejected.ok" if is_final else phrase, complaint, note=reason)
    if verb != keywords.DONE:
        return sms.about(phrase, complaint, note=words)
    mine = queries.open_jobs(sms.session, sms.person)
    due = [promise.target(sms.session, sms.settings, job) for job in mine]
    today = sum(promise.is_due_today(instant, sms.settings, sms.now) for instant in due)
    return sms.about(phrase, complaint, count=len(mine), today=today)


def chosen(sms: Exchange, verb: str, note: str | None, complaints: Sequence[Complaint]) -> Answer:
    """The answer to a numbered list."""
    return do(replace(sms, command=replace(sms.command, verb=verb, note=note)), complaints)
