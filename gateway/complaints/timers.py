"""Does what has become due for one complaint: its levels, the reminder to a resident who says nothing, the end of its
windows. Whoever calls holds the complaint's row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import clock
from gateway.complaints import escalation, service, stages, states, windows
from gateway.complaints.escalation import Turn
from gateway.complaints.stages import Step
from gateway.config import Settings
from gateway.models import Complaint
from gateway.sms import outbox

#: More than a complaint can ever have due at once.
_MOST_STEPS = 20


def due(session: Session, now: datetime, after: tuple[datetime, int] | None, limit: int) -> list[tuple[datetime, int]]:
    """(when, id) of complaints that are due, the earliest first; `after` is the last of the page before."""
    page = select(Complaint.next_action_at, Complaint.id).where(
        Complaint.next_action_at.is_not(None), Complaint.next_action_at <= now
    )
    if after is not None:
        at, last = after
        page = page.where((Complaint.next_action_at > at) | ((Complaint.next_action_at == at) & (Complaint.id > last)))
    page = page.order_by(Complaint.next_action_at, Complaint.id).limit(limit)
    return [(at, complaint_id) for at, complaint_id in session.execute(page) if at is not None]


def hold(session: Session, ids: Collection[int], now: datetime) -> list[Complaint]:
    """Those of them that are still due, ours until the end of the transaction; not those that another clock has."""
    rows = select(Complaint).where(Complaint.id.in_(ids), Complaint.next_action_at <= now)
    rows = rows.order_by(Complaint.next_action_at, Complaint.id).with_for_update(skip_locked=True, of=Complaint)
    return list(session.scalars(rows.execution_options(populate_existing=True)))


def act(session: Session, settings: Settings, complaint: Complaint, now: datetime) -> None:
    """All that is due, the first first, each looking at what the one before has made of the complaint."""
    for _step in range(_MOST_STEPS):
        steps = stages.plan(settings, complaint, escalation.known(session, settings, complaint))
        waiting = [due for due in steps if due.at <= now]
        if not waiting:
            break
        reminds_again = len(waiting) > 1 and waiting[1].step is Step.SUPERVISOR
        _ACTS[waiting[0].step](Turn(session, settings, complaint, waiting[0], now, reminds_again))
    escalation.schedule(session, settings, complaint, now)


def _ask_again(turn: Turn) -> None:
    """Nobody is asked after a long outage what is closed in the same breath."""
    event = turn.write(escalation.REMIND)
    ends = windows.silent_at(turn.settings, turn.complaint)
    if turn.now < ends:
        owner, phrase = turn.complaint.owner, "sms.resolved.reminder"
        until = clock.due_words(ends, turn.settings.timezone, owner.language or "en")
        turn.owe(event, owner, phrase, f"event:{event.id}:{phrase}", outbox.UPDATE, due=until)


def _moved(verb: str) -> Callable[[Turn], None]:
    def move(turn: Turn) -> None:
        outcome = service.move(
            turn.session, turn.settings, now=turn.now, complaint=turn.complaint, verb=verb, actor=service.CLOCK
        )
        if isinstance(outcome, service.Refused):
            raise RuntimeError(f"{verb} was planned and is refused: {outcome.reason}")

    return move


_ACTS: Mapping[Step, Callable[[Turn], None]] = {
    Step.REMIND: escalation.remind,
    Step.SUPERVISOR: escalation.climb,
    Step.MISSED: escalation.miss,
    Step.DIRECTOR: escalation.climb,
    Step.CHIEF: escalation.climb,
    Step.EXTERNAL: escalation.climb,
    Step.TIMEOUT: _moved(states.TIMEOUT),
    Step.ASK_AGAIN: _ask_again,
    Step.SILENCE: _moved(states.SILENCE),
}
