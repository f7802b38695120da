"""Growing: what one first hop, one status question, one report, a page of the desk and one sweep of the clock cost in a
service that holds 1,000, 100,000 and 1,000,000 complaints, a fiftieth of them open, nobody of them out of reach.
Medians; the ratio is the largest to the smallest."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import CTE, Text, cast, func, insert, literal, select, text, update
from sqlalchemy.orm import Session

from gateway import categories, clock, people, places, roster, sweeps
from gateway.commands import handle
from gateway.complaints import overview, priority, reach, service, states
from gateway.complaints.overview import View
from gateway.config import Settings
from gateway.models import Base, Complaint, Event, IncomingSms, Message, Person, RosterEntry
from gateway.services import Services
from gateway.ussd import publishing
from gateway.web.ussd import build_conversation
from sessions.conversation import Conversation
from sessions.hop import Hop
from tests.bench.ground import Ground, percentile

_SIZES = (1_000, 100_000, 1_000_000)
_ROUNDS, _WARMING = 40, 5
#: Each person has reported so many; one of so many complaints is open.
_EACH, _OPEN_OF = 5, 50
_DESK = "+254711099999"
_ROSTER = "phone,name,role,department,area\n" + "".join(
    f"+2547110{number:05d},Officer {number},officer,*,{ward.name}\n" for number, ward in enumerate(places.WARDS)
)
_ROSTER += f"{_DESK},The desk,desk,*,*\n"


@dataclass(frozen=True)
class Held:
    """A service with so many complaints in it."""

    services: Services
    conversation: Conversation


Act = Callable[[Held, int, datetime], object]


def measure(ground: Ground) -> Sequence[Sequence[str]]:
    rows = [("", *(f"{size:,}" for size in _SIZES), "ratio")]
    for name in ("PostgreSQL", "SQLite"):
        with ExitStack() as stack:
            held = [stack.enter_context(_service(ground, name, size)) for size in _SIZES]
            for what, act in _ACTS.items():
                medians = _medians(held, act)
                cells = (f"{ms:.2f} ms" for ms in medians)
                rows.append((f"{name}, {what}", *cells, f"{medians[-1] / medians[0]:.2f}"))
    return rows


def _medians(held: Sequence[Held], act: Act) -> list[float]:
    taken: list[list[float]] = [[] for _ in held]
    for number in range(_ROUNDS):
        # In turns, so that whatever else the machine does falls on all.
        for one, times in zip(held, taken, strict=True):
            now = clock.now()
            began = time.perf_counter()
            act(one, number, now)
            times.append((time.perf_counter() - began) * 1000)
    return [percentile(times[_WARMING:], 0.5) for times in taken]


def _first_hop(held: Held, number: int, now: datetime) -> None:
    hop = Hop(
        sid=f"ATUid_{secrets.token_hex(16)}",
        phone=_phone(number),
        caller=held.services.phones.hash(_phone(number)),
        code="*384*1972#",
        dialled="",
        network="63902",
        text="",
    )
    assert held.conversation.answer(hop).startswith("CON Hatua")


def _status_question(held: Held, number: int, now: datetime) -> None:
    with held.services.db.transaction() as session:
        incoming = IncomingSms(
            provider_id=f"made-up-{number}",
            phone_sealed=held.services.phones.seal(_phone(number)),
            to_code="21972",
            body="STATUS",
            sent_at=now,
            received_at=now,
        )
        session.add(incoming)
        session.flush()
        handle.answer(session, held.services.settings, held.services.phones, now=now, incoming=incoming)


def _report(held: Held, number: int, now: datetime) -> None:
    with held.services.db.transaction() as session:
        service.file(
            session,
            held.services.settings,
            now=now,
            owner=people.find_or_add(session, held.services.phones, _phone(number), now),
            category="T2",
            ward=places.WARDS[number].code,
            landmark="Stage 7 market",
            channel="ussd",
            filed_by=f"made-up-report:{number}",
        )


def _desk(view: View) -> Act:
    """A page for the whole county, with whom it did not reach."""

    def look(held: Held, _number: int, now: datetime) -> None:
        with held.services.db.reading() as session:
            desk = people.by_phone(session, held.services.phones, _DESK)
            assert desk is not None
            found = overview.page(session, desk, roster.entries_of(session, desk), view, now)
            assert bool(found) is (view is View.OPEN)
            reach.not_reached(session, [complaint.id for complaint in found])

    return look


def _sweep(held: Held, number: int, now: datetime) -> None:
    assert sweeps.sweep(held.services, now) == []


_ACTS: Mapping[str, Act] = {
    "a first hop": _first_hop,
    "a status question": _status_question,
    "a report": _report,
    "the desk's list": _desk(View.OPEN),
    "the desk: not reached": _desk(View.NOT_REACHED),
    "a sweep": _sweep,
}


@contextmanager
def _service(ground: Ground, name: str, size: int) -> Iterator[Held]:
    with ExitStack() as stack:
        url = (
            stack.enter_context(ground.database())
            if name == "PostgreSQL"
            else f"sqlite:///{ground.folder / f'growth-{size}.db'}"
        )
        services = Services.build(Settings.read(ground.environment(url), var=Path(ground.folder)))
        stack.callback(services.db.dispose)
        with services.db.engine.begin() as connection:
            Base.metadata.create_all(connection)
        shipped = publishing.propose(services.db, publishing.SHIPPED_MENU.read_text(encoding="utf-8"))
        publishing.publish(services.db, shipped, author=publishing.SHIPPED)
        with services.db.transaction() as session:
            _fill(session, services, size, clock.now())
        with services.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        yield Held(services, build_conversation(services))


def _fill(session: Session, services: Services, size: int, now: datetime) -> None:
    """By the database itself, ward by ward: a million rows by hand take longer than what is measured."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = 0"))
    roster.load(session, services.phones, _ROSTER, now)
    of_wards = select(RosterEntry.person_id).where(RosterEntry.role == states.OFFICER).order_by(RosterEntry.id)
    officers = session.scalars(of_wards).all()
    first = (session.scalar(select(func.max(Person.id))) or 0) + 1
    for number in range(_ROUNDS):
        people.find_or_add(session, services.phones, _phone(number), now).language = "en"
    session.flush()
    others = _numbers(0, size // _EACH - _ROUNDS)
    hashes = literal("made-up-") + cast(others.c.n, Text)
    _copy(session, Person, others, phone_hash=hashes, phone_sealed="-", created_at=now)
    for at, (ward, officer) in enumerate(zip(places.WARDS, officers, strict=True)):
        n = _numbers(at, size, step=len(officers))
        filed_at = now - timedelta(days=4 + 7 * at)
        _copy(
            session,
            Complaint,
            n,
            reference=cast(n.c.n + 10_000_000, Text),
            filed_by=literal("made-up:") + cast(n.c.n, Text),
            category=categories.CATEGORIES[at % len(categories.CATEGORIES)].code,
            ward=ward.code,
            landmark=literal("Stage ") + cast(n.c.n, Text),
            owner_id=n.c.n // _EACH + first,
            officer_id=officer,
            state=states.CLOSED,
            outcome=states.CONFIRMED,
            cycle=1,
            version=1,
            priority=priority.NORMAL,
            filed_at=filed_at,
            promise_due_at=filed_at + timedelta(hours=72),
            state_since=filed_at,
            reopens=0,
            late=False,
            level=0,
        )
    is_open = Complaint.id % _OPEN_OF == 0
    times = {"filed_at": now, "state_since": now, "promise_due_at": now + services.settings.promise}
    due = {"next_action_at": now + services.settings.promise}
    session.execute(update(Complaint).where(is_open).values(state=states.RECEIVED, outcome=None, **times, **due))
    each = select(Complaint.id.label("n"), Complaint.owner_id.label("owner"), Complaint.state, Complaint.filed_at).cte()
    _copy(
        session,
        Event,
        each,
        complaint_id=each.c.n,
        number=1,
        at=each.c.filed_at,
        actor_id=each.c.owner,
        role=states.OWNER,
        channel="ussd",
        verb=states.FILE,
        to_state=each.c.state,
        cycle=1,
    )
    _copy(
        session,
        Message,
        each,
        person_id=each.c.owner,
        phrase="sms.received",
        body=literal("Hatua ") + cast(each.c.n, Text),
        by_day=False,
        dedupe_key=literal("made-up:") + cast(each.c.n, Text),
        urgency=1,
        state="delivered",
        attempt=1,
        resends=0,
        may_be_double=False,
        provider_id=literal("ATXid_") + cast(each.c.n, Text),
        not_before=each.c.filed_at,
        expires_at=each.c.filed_at,
        created_at=each.c.filed_at,
    )


def _numbers(first: int, end: int, step: int = 1) -> CTE:
    numbers = select(literal(first).label("n")).cte("numbers", recursive=True)
    return numbers.union_all(select(numbers.c.n + step).where(numbers.c.n + step < end))


def _copy(session: Session, table: type[Base], rows: CTE, **values: Any) -> None:
    """A row of the table for each row; plain values are the same in all."""
    columns = table.__table__.c
    cells = [literal(value, columns[name].type) if _is_plain(value) else value for name, value in values.items()]
    session.execute(insert(table).from_select(list(values), select(*cells).select_from(rows), include_defaults=False))


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | datetime)


def _phone(number: int) -> str:
    return f"+2547000{number:05d}"
