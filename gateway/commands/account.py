"""What people decide about themselves by SMS: messages or none, the language, their data."""

from __future__ import annotations

from gateway.commands import keywords, memory, officer
from gateway.commands.exchange import Answer, Exchange
from gateway.complaints import queries
from gateway.sms import stops

_YES = frozenset({"yes", "ndiyo", "ndio"})


def stop(sms: Exchange) -> Answer:
    """One last text, and from then on only answers to what they write themselves."""
    stops.stop(sms.session, sms.person.id, stops.OPTOUT, sms.now)
    return Answer("sms.optout")


def start(sms: Exchange) -> Answer | None:
    """For an officer the beginning of work, for everybody else the messages again."""
    command = sms.command
    names_one = bool(command.references or command.invalid_references)
    if names_one or (sms.is_official and not sms.person.sms_stopped_at and queries.open_jobs(sms.session, sms.person)):
        return officer.work(sms) if sms.is_official else officer.not_registered(sms)
    if command.note and not set(command.note.lower().split()) <= keywords.ALONE[keywords.STOP]:
        return Answer("sms.unknown")
    stops.start(sms.session, sms.person.id)
    return Answer("sms.optin")


def language(sms: Exchange) -> Answer:
    """`LUGHA ENGLISH` asks for English."""
    words = set((sms.command.note or "").lower().split())
    is_english = sms.command.verb == keywords.ENGLISH or bool(words & {"english", "kiingereza", "kingereza"})
    sms.person.language = "en" if is_english else "sw"
    return Answer("sms.language")


def data(sms: Exchange) -> Answer:
    sms.person.data_requested_at = sms.person.data_requested_at or sms.now
    return Answer("sms.data")


def delete(sms: Exchange) -> Answer:
    """Asked back first: FUTA NDIYO, or NDIYO to the question."""
    if _YES & set((sms.command.note or "").lower().split()):
        return erase(sms)
    memory.ask(sms.session, sms.person, memory.DELETE, {}, sms.now)
    return Answer("sms.delete.confirm")


def erase(sms: Exchange) -> Answer:
    sms.person.erasure_requested_at = sms.person.erasure_requested_at or sms.now
    return Answer("sms.delete.done")
