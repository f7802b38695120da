"""Whether the outbox is open. What is wrong with every message (key, sender, balance, a carrier that gives no sense)
holds all of them, burns nobody's attempts, and is tried with one message now and then until one is accepted."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from gateway.models import OutboxGate
from gateway.sms.once import insert_once
from gateway.sms.outcomes import Accepted, Held, Outcome, Unknown
from gateway.sms.timing import Timing

log = logging.getLogger(__name__)

#: So many doubtful answers with no good one between them are an outage, not bad luck.
MOST_DOUBTS = 3


def room(session: Session, now: datetime, timing: Timing, wanted: int) -> int:
    """How many messages may be claimed: all that are wanted, or one as a probe, or none."""
    gate = session.get(OutboxGate, 1, populate_existing=True)
    if gate is None or gate.held_since is None:
        return wanted
    probe = (
        update(OutboxGate)
        .where(OutboxGate.held_since.is_not(None), OutboxGate.probe_at <= now)
        .values(probe_at=now + timing.probe)
        .returning(OutboxGate.id)
    )
    return 1 if session.scalar(probe) else 0


def note(session: Session, now: datetime, timing: Timing, outcomes: Sequence[Outcome]) -> None:
    """Opens the gate after a good answer, holds it after a configuration fault or too many doubts."""
    if any(isinstance(outcome, Accepted) for outcome in outcomes):
        _open(session)
        return
    if held := next((outcome for outcome in outcomes if isinstance(outcome, Held)), None):
        hold(session, now, held.reason, now + timing.probe)
        return
    doubts = sum(isinstance(outcome, Unknown) for outcome in outcomes)
    if doubts:
        insert_once(session, OutboxGate, id=1, doubts=0)
        counted = update(OutboxGate).values(doubts=OutboxGate.doubts + doubts).returning(OutboxGate.doubts)
        if session.scalars(counted).one() >= MOST_DOUBTS:
            hold(session, now, "no clear answers", now + timing.probe)


def hold(session: Session, now: datetime, reason: str, probe_at: datetime | None) -> None:
    """Nothing is sent but a probe now and then; with `probe_at=None` nothing at all until it is opened by hand."""
    insert_once(session, OutboxGate, id=1, doubts=0)
    values = {"held_since": now, "held_reason": reason, "probe_at": probe_at}
    closed = session.scalar(
        update(OutboxGate).where(OutboxGate.held_since.is_(None)).values(values).returning(OutboxGate.id)
    )
    if closed:
        log.error("outbox held reason=%r", reason)


def _open(session: Session) -> None:
    by_itself = or_(OutboxGate.held_since.is_(None), OutboxGate.probe_at.is_not(None))
    changed = or_(OutboxGate.doubts > 0, OutboxGate.held_since.is_not(None))
    values = {"doubts": 0, "held_since": None, "held_reason": None, "probe_at": None}
    if session.scalar(update(OutboxGate).where(by_itself, changed).values(values).returning(OutboxGate.id)):
        log.info("outbox open")
