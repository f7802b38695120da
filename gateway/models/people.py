"""People: whoever has texted, dialled or stands on the roster. The number is the identity."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base


class Person(Base):
    __tablename__ = "people"
    __table_args__ = (
        Index(
            "ix_people_erase",
            "erase_at",
            "id",
            sqlite_where=text("erase_at IS NOT NULL"),
            postgresql_where=text("erase_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Of nobody any more (`erased:<id>`) once they had themselves erased: the same number is then a new person.
    phone_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: Empty when it has been erased.
    phone_sealed: Mapped[str] = mapped_column(String(255))
    #: en or sw; None until the person has chosen or shown one.
    language: Mapped[str | None] = mapped_column(String(2))
    created_at: Mapped[datetime]
    #: From then on only answers to the person's own SMS.
    sms_stopped_at: Mapped[datetime | None]
    #: `optout`, or the carrier's word, e.g. UserInBlacklist.
    sms_stopped_by: Mapped[str | None] = mapped_column(String(40))
    #: When the person said for the second time that all about them is to be deleted.
    erasure_requested_at: Mapped[datetime | None]
    #: When the clock has to look for what is left to erase; None where nothing is.
    erase_at: Mapped[datetime | None]


class StoppedNumber(Base):
    """Somebody had stopped their messages before they were erased: a new person of that number gets none either.

    The keyed hash and nothing else; when they come back it goes over to the person that they are then.
    """

    __tablename__ = "stopped_numbers"

    phone_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    stopped_at: Mapped[datetime]
    stopped_by: Mapped[str | None] = mapped_column(String(40))


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
