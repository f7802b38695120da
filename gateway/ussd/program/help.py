"""Help and privacy: how it works, the codes, what we hold about a caller, and SMS on or off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.models import Complaint, Follower
from gateway.sms import stops
from gateway.ussd.program.call import Call, program
from sessions.ports import Done


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
        reported = followed = 0
        if person is not None:
            own = select(func.count(Complaint.id)).where(Complaint.owner_id == person.id)
            others = select(func.count(Follower.id)).where(Follower.person_id == person.id)
            reported, followed = session.scalar(own) or 0, session.scalar(others) or 0
        return {"reported": str(reported), "followed": str(followed)}


@program.action("ask_erasure", outcomes=["asked"], gives={}, sends=False)
def ask_erasure(call: Call, session: Session, now: datetime) -> Done:
    """Once: the time that the law gives counts from the first request."""
    person = call.person(session, now)
    person.erasure_requested_at = person.erasure_requested_at or now
    return Done("asked", {})
