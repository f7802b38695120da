"""Where it is: chosen from lists, typed as people call it, or the same as last time. A ward is never guessed."""

from __future__ import annotations

from collections.abc import Sequence

from gateway import areas, db, places
from gateway.areas import Kind
from gateway.complaints import queries
from gateway.models import Complaint
from gateway.ussd.program.call import Call, program
from sessions.ports import Found, Item

_NAME, _WARD, _SUBCOUNTY = 27, 22, 16


@program.listing("subcounties", longest=_SUBCOUNTY)
def subcounties(call: Call, of: str | None) -> list[Item]:
    return _subcounties(places.SUBCOUNTIES)


@program.listing("wards", of="area", longest=_WARD)
def wards(call: Call, of: str | None) -> list[Item]:
    return _wards(places.wards_of(of or ""))


@program.listing("wards_meant", of="typed", longest=_WARD)
def wards_meant(call: Call, of: str | None) -> list[Item]:
    """Of an area that lies in several."""
    return _wards(areas.find(of or "").wards)


@program.listing("subcounties_meant", of="typed", longest=_SUBCOUNTY)
def subcounties_meant(call: Call, of: str | None) -> list[Item]:
    """Of a name that several have: Embakasi, Dagoretti."""
    return _subcounties(areas.find(of or "").subcounties)


@program.finding(
    "area",
    outcomes={
        "sure": {"ward": _WARD},
        "likely": {"ward": _WARD, "meant": _NAME},
        "wards": {"meant": _NAME},
        "subcounties": {"meant": _NAME},
        "outside": {"meant": _NAME, "county": 8},
        "unknown": {},
    },
)
def area(call: Call) -> Found:
    found = areas.find(call.value("typed"))
    meant = {"meant": Item(found.name, found.name)}
    if found.kind is Kind.WARD:
        ward = {"ward": _wards(found.wards)[0]}
        return Found("sure", ward) if found.is_sure else Found("likely", ward | meant)
    if found.kind is Kind.OUTSIDE:
        return Found("outside", meant | {"county": Item(found.county or "", found.county or "")})
    return Found(found.kind.value, {} if found.kind is Kind.UNKNOWN else meant)


@program.guard("has_last_place")
def has_last_place(call: Call) -> bool:
    """Not asked for, rather than in the way, while the database is away."""
    try:
        return _last(call) is not None
    except db.AWAY:
        return False


@program.finding("last_place", outcomes={"found": {"ward": _WARD}, "none": {}})
def last_place(call: Call) -> Found:
    last = _last(call)
    return Found("found", {"ward": _wards([places.ward(last.ward)])[0]}) if last else Found("none")


def _last(call: Call) -> Complaint | None:
    with call.reading() as (session, person):
        if person is None:
            return None
        return next(iter(queries.own_complaints(session, person, limit=1, filed_before=call.began_at)), None)


def _wards(some: Sequence[places.Ward]) -> list[Item]:
    return [Item(ward.code, ward.label) for ward in some]


def _subcounties(some: Sequence[places.Subcounty]) -> list[Item]:
    return [Item(subcounty.code, subcounty.name) for subcounty in some]
