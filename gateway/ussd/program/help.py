"""Help and privacy: how it works, the codes, what we hold about a caller, and SMS on or off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway import roster
from gateway.complaints import erasure, holdings
from gateway.sms import stops
from gateway.ussd.program.call import Call, program
from sessions.ports import Done, Found


@program.fetch("service", gives={"code": 14, "sms": 14, "hours": 6})
def service(call: Call) -> Mapping[str, str]:
    """What is set for this place: read from the settings, not from the database."""
    settings = call.services.settings
    return {
        "code": settings.ussd_code,
        "sms": settings.sms_code,
        "hours": f"{settings.promise / timedelta(hours=1):.4g}",
    }


@program.guard("gets_sms")
def gets_sms(call: Call) -> bool:
    with call.reading() as (_session, person):
        return person is None or person.sms_stopped_at is None


@program.action("stop_sms", outcomes=["stopped"], gives={"sms": 14}, sends=False)
def stop_sms(call: Call, session: Session, now: datetime) -> Done:
    stops.stop(session, call.person(session, now).id, "ussd", now)
    return Done("stopped", {"sms": call.services.settings.sms_code})


@program.action("start_sms", outcomes=["started"], gives={}, sends=False)
def start_sms(call: Call, session: Session, now: datetime) -> Done:
    stops.start(session, call.person(session, now).id)
    return Done("started", {})


@program.fetch("my_data", gives={"reported": 5, "followed": 5})
def my_data(call: Call) -> Mapping[str, str]:
    with call.reading() as (session, person):
        held = holdings.held(session, person) if person else None
        return {"reported": str(held.reported if held else 0), "followed": str(held.followed if held else 0)}


@program.finding("holder", outcomes={"resident": {}, "on_roster": {}})
def holder(call: Call) -> Found:
    """Whose data it is: who works for the county, or speaks for residents, is known by name."""
    with call.reading() as (session, person):
        is_on_roster = person is not None and bool(roster.entries_of(session, person))
        return Found("on_roster" if is_on_roster else "resident")


@program.action("erase_me", outcomes=["erased", "on_roster"], gives={}, sends=False)
def erase_me(call: Call, session: Session, now: datetime) -> Done:
    """The caller is a new one from the next call on."""
    has_begun = erasure.begin(session, call.services.settings, call.person(session, now), now)
    return Done("erased" if has_begun else "on_roster", {})
