"""How the messages stand: what rings, what waits, how the last day went. Numbers only."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template

from gateway import clock
from gateway.services import of_app
from gateway.sms import alarms, balance, gate, standing

messages = Blueprint("messages", __name__)

#: What whoever runs the gateway can do about each.
WHAT_TO_DO: Mapping[str, str] = {
    alarms.OUTBOX_HELD: "Put right what it names at the carrier (key, sender, balance). One message tries again every "
    "minute and opens it; who held it by hand opens it with: flask messages release",
    alarms.MESSAGE_OVERDUE: "Is a worker running, and does it reach the carrier? See its log and: flask messages list",
    alarms.DOUBT_OVERDUE: "Is a clock process running? It ends doubts. Do delivery reports reach us?",
    alarms.INCOMING_OVERDUE: "Is a worker running? Residents wait for an answer.",
    alarms.CLOCK_SILENT: "Start a clock process: without it nobody is reminded and nothing is tried again.",
    alarms.BALANCE_LOW: "Top up at the carrier.",
    alarms.BALANCE_UNKNOWN: "Does the gateway reach the carrier, with a key that is right?",
}
#: How the messages of a day stand, the good news first.
ENDS: Mapping[str, str] = {
    "delivered": "Delivered",
    "submitted": "Handed over, no report",
    "superseded": "Replaced by newer news",
    "queued": "Waiting",
    "sending": "On their way",
    "unknown": "In doubt",
    "unconfirmed": "May not have arrived",
    "suppressed": "Not sent: they have sent STOP",
    "expired": "Not sent: too late",
    "refused": "Refused by the carrier",
    "failed": "Not delivered by the operator",
}


@messages.get("/messages")
def show() -> str:
    now = clock.now()
    with of_app().db.reading() as session:
        waiting = standing.waiting(session, now)
        return render_template(
            "desk/messages.html",
            alarms=alarms.ringing(session, now, waiting),
            what_to_do=WHAT_TO_DO,
            ends=ENDS,
            waiting=waiting,
            day=standing.last_day(session, now),
            gate=gate.state(session),
            balance=balance.read(session),
        )
