"""A complaint and the events that it is the sum of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base
from gateway.models.people import Person

#: Not over: the county or its residents still have something to say. The partial index and the queries name the same.
GOING_ON = ("received", "acknowledged", "in_progress", "needs_info", "referred", "resolved")
_GOING_ON_SQL = text(f"state IN ({', '.join(map(repr, GOING_ON))})")


class Complaint(Base):
    __tablename__ = "complaints"
    __table_args__ = (
        Index("ix_complaints_owner_filed", "owner_id", "filed_at"),
        Index("ix_complaints_officer_state", "officer_id", "state"),
        Index("ix_complaints_ward_category_state", "ward", "category", "state"),
        Index("ix_complaints_category_filed", "category", "filed_at"),
        Index(
            "ix_complaints_parent",
            "parent_id",
            sqlite_where=text("parent_id IS NOT NULL"),
            postgresql_where=text("parent_id IS NOT NULL"),
        ),
        Index(
            "ix_complaints_due",
            "next_action_at",
            "id",
            sqlite_where=text("next_action_at IS NOT NULL"),
            postgresql_where=text("next_action_at IS NOT NULL"),
        ),
        Index(
            "ix_complaints_going_on",
            "promise_due_at",
            "id",
            sqlite_where=_GOING_ON_SQL,
            postgresql_where=_GOING_ON_SQL,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Digits, the last a Damm check digit. Text: a leading zero counts.
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    #: What it was filed by, once: `ussd:<session>:<screen>` or `sms:<id>`.
    filed_by: Mapped[str] = mapped_column(String(160), unique=True)
    category: Mapped[str] = mapped_column(String(4))
    ward: Mapped[str] = mapped_column(String(8))
    landmark: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: Who has the job now; None only when the roster is empty.
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(String(16))
    #: confirmed, silent or withdrawn; only of a closed complaint.
    outcome: Mapped[str | None] = mapped_column(String(16))
    cycle: Mapped[int]
    #: Counts changes; two writers cannot both win.
    version: Mapped[int]
    priority: Mapped[str] = mapped_column(String(8))
    filed_at: Mapped[datetime]
    #: The complaint that this one was merged into; what became of it is to be read there.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))
    #: Set once; never moves, never pauses. Only an earlier complaint merged into this one brings its own, earlier one.
    promise_due_at: Mapped[datetime]
    #: When the present state began.
    state_since: Mapped[datetime]
    #: Where it stood when an officer asked the resident something; there it goes back to.
    asked_from: Mapped[str | None] = mapped_column(String(16))
    #: Why an officer would reject it; a supervisor has not decided yet.
    proposed_rejection: Mapped[str | None] = mapped_column(Text)
    #: Who it was referred to, as the officer wrote it.
    agency: Mapped[str | None] = mapped_column(Text)
    #: How often its own resident has opened it again.
    reopens: Mapped[int] = mapped_column(default=0)
    #: When the resident asked for the one second look at a rejection.
    appealed_at: Mapped[datetime | None]
    #: When the resident said once more that it is not fixed, and people above have to decide.
    disputed_at: Mapped[datetime | None]
    #: 1 (bad) to 5 (good); the events know of which cycle and by which channel.
    rating: Mapped[int | None]
    #: The promise was missed; stays for ever.
    late: Mapped[bool] = mapped_column(default=False)
    #: The highest that it was escalated to in this cycle.
    level: Mapped[int] = mapped_column(default=0)
    #: The earliest that the clock has to do something; None when it has nothing to do.
    next_action_at: Mapped[datetime | None]

    owner: Mapped[Person] = relationship(foreign_keys=owner_id)
    officer: Mapped[Person | None] = relationship(foreign_keys=officer_id)


class Event(Base):
    """One change or attempt: who, by which channel, from, to, when, in which words.

    Never rewritten; but the words go with whoever has themselves erased.
    """

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("complaint_id", "number"), Index("ix_events_actor", "actor_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    #: 1, 2, 3 ... within the complaint.
    number: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: owner, officer, supervisor, association, desk, clock ...
    role: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    verb: Mapped[str] = mapped_column(String(16))
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    cycle: Mapped[int]
    words: Mapped[str | None] = mapped_column(Text)
    #: What explains it, e.g. each step of the routing.
    facts: Mapped[dict[str, Any] | None]

    complaint: Mapped[Complaint] = relationship()
