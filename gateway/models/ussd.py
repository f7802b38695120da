"""What SQL remembers of USSD: where each session began, what it has done, and which menus were published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base


class UssdSession(Base):
    """One row for each session, so that it can be rebuilt when Redis has lost it."""

    __tablename__ = "ussd_sessions"
    __table_args__ = (Index("ix_ussd_sessions_phone_hash_began_at", "phone_hash", "began_at"),)

    sid: Mapped[str] = mapped_column(String(128), primary_key=True)
    phone_hash: Mapped[str] = mapped_column(String(64))
    service_code: Mapped[str] = mapped_column(String(64))
    network: Mapped[str | None] = mapped_column(String(16))
    menu_sha: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime]
    #: The record (see sessions.record) as it was when the session began, and at its last place of rest, with the time.
    origin: Mapped[dict[str, Any]]
    place: Mapped[dict[str, Any]]
    ended_at: Mapped[datetime | None]
    status: Mapped[str | None] = mapped_column(String(16))
    hops: Mapped[int | None]


class UssdEffect(Base):
    """What a session has done at a screen, once: a repeated hop gets this outcome instead of a second effect."""

    __tablename__ = "ussd_effects"

    sid: Mapped[str] = mapped_column(String(128), primary_key=True)
    screen: Mapped[str] = mapped_column(String(64), primary_key=True)
    action: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(64))
    gives: Mapped[dict[str, Any]]
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))
    at: Mapped[datetime]


class MenuVersion(Base):
    """A menu that was published once, immutable; Redis holds a copy that may be lost."""

    __tablename__ = "menu_versions"

    sha: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime]


class MenuPublication(Base):
    """The log of what was put in force, by whom and when; the highest number is in force now.

    Each is numbered one after the last, so of two publications at once only one finds its number free.
    """

    __tablename__ = "menu_publications"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha: Mapped[str] = mapped_column(ForeignKey("menu_versions.sha"))
    author: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
