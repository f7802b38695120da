"""The words in which the table of transitions is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Reason(StrEnum):
    """Why something was refused."""

    NOT_ALLOWED = "not_allowed"  # never theirs to do
    NOT_NOW = "not_now"  # theirs, but not in this state
    TOO_LATE = "too_late"  # theirs, but the window has closed
    TOO_EARLY = "too_early"  # theirs, but the county still has time
    ONCE_ONLY = "once_only"  # theirs, but they have had it
    NEED_NOTE = "need_note"  # it does not say what was done
    NEED_WORDS = "need_words"  # words are missing
    NO_SUCH = "no_such"  # the words name no ward, complaint or number that there is
    OVERTAKEN = "overtaken"  # others changed it again and again meanwhile


class Condition(StrEnum):
    """What must hold beside the state; `conditions.holding` finds out."""

    LATE = "late"  # the promise was missed
    REOPENABLE = "reopenable"  # REOPEN_HOURS are not over
    REOPENS_LEFT = "reopens_left"  # the resident has not had the last one
    FIRST_APPEAL = "first_appeal"  # a rejection gets one second look
    OWNER_SILENT = "owner_silent"  # the owner was asked, and reminded
    SECOND_NO = "second_no"  # another follower says NO as well
    ALONE = "alone"  # nobody follows it
    QUESTION_OVER = "question_over"  # the officer's question was not answered
    WINDOW_OVER = "window_over"  # VERIFY_HOURS are over
    UNDISPUTED = "undisputed"  # nobody above has to decide

    @property
    def refusal(self) -> Reason:
        return _REFUSALS.get(self, Reason.NOT_NOW)


_REFUSALS = {
    Condition.LATE: Reason.TOO_EARLY,
    Condition.REOPENABLE: Reason.TOO_LATE,
    Condition.FIRST_APPEAL: Reason.ONCE_ONLY,
}


class Effect(StrEnum):
    """What a row changes beside the state; see `effects`."""

    APPEAL = "appeal"
    ASK = "ask"
    DISPUTE = "dispute"
    ESCALATE = "escalate"
    INHERIT = "inherit"
    MERGE = "merge"
    MOVE = "move"
    PART = "part"
    PROPOSE = "propose"
    RATE = "rate"
    REFER = "refer"
    REJECT = "reject"
    REOPEN = "reopen"
    ROUTE = "route"
    VOTE = "vote"


#: `people` are the owner and all followers; `above` whoever the next level belongs to.
Who = Literal[
    "owner", "followers", "people", "actor", "officer", "asker", "supervisor", "director", "above", "associations"
]


@dataclass(frozen=True, slots=True)
class Told:
    """A text that a transition owes."""

    who: Who
    phrase: str
    #: In its place, where the category is urgent.
    urgent: str | None = None
    #: In its place, where something was written.
    noted: str | None = None
    #: Not again to the same person about the same complaint within a day.
    once_a_day: bool = False

    def phrase_for(self, is_urgent: bool, has_words: bool) -> str:
        return (self.urgent if is_urgent else None) or (self.noted if has_words else None) or self.phrase


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
    #: What it is refused for when the words are not enough.
    needs: Reason | None = None
    #: An officer who does this has seen it.
    implies_ack: bool = False
    #: The job is the actor's from now on.
    takes: bool = False
    outcome: str | None = None
    #: The next cycle, with high priority, and over the head of whoever said "done".
    reopens: bool = False
    when: tuple[Condition, ...] = ()
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class Already:
    """The verb has had its effect before."""

    row: Transition
