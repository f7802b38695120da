"""What the clock has done: levels reached, and which digest was sent for which day."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base
from gateway.models.complaints import Complaint
from gateway.models.people import Person

_UNTOLD = text("told_at IS NULL AND person_id IS NOT NULL")


class Escalation(Base):
    """A complaint has reached a level, once in each cycle. 0 is the reminder to its officer."""

    __tablename__ = "escalations"
    __table_args__ = (
        UniqueConstraint("complaint_id", "cycle", "level"),
        Index("ix_escalations_untold", "person_id", "level", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
        Index("ix_escalations_told", "person_id", "level", "told_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    cycle: Mapped[int]
    level: Mapped[int]
    due_at: Mapped[datetime.datetime]
    at: Mapped[datetime.datetime]
    #: Who is told of it, in one text with what else is new; None where the job itself is theirs, or there is nobody.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    told_at: Mapped[datetime.datetime | None]
    #: The outside body that a complaint of level 4 is handed to.
    agency: Mapped[str | None] = mapped_column(String(32))

    complaint: Mapped[Complaint] = relationship()


class Digest(Base):
    """That somebody's digest of a day was seen to, also when there was nothing to say."""

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("person_id", "day", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: By the county's calendar.
    day: Mapped[datetime.date]
    role: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime.datetime]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))

    person: Mapped[Person] = relationship()
