"""SMS in both directions: the outbox, what came in, and what the carrier reported."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base
from gateway.models.people import Person

#: The states in which the outbox still owes something. The partial index and the queries name the same.
UNFINISHED = ("queued", "sending", "unknown")
_UNFINISHED_SQL = text("state IN ('queued', 'sending', 'unknown')")
#: Handed over, or perhaps handed over, and not answered.
IN_FLIGHT = ("sending", "unknown")
_IN_FLIGHT_SQL = text("state IN ('sending', 'unknown')")


class Message(Base):
    """One SMS that we owe, with all that happened to it. The table is the outbox."""

    __tablename__ = "messages"
    __table_args__ = (
        Index(
            "ix_messages_unfinished",
            "person_id",
            "id",
            sqlite_where=_UNFINISHED_SQL,
            postgresql_where=_UNFINISHED_SQL,
        ),
        # At most one message of a person is unresolved: so a report that names only the phone names its message.
        Index(
            "uq_messages_in_flight",
            "person_id",
            unique=True,
            sqlite_where=_IN_FLIGHT_SQL,
            postgresql_where=_IN_FLIGHT_SQL,
        ),
        Index("ix_messages_person", "person_id", "id"),
        # Of an event, and so of a complaint: whom it reached.
        Index("ix_messages_event", "event_id"),
        # The last day in numbers.
        Index("ix_messages_created", "created_at"),
        Index(
            "ix_messages_expiry",
            "state",
            "expires_at",
            sqlite_where=_UNFINISHED_SQL,
            postgresql_where=_UNFINISHED_SQL,
        ),
        Index(
            "ix_messages_due",
            "state",
            "urgency",
            "not_before",
            "id",
            sqlite_where=_UNFINISHED_SQL,
            postgresql_where=_UNFINISHED_SQL,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    #: The key of its phrase, e.g. sms.received.
    phrase: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    #: What it is about, e.g. `complaint:12`: a newer update on the same makes a waiting one needless.
    about: Mapped[str | None] = mapped_column(String(40))
    #: Not handed over in quiet hours.
    by_day: Mapped[bool] = mapped_column(default=False)
    #: One row for each (cause, receiver), ever.
    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    #: 0 answers a person's own message, 1 an update, 2 a digest.
    urgency: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    attempt: Mapped[int] = mapped_column(default=0)
    #: How often it was handed over again after an answer was lost.
    resends: Mapped[int] = mapped_column(default=0)
    may_be_double: Mapped[bool] = mapped_column(default=False)
    claimed_at: Mapped[datetime | None]
    unknown_at: Mapped[datetime | None]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]
    #: The carrier's id; NULL where it gave none (it says the word "None" then).
    provider_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    provider_status: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(String(80))
    parts: Mapped[int | None]
    #: As the carrier wrote it, e.g. `KES 0.8000`.
    cost: Mapped[str | None] = mapped_column(String(24))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class IncomingSms(Base):
    """An SMS as the carrier handed it over, stored before it is understood."""

    __tablename__ = "incoming_sms"
    __table_args__ = (
        Index(
            "ix_incoming_sms_waiting",
            "id",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
        Index("ix_incoming_sms_phone", "phone_hash", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(100), unique=True)
    #: Sealed E.164, or None where the sender is no phone (a short code, a name) or was erased.
    phone_sealed: Mapped[str | None] = mapped_column(String(255))
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    to_code: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    #: Failed attempts to handle it; after some it is set aside, so that it holds up nobody.
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]


class DeliveryReport(Base):
    """A report of the carrier, stored as it came; it may be early, late, double or for nobody we know."""

    __tablename__ = "delivery_reports"
    __table_args__ = (
        UniqueConstraint("provider_id", "status"),
        Index(
            "ix_delivery_reports_waiting",
            "phone_hash",
            sqlite_where=text("applied_at IS NULL"),
            postgresql_where=text("applied_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(40))
    #: To find the message of a report that names no other; of no use, and gone, once that was found.
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    failure_reason: Mapped[str | None] = mapped_column(String(80))
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class OutboxGate(Base):
    """One row: whether the whole outbox is held, and why. It is not the fault of a message when the key is wrong."""

    __tablename__ = "outbox_gate"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Doubtful answers since the last good one.
    doubts: Mapped[int] = mapped_column(default=0)
    held_since: Mapped[datetime | None]
    held_reason: Mapped[str | None] = mapped_column(String(80))
    #: When one message may be tried; None while it is open, or held by hand.
    probe_at: Mapped[datetime | None]
