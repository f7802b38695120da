"""What may happen to a complaint: from which state, to which, by whom, and who is told. Pure; one row, one rule.

received -> acknowledged -> in_progress -> resolved ("the county says so") -> closed (confirmed, silent, withdrawn)
beside them: needs_info, rejected, referred, merged. Reopening leads back to received, in the next cycle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

RECEIVED = "received"
ACKNOWLEDGED = "acknowledged"
IN_PROGRESS = "in_progress"
NEEDS_INFO = "needs_info"
REFERRED = "referred"
RESOLVED = "resolved"
CLOSED = "closed"
MERGED = "merged"

#: The county still has something to do.
OPEN = (RECEIVED, ACKNOWLEDGED, IN_PROGRESS, NEEDS_INFO, REFERRED)

CONFIRMED, SILENT, WITHDRAWN = "confirmed", "silent", "withdrawn"

#: Finer than a state, where a rule needs it: how it was closed, and that it was received again.
CLOSED_CONFIRMED, CLOSED_SILENT = f"{CLOSED}.{CONFIRMED}", f"{CLOSED}.{SILENT}"
RECEIVED_AGAIN = "received.again"
NOT_FILED = "not filed"

FILE, ACK, DONE, YES, NO = "FILE", "ACK", "DONE", "YES", "NO"

OWNER, OFFICER, SUPERVISOR, DIRECTOR, CHIEF, DESK, ASSOCIATION = (
    "owner",
    "officer",
    "supervisor",
    "director",
    "chief",
    "desk",
    "association",
)
WORKERS = (OFFICER, SUPERVISOR, DIRECTOR, CHIEF)
COUNTY = (*WORKERS, DESK)

#: So that "done" says what was done.
LEAST_NOTE_WORDS = 3


class Reason(StrEnum):
    """Why something was refused."""

    NOT_ALLOWED = "not_allowed"  # never theirs to do
    NOT_NOW = "not_now"  # theirs, but not in this state
    TOO_LATE = "too_late"  # theirs, but the window has closed
    NEED_NOTE = "need_note"  # words are missing
    OVERTAKEN = "overtaken"  # others changed it again and again meanwhile


@dataclass(frozen=True, slots=True)
class Told:
    """A text that a transition owes."""

    who: Literal["owner", "officer"]
    phrase: str
    #: In its place, where the category is urgent.
    urgent: str | None = None

    def phrase_for(self, is_urgent: bool) -> str:
        return self.urgent if is_urgent and self.urgent else self.phrase


@dataclass(frozen=True, slots=True)
class Transition:
    verb: str
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    texts: tuple[Told, ...]
    #: Here the verb has been done before: the same answer again, and nobody is told twice.
    already: tuple[str, ...] = ()
    #: ... but only to the one who has the job.
    already_mine: bool = False
    needs_note: bool = False
    #: An officer who does this has seen it.
    implies_ack: bool = False
    #: The job is the actor's from now on.
    takes: bool = False
    outcome: str | None = None
    #: The next cycle, with high priority, and over the head of whoever said "done".
    reopens: bool = False
    #: Only until REOPEN_HOURS after the closing.
    within_reopen: bool = False


# fmt: off
TRANSITIONS = (
    Transition(FILE, (NOT_FILED,), RECEIVED, (OWNER,), (
        Told("owner", "sms.received", urgent="sms.received.urgent"),
        Told("officer", "officer.assigned", urgent="officer.assigned.urgent"),
    )),
    Transition(ACK, (RECEIVED,), ACKNOWLEDGED, COUNTY, (
        Told("owner", "sms.acknowledged"),
    ), takes=True, already=(ACKNOWLEDGED, IN_PROGRESS, NEEDS_INFO), already_mine=True),
    Transition(DONE, OPEN, RESOLVED, WORKERS, (
        Told("owner", "sms.resolved"),
    ), takes=True, already=(RESOLVED,), needs_note=True, implies_ack=True),
    Transition(YES, (RESOLVED,), CLOSED, (OWNER,), (
        Told("owner", "sms.closed.confirmed"),
        Told("officer", "officer.confirmed"),
    ), already=(CLOSED_CONFIRMED,), outcome=CONFIRMED),
    Transition(NO, (RESOLVED,), RECEIVED, (OWNER,), (
        Told("owner", "sms.reopened"),
        Told("officer", "officer.reopened"),
    ), already=(RECEIVED_AGAIN,), reopens=True),
    Transition(NO, (CLOSED_CONFIRMED, CLOSED_SILENT), RECEIVED, (OWNER,), (
        Told("owner", "sms.reopened"),
        Told("officer", "officer.reopened"),
    ), reopens=True, within_reopen=True),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Already:
    """The verb has had its effect before."""

    transition: Transition


def situations(state: str, outcome: str | None, cycle: int) -> frozenset[str]:
    """The names by which the table may call where a complaint stands."""
    names = {state}
    if outcome:
        names.add(f"{state}.{outcome}")
    if state == RECEIVED and cycle > 1:
        names.add(RECEIVED_AGAIN)
    return frozenset(names)


def find(verb: str, where: frozenset[str], roles: Iterable[str]) -> tuple[Transition, str] | Already | Reason:
    """The row that applies and the role it is done in; or that it was done before; or why not."""
    acting = tuple(roles)
    rows = [row for row in TRANSITIONS if row.verb == verb and set(row.who) & set(acting)]
    if not rows:
        return Reason.NOT_ALLOWED
    for row in rows:
        if where & set(row.sources):
            return row, next(role for role in acting if role in row.who)
    for row in rows:
        if where & set(row.already):
            return Already(row)
    return Reason.NOT_NOW


def first_row(verb: str) -> Transition:
    """The row of a verb that has one, or its first."""
    return next(row for row in TRANSITIONS if row.verb == verb)
