"""Reporting: what it is, whether somebody is in danger, whether others have reported it, and the filing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway import categories, db
from gateway.complaints import duplicates, followers, queries, service, states
from gateway.complaints.duplicates import Likely
from gateway.models import Complaint
from gateway.sms import texts
from gateway.ussd.program.call import Call, program
from menus.gsm7 import cut, plain
from menus.program import Need
from sessions.ports import Done, Found, Item

#: A menu may call them by the second name too.
_CATEGORY = ("category", "problem")
_LANDMARK = ("landmark", "place")

#: Lines that one screen holds, each with a landmark, an age and a number of people.
_ALIKE_SHOWN = 3
_ALIKE_LINE = 24


@program.listing("categories", of="group", longest=24)
def categories_of_group(call: Call, of: str | None) -> list[Item]:
    return [Item(category.code, category.label(call.language)) for category in categories.categories_of(of or "")]


@program.finding("danger", outcomes={"asked": {}, "none": {"danger": 6}})
def danger(call: Call) -> Found:
    """Asked where there may well be; whoever answered for another problem has not answered for this one."""
    if categories.category(call.value(*_CATEGORY)).asks_danger:
        return Found("asked")
    return Found("none", {"danger": Item("no", "")})


@program.guard("in_danger")
def in_danger(call: Call) -> bool:
    return call.value("danger") == "yes"


@program.fetch("problem", gives={"problem": 32})
def problem(call: Call) -> Mapping[str, str]:
    label = categories.category(call.value(*_CATEGORY)).label(call.language)
    return {"problem": f"{texts.render('label.urgent', call.language, {})} {label}" if in_danger(call) else label}


@program.finding("alike", outcomes={"some": {}, "none": {}})
def alike(call: Call) -> Found:
    """While the database is away nobody is kept from reporting."""
    try:
        return Found("some" if _alike(call) else "none")
    except db.AWAY:
        return Found("none")


@program.listing("alike", of="landmark", longest=_ALIKE_LINE)
def alike_lines(call: Call, of: str | None) -> list[Item]:
    shown = _alike(call)
    return [Item(one.complaint.reference, duplicates.described(one, call.language, _ALIKE_LINE)) for one in shown]


@program.fetch("same", gives={"ref": 8, "place": 30, "people": 4})
def same(call: Call) -> Mapping[str, str]:
    with call.reading() as (session, _person):
        complaint = queries.by_reference(session, call.value("same"))
        if complaint is None:
            return {}
        people = followers.count(session, complaint)
        return {"ref": complaint.reference, "place": complaint.landmark, "people": str(people)}


@program.action("join", outcomes=["joined", "closed"], gives={"ref": 8}, sends=("same",))
def join(call: Call, session: Session, now: datetime) -> Done:
    complaint = queries.by_reference(session, call.value("same"))
    person = call.person(session, now)
    joined = complaint and followers.join(session, call.services.settings, complaint, person, now, "ussd")
    return Done("joined", {"ref": joined.complaint.reference}) if joined else Done("closed", {"ref": ""})


@program.action(
    "file_report",
    outcomes=["filed", "urgent", "referred", "quiet"],
    gives={"ref": 8, "due": 16, "hours": 6, "agency": 16, "code": 14},
    sends=("ward", *_CATEGORY, *_LANDMARK),
    needs=(Need(_CATEGORY, categories.NAMES), Need(("ward",)), Need(_LANDMARK)),
    refines={"urgent": "filed", "referred": "filed", "quiet": "filed"},
)
def file_report(call: Call, session: Session, now: datetime) -> Done:
    settings = call.services.settings
    owner = call.person(session, now)
    complaint = service.file(
        session,
        settings,
        now=now,
        owner=owner,
        category=categories.category(call.value(*_CATEGORY)).code,
        ward=call.value("ward"),
        landmark=call.value(*_LANDMARK),
        channel="ussd",
        filed_by=f"ussd:{call.record.sid}:{call.record.at}",
        urgent=in_danger(call),
    ).complaint
    outcome = "quiet" if owner.sms_stopped_at else "urgent" if in_danger(call) else _filed_as(complaint)
    return Done(
        outcome,
        {
            "ref": complaint.reference,
            "due": call.due(complaint.promise_due_at),
            "hours": f"{settings.promise / timedelta(hours=1):.4g}",
            "agency": cut(plain(complaint.agency or ""), 16),
            "code": settings.ussd_code,
        },
    )


def _filed_as(complaint: Complaint) -> str:
    return "referred" if complaint.state == states.REFERRED and complaint.agency else "filed"


def _alike(call: Call) -> list[Likely]:
    with call.services.db.reading() as session:
        likely = duplicates.likely(
            session,
            ward=call.value("ward"),
            category=categories.category(call.value(*_CATEGORY)).code,
            landmark=call.value(*_LANDMARK),
            now=call.began_at,
            phone_hash=call.hop.caller,
            limit=2 * _ALIKE_SHOWN,
        )
        return [one for one in likely if one.complaint.filed_at <= call.began_at][:_ALIKE_SHOWN]
