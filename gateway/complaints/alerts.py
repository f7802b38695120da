"""Tells people of the levels that their complaints have reached: all that is new in one text, and not the next text
before a while has passed. A text for each case would cost more attention than it brings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from gateway.complaints import notices, priority, states
from gateway.config import Settings
from gateway.models import Complaint, Escalation, Person
from gateway.sms import outbox, texts


@dataclass(frozen=True, slots=True)
class Alert:
    """How the people of a level are told."""

    one: str
    several: str
    urgency: int
    #: How long after the text before.
    pause: Callable[[Settings], timedelta]


#: An hour between the texts to supervisors and directors, a day for those above, with the usual settings.
ALERTS: Mapping[int, Alert] = {
    1: Alert("supervisor.escalated", "supervisor.escalated.many", outbox.UPDATE, lambda of: of.ack / 24),
    2: Alert("supervisor.escalated", "supervisor.escalated.many", outbox.UPDATE, lambda of: of.director / 72),
    3: Alert("supervisor.digest.chief", "supervisor.digest.chief", outbox.DIGEST, lambda of: of.chief / 4),
    4: Alert("sms.ra.external", "sms.ra.external.many", outbox.UPDATE, lambda of: of.external / 5),
}


def references(numbers: Iterable[str]) -> str:
    """As many whole ones as a text has room for; a cut one would be another number."""
    line = ""
    for number in numbers:
        longer = f"{line}, {number}" if line else number
        if len(longer) > texts.WIDTHS["list"]:
            break
        line = longer
    return line or "-"


def tell(session: Session, settings: Settings, now: datetime) -> None:
    untold = select(Escalation.person_id, Escalation.level).where(*_UNTOLD).distinct()
    for person_id, level in session.execute(untold.order_by(Escalation.person_id, Escalation.level)).all():
        if person_id is not None:
            _tell(session, settings, person_id, level, now)


_UNTOLD = (Escalation.told_at.is_(None), Escalation.person_id.is_not(None))


def _tell(session: Session, settings: Settings, person_id: int, level: int, now: datetime) -> None:
    alert = ALERTS[level]
    theirs = (Escalation.person_id == person_id, Escalation.level == level)
    before = session.scalar(select(func.max(Escalation.told_at)).where(*theirs))
    if before is not None and before <= now < before + alert.pause(settings):
        return
    taken = update(Escalation).where(*theirs, *_UNTOLD).values(told_at=now).returning(Escalation.id)
    ids = sorted(session.scalars(taken.execution_options(synchronize_session=False)))
    if not ids:
        return  # another clock was faster
    rows = session.execute(
        select(Escalation, Complaint)
        .join(Complaint, Complaint.id == Escalation.complaint_id)
        .where(Escalation.id.in_(ids), Complaint.state.in_(states.OPEN))
        .order_by(Complaint.filed_at, Complaint.id)
    )
    waiting = [(escalation, complaint) for escalation, complaint in rows]
    waiting.sort(key=lambda both: priority.ORDER.index(both[1].priority))
    if not waiting:
        return  # all of them have been done meanwhile
    person = session.get_one(Person, person_id)
    outbox.owe(
        session,
        settings,
        person=person,
        phrase=alert.one if len(waiting) == 1 else alert.several,
        values=_values(session, settings, waiting, person.language or "en", now),
        dedupe_key=f"escalated:{ids[0]}",
        now=now,
        urgency=alert.urgency,
    )


def _values(
    session: Session, settings: Settings, waiting: Sequence[tuple[Escalation, Complaint]], language: str, now: datetime
) -> dict[str, object]:
    escalation, complaint = waiting[0]
    return notices.blanks(session, settings, complaint, language, now) | {
        "count": len(waiting),
        "list": references(each.reference for _, each in waiting),
        "reason": texts.render(f"label.escalated.{_reason(escalation, complaint)}", language, {}),
        "hours": round(settings.chief / timedelta(hours=1)),
        "agency": escalation.agency or "-",
    }


def _reason(escalation: Escalation, complaint: Complaint) -> str:
    if complaint.late:
        return "late"
    if escalation.cycle > 1:
        return "reopened"
    return "unseen" if complaint.state == states.RECEIVED else "undone"
