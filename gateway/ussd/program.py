"""The names a menu file may use, declared beside the functions behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from gateway import categories, people, places
from gateway.clock import due_words
from gateway.complaints import labels, queries, service
from gateway.services import Services
from menus.program import Program
from sessions.hop import Hop
from sessions.ports import Done, Item
from sessions.record import Record

program = Program()

COMPLAINTS_LISTED = 20


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody who is dialling, as of one hop."""

    services: Services
    hop: Hop
    record: Record

    @property
    def language(self) -> str:
        return self.record.language

    @property
    def began_at(self) -> datetime:
        """Lists are read as of here: what the session itself has done since does not renumber them."""
        return datetime.fromtimestamp(self.record.began, UTC)

    def due(self, instant: datetime) -> str:
        return due_words(instant, self.services.settings.timezone, self.language)


@program.listing("subcounties", longest=16)
def subcounties(call: Call, of: str | None) -> list[Item]:
    return [Item(subcounty.code, subcounty.name) for subcounty in places.SUBCOUNTIES]


@program.listing("wards", of="area", longest=22)
def wards(call: Call, of: str | None) -> list[Item]:
    return [Item(ward.code, ward.label) for ward in places.wards_of(of or "")]


@program.listing("categories", of="group", longest=24)
def categories_of_group(call: Call, of: str | None) -> list[Item]:
    return [Item(category.code, category.label(call.language)) for category in categories.categories_of(of or "")]


@program.listing("my_reports", longest=24)
def my_reports(call: Call, of: str | None) -> list[Item]:
    services = call.services
    with services.db.reading() as session:
        person = people.by_phone(session, services.phones, call.hop.phone)
        if person is None:
            return []
        own = queries.own_complaints(session, person, limit=COMPLAINTS_LISTED, filed_before=call.began_at)
        return [
            Item(complaint.reference, f"{complaint.reference} {labels.state(complaint, call.language)}")
            for complaint in own
        ]


@program.fetch("report_details", gives={"ref": 8, "category": 24, "ward": 22, "state": 24, "due": 16})
def report_details(call: Call) -> Mapping[str, str]:
    services = call.services
    reference = call.record.value_of("report") or ""
    with services.db.reading() as session:
        person = people.by_phone(session, services.phones, call.hop.phone)
        complaint = queries.own_complaint(session, person, reference) if person else None
        if complaint is None:
            return {}
        return {
            "ref": complaint.reference,
            "category": categories.category(complaint.category).label(call.language),
            "ward": places.ward(complaint.ward).label,
            "state": labels.state(complaint, call.language),
            "due": call.due(complaint.promise_due_at),
        }


@program.action("file_report", outcomes=["filed"], gives={"ref": 8, "due": 16, "hours": 6})
def file_report(call: Call, session: Session, now: datetime) -> Done:
    services, record = call.services, call.record
    owner = people.find_or_add(session, services.phones, call.hop.phone, now)
    if owner.language is None:
        owner.language = call.language
    filed = service.file(
        session,
        services.settings,
        now=now,
        owner=owner,
        category=record.answers["category"].value,
        ward=record.answers["ward"].value,
        landmark=record.answers["landmark"].value,
        channel="ussd",
        filed_by=f"ussd:{record.sid}:{record.at}",
    )
    return Done(
        "filed",
        {
            "ref": filed.complaint.reference,
            "due": call.due(filed.complaint.promise_due_at),
            "hours": f"{services.settings.promise.total_seconds() / 3600:.4g}",
        },
    )
