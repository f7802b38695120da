"""What we asked a person by SMS and have not been answered yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base


class SmsQuestion(Base):
    """At most one of a person: a new question takes the place of the one before."""

    __tablename__ = "sms_questions"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    #: choose, area, category ... (gateway.commands.memory)
    kind: Mapped[str] = mapped_column(String(16))
    #: What is known already, and what each number stands for.
    facts: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
