"""What an association says by SMS beside a resident's words: OK, BAD, and JOIN with a day for a clean-up."""

from __future__ import annotations

from dataclasses import replace

from gateway import clock
from gateway.commands import keywords, verdicts
from gateway.commands import officer as county
from gateway.commands.exchange import CHANNEL, Answer, Exchange
from gateway.complaints import associations, queries, states
from gateway.complaints.associations import Proposed
from gateway.complaints.states import Reason


def okay(sms: Exchange) -> Answer | None:
    """OK has three meanings: an officer has seen it, an association or a resident finds it fixed."""
    if _is_of_county(sms):
        return county.work(replace(sms, command=replace(sms.command, verb=keywords.ACK)))
    return verdicts.verdict(sms)


def join(sms: Exchange) -> Answer | None:
    """The day that an association proposes; the officer accepts it with START."""
    command = sms.command
    if command.invalid_references:
        return Answer("sms.ref.invalid", {"ref": command.invalid_references[0]})
    if not command.references:
        return Answer("sms.unknown")
    complaint = sms.named(command.references[0])
    if complaint is None:
        return Answer("sms.status.notfound", {"ref": command.references[0]})
    proposed = associations.propose(sms.session, sms.settings, complaint, sms.person, command.note, sms.now, CHANNEL)
    if isinstance(proposed, Proposed):
        return sms.about("sms.ra.clean_up", complaint, day=clock.day_words(proposed.clean_up.day, sms.language))
    if proposed is Reason.NEED_WORDS:
        return sms.about("sms.ra.clean_up.need_day", complaint)
    return sms.about("sms.not_now", complaint)


def _is_of_county(sms: Exchange) -> bool:
    """On a job of theirs a person on the roster is the officer; without a number, where exactly that is waiting."""
    if not sms.is_official:
        return False
    if not sms.command.references:
        waiting = [job for job in queries.open_jobs(sms.session, sms.person) if job.state == states.RECEIVED]
        return bool(waiting) or bool(sms.command.invalid_references)
    named = [sms.named(number) for number in sms.command.references]
    return any(set(sms.roles_on(one)) & set(states.COUNTY) for one in named if one)
