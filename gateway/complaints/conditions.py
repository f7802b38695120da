"""Which conditions of the table are met, for this complaint, this person and this moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway import places
from gateway.complaints import followers, queries, states, windows
from gateway.complaints.states import Condition, Effect, Transition
from gateway.config import Settings
from gateway.models import Complaint, Person


@dataclass(frozen=True, slots=True)
class Case:
    session: Session
    settings: Settings
    complaint: Complaint
    person: Person | None
    now: datetime


def holding(case: Case, verb: str) -> frozenset[Condition]:
    """Of the conditions that any row of this verb names."""
    named = {condition for row in states.TRANSITIONS if row.verb == verb for condition in row.when}
    return frozenset(condition for condition in named if _HOLDS[condition](case))


def situations(case: Case) -> frozenset[str]:
    """Where the complaint stands, in the words of the table."""
    complaint = case.complaint
    came_back = complaint.state == states.RECEIVED and (complaint.cycle > 1 or _was_parted(case))
    return states.situations(complaint.state, complaint.outcome, came_back)


def is_repeated(case: Case, row: Transition, words: str) -> bool:
    """The row applies, but this person, or anybody, has had its effect already."""
    complaint, person = case.complaint, case.person
    match row.effect:
        case Effect.ASK:
            asked = queries.last_event(case.session, complaint, states.ASK)
            return complaint.state == states.NEEDS_INFO and asked is not None and asked.words == words
        case Effect.DISPUTE:
            return complaint.disputed_at is not None
        case Effect.ESCALATE:
            raised = queries.last_event(case.session, complaint, row.verb, by_people=True)
            return raised is not None and raised.cycle == complaint.cycle and case.now < raised.at + case.settings.ack
        case Effect.MOVE:
            return places.area_code(words) == complaint.ward
        case Effect.PROPOSE:
            return complaint.proposed_rejection == words
        case Effect.RATE:
            return str(complaint.rating) == words
        case Effect.REFER:
            return complaint.state == states.REFERRED and complaint.agency == words
        case Effect.VOTE:
            return person is not None and queries.votes(case.session, complaint).get(person.id) == row.verb
    return False


def _was_parted(case: Case) -> bool:
    event = queries.last_event(case.session, case.complaint, states.NO)
    return event is not None and event.from_state == states.MERGED


def _another_says_no(case: Case) -> bool:
    votes = queries.votes(case.session, case.complaint)
    return any(said == states.NO for person_id, said in votes.items() if case.person and person_id != case.person.id)


_HOLDS: Mapping[Condition, Callable[[Case], bool]] = {
    Condition.LATE: lambda case: case.complaint.late or case.now >= case.complaint.promise_due_at,
    Condition.REOPENABLE: lambda case: windows.may_still_reopen(case.settings, case.complaint, case.now),
    Condition.REOPENS_LEFT: lambda case: case.complaint.reopens < states.MOST_REOPENS,
    Condition.FIRST_APPEAL: lambda case: case.complaint.appealed_at is None,
    Condition.OWNER_SILENT: lambda case: case.now >= windows.reminder_at(case.settings, case.complaint),
    Condition.SECOND_NO: _another_says_no,
    Condition.ALONE: lambda case: followers.heir(case.session, case.complaint) is None,
    Condition.QUESTION_OVER: lambda case: case.now >= windows.question_over_at(case.settings, case.complaint),
    Condition.WINDOW_OVER: lambda case: case.now >= windows.silent_at(case.settings, case.complaint),
    Condition.UNDISPUTED: lambda case: case.complaint.disputed_at is None,
}
