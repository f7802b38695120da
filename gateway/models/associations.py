"""What resident associations and the county do together: clean-up dates, and places where dumping comes back."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base
from gateway.models.people import Person


class CleanUp(Base):
    """A day that an association proposes for a joint clean-up, and the officer's yes. The newest one counts."""

    __tablename__ = "clean_ups"
    __table_args__ = (Index("ix_clean_ups_complaint", "complaint_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: By the county's calendar.
    day: Mapped[datetime.date]
    proposed_at: Mapped[datetime.datetime]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    agreed_at: Mapped[datetime.datetime | None]

    association: Mapped[Person] = relationship(foreign_keys=association_id)


class Hotspot(Base):
    """A notice that dumping was reported again and again at one place; the next one a week later at the earliest."""

    __tablename__ = "hotspots"
    __table_args__ = (Index("ix_hotspots_ward_noticed", "ward", "noticed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ward: Mapped[str] = mapped_column(String(8))
    #: In the words of the first report.
    landmark: Mapped[str] = mapped_column(Text)
    reports: Mapped[int]
    noticed_at: Mapped[datetime.datetime]
