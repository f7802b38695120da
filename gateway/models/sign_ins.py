"""Who asked to come to the desk, who came, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base
from gateway.models.people import Person


class SignIn(Base):
    """Of one person, in one browser. Secrets are kept as hashes only."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_person", "person_id", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: Of what the browser holds: a ticket until the code is entered, another secret from then on.
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: Of the code that was sent by SMS; None where the ticket is a link that an operator has made.
    code_hash: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    #: Of the ticket first, of the stay once it was entered.
    expires_at: Mapped[datetime]
    #: Codes that were tried.
    attempts: Mapped[int] = mapped_column(default=0)
    entered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
