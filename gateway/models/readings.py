"""What was last seen of the world, one row for each thing that is looked at: the clock's last round, the balance."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base


class Reading(Base):
    __tablename__ = "readings"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
