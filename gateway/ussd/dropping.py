"""A call that was cut off: one SMS a day says how to go on."""

from __future__ import annotations

from gateway import clock, people
from gateway.services import Services
from gateway.sms import outbox
from sessions.hop import Hop
from sessions.record import Record


def say_how_to_continue(services: Services, hop: Hop, record: Record) -> None:
    """Nothing of the report is in the SMS: phones are shared. After the time to resume it is not sent any more."""
    now = clock.now()
    minutes = round(services.settings.resume.total_seconds() / 60)
    if minutes < 1:
        return
    with services.db.transaction() as session:
        person = people.find_or_add(session, services.phones, hop.phone, now)
        message = outbox.owe(
            session,
            services.settings,
            person=person,
            phrase="sms.resume",
            values={"minutes": minutes},
            dedupe_key=f"resume:{person.id}:{now.astimezone(services.settings.timezone):%Y-%m-%d}",
            now=now,
            urgency=outbox.ANSWER,
            language=record.language,
        )
        if message is not None:
            message.expires_at = now + services.settings.resume
