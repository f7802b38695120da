"""A conversation by SMS, in one open transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.commands import handle
from gateway.complaints import followers
from gateway.config import Settings
from gateway.models import Complaint, IncomingSms
from tests.gateway import cast


@dataclass
class Talk:
    """Each text is answered `step` hours after the one before."""

    session: Session
    settings: Settings
    step: float = 1
    hours: float = 0
    count: int = field(default=0)

    @property
    def now(self) -> datetime:
        return cast.NOW + timedelta(hours=self.hours)

    def file(self, **more: object) -> Complaint:
        self.count += 1
        key = f"ussd:{self.count}:done"
        return cast.file_complaint(
            self.session,
            self.settings,
            filed_by=key,
            after=timedelta(hours=self.hours),
            **more,  # type: ignore[arg-type]
        )

    def says(self, phone: str, text: str) -> list[str]:
        """The phrases that the sender gets for it."""
        before = len(cast.messages_to(self.session, phone))
        self.hours += self.step
        self.count += 1
        incoming = IncomingSms(
            provider_id=f"made-up-{self.count}",
            phone_sealed=cast.PHONES.seal(phone),
            to_code="21972",
            body=text,
            sent_at=self.now,
            received_at=self.now,
        )
        self.session.add(incoming)
        self.session.flush()
        handle.answer(self.session, self.settings, cast.PHONES, now=self.now, incoming=incoming)
        return [phrase for phrase, _ in cast.messages_to(self.session, phone)[before:]]

    def last(self, phone: str) -> str:
        return cast.messages_to(self.session, phone)[-1][1]

    def joins(self, phone: str, complaint: Complaint) -> None:
        assert followers.follow(self.session, complaint, cast.person(self.session, phone), self.now)

    def complaints(self) -> list[Complaint]:
        return list(self.session.scalars(select(Complaint).order_by(Complaint.id)))
