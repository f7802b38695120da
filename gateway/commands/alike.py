"""Others who seem to have reported the same, offered to whoever has just reported by SMS.

Filed first and offered then: an answer that never comes loses nothing, the promise runs from the report, and the
reference is out at once, as one SMS is all that many will send. Whoever joins takes their own report back, so nothing
is counted twice; it is the resident's own withdrawal, because merging complaints is the county's to do. The officer,
who may have seen it already, is told that there is nothing more to do for it.
"""

from __future__ import annotations

from gateway.commands import memory
from gateway.commands.exchange import CHANNEL, Answer, Exchange
from gateway.complaints import duplicates, followers, queries, states
from gateway.models import Complaint
from gateway.sms import texts

#: Say that it is another one: `mine is different`, `langu ni tofauti`.
DIFFERENT = frozenset({"different", "diffrent", "tofauti", "mine", "langu", "yangu"})


def offer(sms: Exchange, filed: Complaint) -> Answer | None:
    """None where there is nothing like it, as by USSD."""
    found = duplicates.likely(
        sms.session,
        ward=filed.ward,
        category=filed.category,
        landmark=filed.landmark,
        now=sms.now,
        phone_hash=sms.person.phone_hash,
    )
    if not found:
        return None
    references = [likely.complaint.reference for likely in found]
    memory.ask(sms.session, sms.person, memory.ALIKE, {"mine": filed.reference, "references": references}, sms.now)
    width = texts.WIDTHS["alike"] // len(found) - len("1 , ")
    lines = [
        f"{number} {duplicates.described(likely, sms.language, width)}" for number, likely in enumerate(found, start=1)
    ]
    return Answer("sms.alike", {"ref": filed.reference, "alike": ", ".join(lines)})


def keep(sms: Exchange, mine: str) -> Answer | None:
    own = queries.own_complaint(sms.session, sms.person, mine)
    return sms.about("sms.alike.kept", own) if own else Answer("sms.nothing")


def join(sms: Exchange, mine: str, reference: str) -> Answer | None:
    """Theirs is withdrawn once they are on the other one. Where that was closed meanwhile, theirs goes on."""
    own, other = queries.own_complaint(sms.session, sms.person, mine), queries.by_reference(sms.session, reference)
    joined = other and followers.join(sms.session, sms.settings, other, sms.person, sms.now, CHANNEL)
    if not joined:
        return keep(sms, mine)
    if own and own.id != joined.complaint.id and own.state in states.OPEN:
        sms.move(own, states.CANCEL, joined.complaint.reference)
    return None if joined.is_new else sms.about("sms.status.people", joined.complaint)
