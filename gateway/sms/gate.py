"""Whether the outbox is open. What is wrong with every message (key, sender, balance, a carrier that gives no sense)
holds all of them, burns nobody's attempts, and is tried with one message now and then until one is accepted."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy.orm import Session

from gateway.models import OutboxGate
from gateway.sms.once import insert_once
from gateway.sms.outcomes import Accepted, Held, Outcome, Refused, Unknown
from gateway.sms.timing import Timing

log = logging.getLogger(__name__)

#: So many doubtful answers with no good one between them are an outage, not bad luck.
MOST_DOUBTS = 3

_NOT_BY_HAND = or_(OutboxGate.held_since.is_(None), OutboxGate.probe_at.is_not(None))


class Passage(Enum):
    """What may be claimed: all that is due, one message as a probe, or nothing."""

    ALL = "all"
    ONE = "one"
    NONE = "none"


def passage(session: Session, now: datetime, timing: Timing) -> Passage:
    gate = state(session)
    if gate is None or gate.held_since is None:
        return Passage.ALL
    probe = (
        update(OutboxGate)
        .where(OutboxGate.held_since.is_not(None), OutboxGate.probe_at <= now)
        .values(probe_at=now + timing.probe)
        .returning(OutboxGate.id)
    )
    return Passage.ONE if session.scalar(probe) else Passage.NONE


def state(session: Session) -> OutboxGate | None:
    """None until something has happened to it."""
    return session.get(OutboxGate, 1, populate_existing=True)


def note(session: Session, now: datetime, timing: Timing, outcomes: Sequence[Outcome]) -> None:
    """Opens the gate after a good answer, holds it after a configuration fault or too many doubts."""
    if any(isinstance(outcome, Accepted) for outcome in outcomes):
        _open(session, and_(_NOT_BY_HAND, or_(OutboxGate.doubts > 0, OutboxGate.held_since.is_not(None))))
        return
    if held := next((outcome for outcome in outcomes if isinstance(outcome, Held)), None):
        hold(session, now, held.reason, now + timing.probe)
        return
    doubts = sum(is_doubtful(outcome) for outcome in outcomes)
    if doubts:
        insert_once(session, OutboxGate, id=1, doubts=0)
        counted = update(OutboxGate).values(doubts=OutboxGate.doubts + doubts).returning(OutboxGate.doubts)
        if session.scalars(counted).one() >= MOST_DOUBTS:
            hold(session, now, "no clear answers", now + timing.probe)


def is_doubtful(outcome: Outcome) -> bool:
    """A few of these with nothing good between them, and the carrier as a whole is the trouble."""
    return isinstance(outcome, Unknown) or (isinstance(outcome, Refused) and outcome.is_puzzling)


def hold(session: Session, now: datetime, reason: str, probe_at: datetime | None) -> None:
    """Nothing is sent but a probe now and then; with `probe_at=None` nothing at all until it is opened by hand."""
    insert_once(session, OutboxGate, id=1, doubts=0)
    values = {"held_since": now, "held_reason": reason, "probe_at": probe_at}
    # Somebody's decision replaces what the outbox decided for itself, and not the other way round.
    which = OutboxGate.held_since.is_(None) if probe_at else _NOT_BY_HAND
    if session.scalar(update(OutboxGate).where(which).values(values).returning(OutboxGate.id)):
        log.error("outbox held reason=%r", reason)


def release(session: Session) -> bool:
    """Opens it, whoever held it. False where it was open."""
    return _open(session, OutboxGate.held_since.is_not(None))


def _open(session: Session, which: ColumnElement[bool]) -> bool:
    values = {"doubts": 0, "held_since": None, "held_reason": None, "probe_at": None}
    opened = session.scalar(update(OutboxGate).where(which).values(values).returning(OutboxGate.id)) is not None
    if opened:
        log.info("outbox open")
    return opened
