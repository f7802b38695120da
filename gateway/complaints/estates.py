"""Which estate a landmark names, where the names that people use for the parts of a ward tell."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from gateway import places
from gateway.complaints import landmarks


def named_in(landmark: str, ward: str) -> frozenset[str]:
    """Empty where it names none; never the ward itself, which says nothing about where in the ward."""
    words = f" {landmarks.normalised(landmark)} "
    return frozenset(estate for estate in _OF_WARD.get(ward, ()) if f" {estate} " in words)


def _read() -> Iterator[tuple[str, str]]:
    with (Path(__file__).parent.parent / "data" / "aliases.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if ward := places.area_code(row["ward"]):
                yield landmarks.normalised(row["alias"]), ward


def _of_wards() -> Mapping[str, tuple[str, ...]]:
    """Only names that belong to one ward: a name of three wards is too large a place."""
    wards: defaultdict[str, set[str]] = defaultdict(set)
    for estate, ward in _read():
        wards[estate].add(ward)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for estate, (ward, *others) in ((estate, sorted(codes)) for estate, codes in wards.items()):
        if not others and not _is_the_ward_itself(estate, ward):
            found[ward].append(estate)
    return {ward: tuple(estates) for ward, estates in found.items()}


def _is_the_ward_itself(estate: str, ward: str) -> bool:
    """Or a part of its name: `hamza` of Maringo/Hamza, `umoja 2`, `southc`."""
    name = landmarks.normalised(places.ward(ward).name).replace(" ", "")
    return estate.replace(" ", "") in name or places.area_code(estate) == ward


_OF_WARD = _of_wards()
