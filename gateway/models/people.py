"""People: whoever has texted, dialled or stands on the roster. The number is the identity."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base


class Person(Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_hash: Mapped[str] = mapped_column(String(64), unique=True)
    phone_sealed: Mapped[str] = mapped_column(String(255))
    #: en or sw; None until the person has chosen or shown one.
    language: Mapped[str | None] = mapped_column(String(2))
    created_at: Mapped[datetime]
    #: From then on only answers to the person's own SMS.
    sms_stopped_at: Mapped[datetime | None]
    #: `optout`, or the carrier's word, e.g. UserInBlacklist.
    sms_stopped_by: Mapped[str | None] = mapped_column(String(40))
    #: When the person asked what is kept about them, and when to have it deleted; people see to both.
    data_requested_at: Mapped[datetime | None]
    erasure_requested_at: Mapped[datetime | None]


class RosterEntry(Base):
    """One job of one person: a role for a department in an area. Retired, never deleted: events name it."""

    __tablename__ = "roster"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "department", "area"),
        Index("ix_roster_area_role", "area", "role"),
        Index("ix_roster_deputy", "deputy_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(16))
    #: A category's owner, or `*`.
    department: Mapped[str] = mapped_column(String(32))
    #: A ward code, a sub-county code, or `*`.
    area: Mapped[str] = mapped_column(String(8))
    retired_at: Mapped[datetime | None]
    #: Works in their place while they are on leave, and may always help.
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: First and last day of leave, by the county's calendar.
    leave_from: Mapped[date | None]
    leave_to: Mapped[date | None]

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    deputy: Mapped[Person | None] = relationship(foreign_keys=deputy_id)
