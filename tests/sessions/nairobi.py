"""The program of the shipped menu without its database: what is read from files is real, what is stored is made up.

Everything is answered by the record alone, so that a walk can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from gateway.services import Services
from gateway.ussd.program import Call, program
from menus.program import Function, Program
from sessions.hop import Hop
from sessions.ports import Done, Found, Item
from sessions.record import Record

#: Real: they read nothing but files and the record.
_PURE_LISTINGS = {"subcounties", "wards", "wards_meant", "subcounties_meant", "categories"}
_PURE = _PURE_LISTINGS | {"area", "danger", "in_danger", "problem", "is_mine"}
_KINDS = ("open", "asked", "late", "resolved", "reopenable", "over")
_REPORTS = [Item(f"400000{n}", f"400000{n} Received") for n in range(9)]


def whole_program() -> Program:
    """Declared as it is in force, with every outcome within reach of some answer."""
    village = Program()
    for name, listing in program.listings.items():
        run = _real(listing.run) if name in _PURE else lambda record, of: _REPORTS
        village.listing(name, of=listing.of, longest=listing.longest)(run)
    for name, finding in program.findings.items():
        village.finding(name, outcomes=finding.outcomes)(
            _real(finding.run) if name in _PURE else _finds(tuple(finding.outcomes))
        )
    for name, fetch in program.fetches.items():
        village.fetch(name, gives=fetch.gives)(_real(fetch.run) if name in _PURE else _gives(fetch.gives))
    for name, guard in program.guards.items():
        village.guard(name)(_real(guard) if name in _PURE else lambda record: len(record.trail) % 2 == 0)
    for name, action in program.actions.items():
        outcomes, gives, sends = list(action.outcomes), action.gives, action.sends
        village.action(name, outcomes=outcomes, gives=gives, sends=sends)(_acts(action.outcomes[0], gives))
    return village


def _real(run: Function) -> Function:
    def of_record(record: Record, *rest: Any) -> Any:
        return run(Call(cast(Services, None), cast(Hop, None), record), *rest)

    return of_record


def _finds(outcomes: tuple[str, ...]) -> Callable[[Record], Found]:
    """One of them by what was answered last."""

    def find(record: Record) -> Found:
        last = (record.value_of("report") or record.value_of("landmark") or "0")[-1:]
        report = record.value_of("report") or "4000000"
        part = Item("owner", "owner")
        outcome = outcomes[ord(last) % len(outcomes)] if last else outcomes[0]
        theirs = {"report": Item(report, report), "part": part} if outcome in _KINDS else {}
        return Found(outcome, theirs | ({"ward": Item("1381", "Karen")} if outcome == "found" else {}))

    return find


def _gives(gives: Mapping[str, int]) -> Callable[[Record], Mapping[str, str]]:
    return lambda record: {name: f"{name} {record.at}"[:width] for name, width in gives.items()}


def _acts(outcome: str, gives: Mapping[str, int]) -> Callable[[Record, str], Done]:
    return lambda record, reference: Done(outcome, dict.fromkeys(gives, "25 Nov") | {"ref": reference})
