"""The gateway in numbers, for Prometheus. Read from SQL when asked, so it does not matter how many processes there are,
or which of them is asked; only the hops are counted where they are answered. Never a phone number, never a name."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session

from gateway import hops, readings
from gateway.db import Database
from gateway.models import OutboxGate
from gateway.models.messages import UNFINISHED
from gateway.sms import alarms, balance, gate, standing
from gateway.sms.alarms import Watch

log = logging.getLogger(__name__)

#: A clock that goes wrong is heard of here when it cannot say so itself.
_watch = Watch()


def text(database: Database, now: datetime) -> bytes:
    """In the format that Prometheus reads; without the database, that it is away."""
    registry = CollectorRegistry()
    registry.register(_Collected([*_families(database, now), *hops.families()]))
    return generate_latest(registry)


class _Collected(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


def _families(database: Database, now: datetime) -> Iterator[Gauge]:
    try:
        with database.reading() as session:
            found = [*_now(session, now), *_last_day(session, now)]
    except (DBAPIError, NoConnection) as error:
        log.error("metrics without database error=%s", type(error).__name__)
        found = []
    yield _one("hatua_database_up", "Whether the database answers.", 1 if found else 0)
    yield from found


def _now(session: Session, now: datetime) -> Iterator[Gauge]:
    waiting = standing.waiting(session, now)
    yield _by("hatua_messages_waiting", "Messages that are not finished.", "state", waiting.messages)
    yield _seconds("hatua_message_oldest_due_seconds", "Since when a message could have been sent.", waiting.oldest_due)
    yield _seconds("hatua_message_oldest_doubt_seconds", "How long a message is in doubt.", waiting.oldest_doubt)
    yield _one("hatua_incoming_waiting", "SMS that came in and are not answered.", waiting.incoming)
    yield _seconds("hatua_incoming_oldest_seconds", "How long the first of them waits.", waiting.oldest_incoming)
    yield _one("hatua_delivery_reports_waiting", "Delivery reports that fit no message.", waiting.reports)
    yield _by("hatua_outbox_held", "1 while nothing is sent, with the reason.", "reason", _held(gate.state(session)))
    if clock := readings.read(session, readings.CLOCK):
        yield _seconds("hatua_clock_silent_seconds", "Since a clock last went its round.", now - clock.at)
    if money := balance.read(session):
        labels = {money.currency: float(money.amount)}
        yield _by("hatua_balance", "Money at the carrier when last asked.", "currency", labels)
    rings = dict.fromkeys(alarms.NAMES, 0) | {alarm.name: 1 for alarm in _ringing(session, now, waiting)}
    yield _by("hatua_alarm", "1 while somebody should look.", "name", rings)


def _held(state: OutboxGate | None) -> dict[str, int]:
    if state is None or state.held_since is None:
        return {}
    # What somebody wrote about it is for the command line.
    return {(state.held_reason or "" if state.probe_at else "by hand"): 1}


def _ringing(session: Session, now: datetime, waiting: standing.Waiting) -> list[alarms.Alarm]:
    found = alarms.ringing(session, now, waiting)
    _watch.see(found)
    return found


def _last_day(session: Session, now: datetime) -> Iterator[Gauge]:
    """A window instead of counters: the same from every process, also after each of them was started anew."""
    day = standing.last_day(session, now)
    finished = {state: count for state, count in day.messages.items() if state not in UNFINISHED}
    yield _by("hatua_messages_last_day", "Messages of the last 24 hours by what became of them.", "state", finished)
    yield _one("hatua_messages_double_last_day", "Messages that may have arrived twice.", day.doubles)
    yield _one("hatua_message_parts_last_day", "Parts that the carrier counted.", day.parts)
    cost = {currency: float(amount) for currency, amount in day.cost.items()}
    yield _by("hatua_message_cost_last_day", "What the messages of the last 24 hours cost.", "currency", cost)


def _one(name: str, words: str, value: float) -> Gauge:
    return Gauge(name, words, value=value)


def _seconds(name: str, words: str, length: timedelta) -> Gauge:
    return _one(name, words, length.total_seconds())


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> Gauge:
    family = Gauge(name, words, labels=[label])
    for value_of_label, value in sorted(values.items()):
        family.add_metric([value_of_label], value)
    return family
