"""What people decide about themselves by SMS: messages or none, the language, their data."""

from __future__ import annotations

from gateway import clock
from gateway.commands import keywords, memory, officer, resident
from gateway.commands.exchange import Answer, Exchange
from gateway.complaints import erasure, holdings, queries
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
    """What is held about them, at once and in numbers: the phone may be somebody else's by now."""
    held = holdings.held(sms.session, sms.person)
    known = {
        "reported": held.reported,
        "followed": held.followed,
        "count": held.messages,
        "day": clock.day_words(held.since.astimezone(sms.settings.timezone).date(), sms.language),
    }
    return Answer("officer.data" if held.is_on_roster else "sms.data", known)


def delete(sms: Exchange) -> Answer:
    """Asked back first: FUTA NDIYO, or NDIYO to the question. With a number that complaint is meant, not its sender."""
    command = sms.command
    if command.references or command.invalid_references:
        return resident.ask_to_withdraw(sms)
    if sms.jobs:
        return Answer("officer.delete")
    if _YES & set((command.note or "").lower().split()):
        return erase(sms)
    return ask_to_erase(sms)


def ask_to_erase(sms: Exchange) -> Answer:
    memory.ask(sms.session, sms.person, memory.DELETE, {}, sms.now)
    return Answer("sms.delete.confirm")


def erase(sms: Exchange) -> Answer:
    """The sender is nobody from here on; the answer still finds them."""
    has_begun = erasure.begin(sms.session, sms.settings, sms.person, sms.now)
    return Answer("sms.delete.done" if has_begun else "officer.delete")
