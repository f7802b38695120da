"""Where it is: chosen from lists, typed as people call it, or the same as last time. A ward is never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway import areas, places
from gateway.areas import Kind
from gateway.ussd.program.call import Call, program
from sessions.ports import Found, Item

_NAME, _WARD, _SUBCOUNTY = 27, 22, 16
_LAST_WARD = "last_ward"


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


def remembered(last_ward: str | None) -> Mapping[str, str]:
    """For the whole call: choosing a place costs no SQL."""
    return {_LAST_WARD: last_ward} if last_ward else {}


@program.guard("has_last_place")
def has_last_place(call: Call) -> bool:
    return _LAST_WARD in call.record.known


@program.finding("last_place", outcomes={"found": {"ward": _WARD}, "none": {}})
def last_place(call: Call) -> Found:
    code = call.record.known.get(_LAST_WARD)
    return Found("found", {"ward": _wards([places.ward(code)])[0]}) if code else Found("none")


def _wards(some: Sequence[places.Ward]) -> list[Item]:
    return [Item(ward.code, ward.label) for ward in some]


def _subcounties(some: Sequence[places.Subcounty]) -> list[Item]:
    return [Item(subcounty.code, subcounty.name) for subcounty in some]
