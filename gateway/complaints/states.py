"""What may happen to a complaint: from which state, to which, by whom, and who is told. Pure; one row, one rule.

received -> acknowledged -> in_progress -> resolved ("the county says so") -> closed (confirmed, silent, withdrawn)
beside them: needs_info, rejected, referred, merged. Reopening leads back to received, in the next cycle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from gateway.complaints.rows import (
    Already,
    Condition,
    Effect,
    Reason,
    Told,
    Transition,
)

__all__ = ["Already", "Condition", "Effect", "Reason", "Told", "Transition"]

RECEIVED = "received"
ACKNOWLEDGED = "acknowledged"
IN_PROGRESS = "in_progress"
NEEDS_INFO = "needs_info"
REFERRED = "referred"
RESOLVED = "resolved"
CLOSED = "closed"
REJECTED = "rejected"
MERGED = "merged"

#: The county still has something to do.
OPEN = (RECEIVED, ACKNOWLEDGED, IN_PROGRESS, NEEDS_INFO, REFERRED)
STATES = (*OPEN, RESOLVED, CLOSED, REJECTED, MERGED)

CONFIRMED, SILENT, WITHDRAWN = "confirmed", "silent", "withdrawn"

#: Finer than a state, where a rule needs it: how it was closed, and that a NO has just brought it back.
CLOSED_CONFIRMED, CLOSED_SILENT = f"{CLOSED}.{CONFIRMED}", f"{CLOSED}.{SILENT}"
RECEIVED_AGAIN = "received.again"
NOT_FILED = "not filed"

#: Targets that are no states: it stays where it is; it goes back to where the question was asked.
STAYS, BACK, ANY = "stays", "back", "any"

FILE, ACK, START, ASK, INFO, DONE, NOTE = "FILE", "ACK", "START", "ASK", "INFO", "DONE", "NOTE"
REJECT, REFER, RETURN, DUP, WARD = "REJECT", "REFER", "RETURN", "DUP", "WARD"
YES, NO, OK, BAD, RATE, COMMENT, CANCEL = "YES", "NO", "OK", "BAD", "RATE", "COMMENT", "CANCEL"
ESCALATE, URGENT, TIMEOUT, SILENCE, REPAIR = "ESCALATE", "URGENT", "TIMEOUT", "SILENCE", "REPAIR"

OWNER, FOLLOWER, ASSOCIATION = "owner", "follower", "association"
OFFICER, SUPERVISOR, DIRECTOR, CHIEF, DESK = "officer", "supervisor", "director", "chief", "desk"
SYNC, TIMER, ADMIN = "sync", "timer", "admin"

RESIDENTS = (OWNER, FOLLOWER)
ABOVE = (SUPERVISOR, DIRECTOR, CHIEF)
WORKERS = (OFFICER, *ABOVE)
COUNTY = (*WORKERS, DESK)

#: So that "done" says what was done.
LEAST_NOTE_WORDS = 3
#: How often a resident may open it again; the next NO is a dispute.
MOST_REOPENS = 2

_OPENED_AGAIN = (Told("people", "sms.reopened"), Told("officer", "officer.reopened"))
_CLOSED_BY_OTHERS = (
    Told("owner", "sms.closed.others"),
    Told("followers", "sms.closed.follower"),
    Told("officer", "officer.confirmed"),
)
_CLOSED_BY_OWNER = (
    Told("owner", "sms.closed.confirmed"),
    Told("followers", "sms.closed.follower"),
    Told("officer", "officer.confirmed"),
)
_DISPUTED = (Told("actor", "sms.disputed"), Told("director", "supervisor.disputed"))

# fmt: off
#: Of several rows that fit, the first applies.
TRANSITIONS = (
    Transition(FILE, (NOT_FILED,), RECEIVED, (OWNER, ASSOCIATION, DESK, SYNC), (
        Told("owner", "sms.received", urgent="sms.received.urgent"),
        Told("officer", "officer.assigned", urgent="officer.assigned.urgent"),
    )),
    # The county works.
    Transition(ACK, (RECEIVED,), ACKNOWLEDGED, (*COUNTY, SYNC), (
        Told("people", "sms.acknowledged"),
    ), takes=True, already=(ACKNOWLEDGED, IN_PROGRESS, NEEDS_INFO), already_mine=True),
    Transition(START, (RECEIVED, ACKNOWLEDGED), IN_PROGRESS, (*WORKERS, SYNC), (
        Told("people", "sms.in_progress", noted="sms.in_progress.note", once_a_day=True),
    ), takes=True, implies_ack=True, already=(IN_PROGRESS,)),
    Transition(ASK, OPEN, NEEDS_INFO, WORKERS, (
        Told("people", "sms.needs_info"),
    ), implies_ack=True, needs=Reason.NEED_WORDS, effect=Effect.ASK),
    Transition(INFO, (NEEDS_INFO,), BACK, RESIDENTS, (
        Told("asker", "officer.info"),
    ), needs=Reason.NEED_WORDS),
    Transition(TIMEOUT, (NEEDS_INFO,), BACK, (TIMER,), (
        Told("asker", "officer.info.none"),
    ), when=(Condition.QUESTION_OVER,)),
    Transition(INFO, (RECEIVED, ACKNOWLEDGED, IN_PROGRESS, REFERRED, RESOLVED), STAYS, RESIDENTS, (
        Told("officer", "officer.info"),
    ), needs=Reason.NEED_WORDS),
    Transition(DONE, OPEN, RESOLVED, (*WORKERS, SYNC), (
        Told("people", "sms.resolved"),
        Told("associations", "sms.ra.resolved"),
    ), takes=True, implies_ack=True, already=(RESOLVED,), needs=Reason.NEED_NOTE),
    Transition(NOTE, (*OPEN, RESOLVED), STAYS, COUNTY, (), implies_ack=True, needs=Reason.NEED_WORDS),
    Transition(WARD, OPEN, STAYS, COUNTY, (
        Told("officer", "officer.assigned", urgent="officer.assigned.urgent"),
        Told("owner", "sms.assigned"),
    ), needs=Reason.NEED_WORDS, effect=Effect.MOVE),
    # The county will not, or somebody else must.
    Transition(REJECT, (RECEIVED, ACKNOWLEDGED), REJECTED, (*ABOVE, DESK, SYNC), (
        Told("people", "sms.rejected"),
    ), already=(REJECTED,), needs=Reason.NEED_WORDS, effect=Effect.REJECT),
    Transition(REJECT, (RECEIVED, ACKNOWLEDGED), STAYS, (OFFICER,), (
        Told("supervisor", "supervisor.reject"),
    ), implies_ack=True, already=(REJECTED,), needs=Reason.NEED_WORDS, effect=Effect.PROPOSE),
    Transition(REFER, OPEN, REFERRED, (*COUNTY, SYNC), (
        Told("people", "sms.referred"),
    ), needs=Reason.NEED_WORDS, effect=Effect.REFER),
    Transition(RETURN, (REFERRED,), RECEIVED, (*ABOVE, DESK, SYNC), (
        Told("people", "sms.returned"),
        Told("officer", "officer.assigned", urgent="officer.assigned.urgent"),
    ), effect=Effect.ROUTE),
    Transition(DUP, OPEN, MERGED, COUNTY, (
        # Its people are told by `duplicates.merge`, which knows the other complaint.
    ), needs=Reason.NEED_WORDS, effect=Effect.MERGE),
    # Residents and associations say whether it is fixed.
    Transition(YES, (RESOLVED,), CLOSED, (OWNER,), _CLOSED_BY_OWNER, outcome=CONFIRMED, already=(CLOSED_CONFIRMED,)),
    Transition(YES, OPEN, CLOSED, (OWNER,), _CLOSED_BY_OWNER, outcome=CONFIRMED, when=(Condition.LATE,)),
    Transition(YES, (RESOLVED,), CLOSED, (FOLLOWER,), _CLOSED_BY_OTHERS,
        outcome=CONFIRMED, when=(Condition.OWNER_SILENT,), already=(CLOSED_CONFIRMED,)),
    Transition(YES, (RESOLVED,), STAYS, (FOLLOWER,), (
        Told("actor", "sms.follower.yes"),
    ), effect=Effect.VOTE),
    Transition(OK, (RESOLVED,), CLOSED, (ASSOCIATION,), _CLOSED_BY_OTHERS,
        outcome=CONFIRMED, already=(CLOSED_CONFIRMED,)),
    Transition(SILENCE, (RESOLVED,), CLOSED, (TIMER,), (
        Told("owner", "sms.closed.silent"),
        Told("followers", "sms.closed.silent.follower"),
    ), outcome=SILENT, when=(Condition.WINDOW_OVER, Condition.UNDISPUTED), already=(CLOSED,)),
    Transition(NO, (RESOLVED,), RECEIVED, (OWNER,), _OPENED_AGAIN,
        when=(Condition.REOPENS_LEFT,), reopens=True, effect=Effect.REOPEN, already=(RECEIVED_AGAIN,)),
    Transition(NO, (RESOLVED,), STAYS, (OWNER,), _DISPUTED, effect=Effect.DISPUTE),
    Transition(NO, (CLOSED,), RECEIVED, (OWNER,), _OPENED_AGAIN,
        when=(Condition.REOPENABLE, Condition.REOPENS_LEFT), reopens=True, effect=Effect.REOPEN),
    Transition(NO, (CLOSED,), STAYS, (OWNER,), _DISPUTED, when=(Condition.REOPENABLE,), effect=Effect.DISPUTE),
    Transition(NO, (REJECTED,), RECEIVED, (OWNER,), _OPENED_AGAIN,
        when=(Condition.REOPENABLE, Condition.FIRST_APPEAL), reopens=True, effect=Effect.APPEAL),
    Transition(NO, (MERGED,), RECEIVED, (OWNER,), (
        Told("people", "sms.parted"),
        Told("officer", "officer.assigned", urgent="officer.assigned.urgent"),
    ), effect=Effect.PART),
    Transition(NO, OPEN, STAYS, (OWNER,), (
        Told("actor", "sms.still_there"),
    ), when=(Condition.LATE,)),
    Transition(NO, (RESOLVED,), RECEIVED, (FOLLOWER,), _OPENED_AGAIN,
        when=(Condition.SECOND_NO,), reopens=True, already=(RECEIVED_AGAIN,)),
    Transition(NO, (RESOLVED,), STAYS, (FOLLOWER,), (
        Told("actor", "sms.follower.no"),
    ), effect=Effect.VOTE),
    Transition(BAD, (RESOLVED,), RECEIVED, (ASSOCIATION,), _OPENED_AGAIN, reopens=True, already=(RECEIVED_AGAIN,)),
    Transition(BAD, (CLOSED, REJECTED), RECEIVED, (ASSOCIATION,), _OPENED_AGAIN,
        when=(Condition.REOPENABLE,), reopens=True),
    Transition(RATE, (CLOSED_CONFIRMED, CLOSED_SILENT), STAYS, (OWNER,), (), effect=Effect.RATE),
    Transition(COMMENT, (CLOSED,), STAYS, (OWNER,), (), needs=Reason.NEED_WORDS),
    Transition(CANCEL, OPEN, CLOSED, (OWNER,), (
        Told("actor", "sms.closed.withdrawn"),
        Told("officer", "officer.withdrawn"),
    ), outcome=WITHDRAWN, when=(Condition.ALONE,), already=(f"{CLOSED}.{WITHDRAWN}",)),
    Transition(CANCEL, OPEN, STAYS, (OWNER,), (
        Told("actor", "sms.left"),
        Told("owner", "sms.inherited"),
    ), effect=Effect.INHERIT),
    Transition(ESCALATE, OPEN, STAYS, (*RESIDENTS, ASSOCIATION), (
        Told("above", "supervisor.raised"),
    ), when=(Condition.LATE,), effect=Effect.ESCALATE),
    Transition(URGENT, OPEN, STAYS, (*RESIDENTS, ASSOCIATION), (
        Told("supervisor", "supervisor.urgent"),
    ), effect=Effect.ESCALATE),
    Transition(REPAIR, STATES, ANY, (ADMIN,), (), needs=Reason.NEED_WORDS),
)
# fmt: on


def situations(state: str, outcome: str | None, came_back: bool = False) -> frozenset[str]:
    """The names by which the table may call where a complaint stands."""
    names = {state}
    if outcome:
        names.add(f"{state}.{outcome}")
    if state == RECEIVED and came_back:
        names.add(RECEIVED_AGAIN)
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class Found:
    """The row that applies, and the role it is done in."""

    row: Transition
    role: str


def find(
    verb: str, where: frozenset[str], roles: Iterable[str], holding: Collection[Condition] = frozenset(Condition)
) -> Found | Already | Reason:
    """What applies; or that it was done before; or why not. `holding` is which conditions are met."""
    acting = tuple(roles)
    rows = [row for row in TRANSITIONS if row.verb == verb and set(row.who) & set(acting)]
    if not rows:
        return Reason.NOT_ALLOWED
    reason = Reason.NOT_NOW
    for row in rows:
        if where & set(row.sources):
            missing = [condition for condition in row.when if condition not in holding]
            if not missing:
                return Found(row, next(role for role in acting if role in row.who))
            reason = missing[0].refusal
        elif where & set(row.already):
            return Already(row)
    return reason


def first_row(verb: str) -> Transition:
    """The row of a verb that has one, or its first."""
    return next(row for row in TRANSITIONS if row.verb == verb)
