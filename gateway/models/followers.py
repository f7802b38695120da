"""Who follows a complaint that somebody else filed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base
from gateway.models.people import Person


class Follower(Base):
    """A person is here once for each complaint. Its owner may be here too, and is then no follower."""

    __tablename__ = "followers"
    __table_args__ = (
        UniqueConstraint("complaint_id", "person_id"),
        Index("ix_followers_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    since: Mapped[datetime]
    #: The complaint whose merging brought the person here; None for whoever joined.
    via_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))

    person: Mapped[Person] = relationship()
