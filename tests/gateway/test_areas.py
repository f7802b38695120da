"""Area names as people write them: every name in the data is understood, and none is made into a ward not meant."""

from __future__ import annotations

import csv
import random
import time
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import area_names, areas, places
from gateway.areas import Kind

DATA = Path(area_names.__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ALIASES: defaultdict[str, dict[str, str]] = defaultdict(dict)
for row in rows("aliases.csv"):
    ALIASES[row["alias"]][row["ward"]] = row["confidence"]
SUBCOUNTY_ALIASES: defaultdict[str, list[str]] = defaultdict(list)
for row in rows("subcounty_aliases.csv"):
    SUBCOUNTY_ALIASES[row["alias"]].append(row["subcounty_code"])
SUBCOUNTY_KEYS = {area_names.key(alias) for alias in SUBCOUNTY_ALIASES}
OUTSIDE = {row["alias"]: row["county"] for row in rows("outside_nairobi.csv")}

NUMBERS = (" i", " ii", " iii", " iv", " one", " two", " three", " four", " mbili", " nne")
SPELLINGS = {
    "as it is": str,
    "capitals": str.upper,
    "one word": lambda alias: alias if alias.endswith(NUMBERS) else alias.replace(" ", ""),
    "hyphens": lambda alias: alias.replace(" ", "-"),
    "odd spaces and a stop": lambda alias: f"  {alias.replace(' ', '   ')} . ",
    "curly apostrophe": lambda alias: alias.replace("'", "\u2019"),
    "estate": lambda alias: f"{alias} estate",
    "mtaa wa": lambda alias: f"Mtaa wa {alias.title()}",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_alias_in_the_data_leads_to_its_wards_however_it_is_spelt(spelling: str) -> None:
    for alias, wards in ALIASES.items():
        if area_names.key(alias) in SUBCOUNTY_KEYS:
            continue
        spelt = SPELLINGS[spelling](alias)
        if spelling == "estate" and spelt in ALIASES:
            continue  # a name of its own
        found = areas.find(spelt)

        assert {ward.name for ward in found.wards} == set(wards), alias
        assert found.kind is (Kind.WARD if len(wards) == 1 else Kind.WARDS), alias
        assert found.is_sure == (set(wards.values()) == {"high"} and len(wards) == 1), alias


def test_every_ward_is_found_by_its_name_and_its_label() -> None:
    for ward in places.WARDS:
        for name in (ward.name, ward.label, f"{ward.name} ward", f"Wadi ya {ward.name}"):
            assert ward in areas.find(name).wards or areas.find(name).kind is Kind.SUBCOUNTIES, name
        assert areas.find(f"ward {ward.name}") == areas.Found(Kind.WARD, ward.label, (ward,), is_sure=True)


def test_every_name_of_a_sub_county_leads_to_all_of_its_wards() -> None:
    for alias, codes in SUBCOUNTY_ALIASES.items():
        found = areas.find(alias)

        if len(set(codes)) > 1:
            assert (found.kind, [one.code for one in found.subcounties]) == (Kind.SUBCOUNTIES, codes), alias
        else:
            assert found.kind is Kind.WARDS
            assert set(places.wards_of(codes[0])) <= set(found.wards), alias
            assert not found.is_sure


def test_every_place_outside_nairobi_is_known_with_its_county() -> None:
    for alias, county in OUTSIDE.items():
        found = areas.find(alias)

        assert (found.kind, found.county, found.wards) == (Kind.OUTSIDE, county, ()), alias


def test_a_name_with_a_wrong_letter_is_offered_and_never_taken() -> None:
    offered = 0
    for alias, wards in ALIASES.items():
        wrong = f"{alias[:3]}x{alias[4:]}"
        if len(alias) < 8 or area_names.key(wrong) in area_names.NAMES:
            continue
        found = areas.find(wrong)

        assert not found.is_sure, wrong
        offered += {ward.name for ward in found.wards} >= set(wards)
    assert offered > 0.85 * sum(len(alias) >= 8 for alias in ALIASES)


@pytest.mark.parametrize(
    ("written", "kind", "wards", "is_sure"),
    [
        ("Gatwekera", Kind.WARD, "Sarangombe", True),
        ("UMOJA II", Kind.WARD, "Umoja II", True),
        ("umoja mbili", Kind.WARD, "Umoja II", True),
        ("karibu na Umoja 2", Kind.WARD, "Umoja II", False),
        ("near Gatwekera", Kind.WARD, "Sarangombe", False),
        ("Kawangwere", Kind.WARD, "Kawangware", False),
        ("Tassia", Kind.WARD, "Embakasi", False),
        ("4a", Kind.WARD, "Utalii", False),
        ("Kayole", Kind.WARDS, "Kayole Central, Kayole North, Kayole South", False),
        ("kasarani ward", Kind.WARD, "Kasarani", True),
        ("Dagoretti", Kind.SUBCOUNTIES, "", False),
        ("xyzzy", Kind.UNKNOWN, "", False),
        ("Nairobi", Kind.UNKNOWN, "", False),
        ("abc", Kind.UNKNOWN, "", False),
        ("", Kind.UNKNOWN, "", False),
        ("Kayole " * 100, Kind.UNKNOWN, "", False),
    ],
)
def test_what_people_type_is_read_as(written: str, kind: Kind, wards: str, is_sure: bool) -> None:
    found = areas.find(written)

    assert (found.kind, ", ".join(ward.name for ward in found.wards), found.is_sure) == (kind, wards, is_sure)


@given(st.text(max_size=100))
def test_nothing_is_sure_that_is_not_a_name_in_the_data(text: str) -> None:
    found = areas.find(text)
    areas.find_in(text)

    assert not found.is_sure or area_names.key(found.name) in area_names.key(text)


@pytest.mark.parametrize(
    ("message", "name", "rest"),
    [
        ("Kayole karibu na Naivas", "Kayole", "karibu na Naivas"),
        ("Umoja 2 near Mama Lucy", "Umoja II", "near Mama Lucy"),
        ("zinamwagika Gatwekera", "Gatwekera", "zinamwagika"),
        ("umeziba South B Hazina", "South B", "umeziba Hazina"),
        ("Hakuna maji Kahawa West siku tatu", "Kahawa West", "Hakuna maji siku tatu"),
        ("iko wazi River Road ni hatari", "River Road", "iko wazi ni hatari"),
        ("Kayole soko, lori linamwaga usiku", "Kayole", "soko, lori linamwaga usiku"),
        ("pipeline burst in Umoja 1", "Umoja I", "pipeline burst"),
        ("near the hospital, Huruma", "Huruma", "near the hospital"),
        ("Kayolle soko", "Kayole", "soko"),
        ("Rongai stage", "Rongai", "stage"),
        ("pipeline burst", "Pipeline", "burst"),
        ("takataka nyingi hapa", "", "takataka nyingi hapa"),
        ("", "", ""),
    ],
)
def test_an_area_is_found_within_a_message_and_the_rest_is_kept(message: str, name: str, rest: str) -> None:
    found_in = areas.find_in(message)

    assert (found_in.found.name, found_in.rest) == (name, rest)


def test_the_smaller_area_in_a_message_says_which_ward_of_the_larger() -> None:
    assert [ward.name for ward in areas.find_in("Kibera Gatwekera stage").found.wards] == ["Sarangombe"]


def test_an_ordinary_word_or_one_behind_near_is_never_sure_to_be_the_area() -> None:
    assert not areas.find_in("pipeline burst").found.is_sure
    assert not areas.find_in("burst near Gatwekera").found.is_sure


def test_names_are_looked_up_thousands_of_times_a_second() -> None:
    """With a wide margin: measured are some microseconds for a known name."""
    began = time.perf_counter()

    for _ in range(1000):
        areas.find("Kayole")

    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("text", "meant"),
    [("huruma unda", "huruma runda"), ("karen ed", "karen end"), ("pumwani matenity", "pumwani maternity")],
)
def test_a_name_within_a_longer_one_that_is_misspelt_is_not_sure(text: str, meant: str) -> None:
    found = areas.find_in(f"{text}, karibu na duka").found

    assert not found.is_sure
    assert {ward.name for ward in found.wards} >= set(ALIASES[meant])


def test_no_single_wrong_letter_makes_a_name_into_a_ward_that_was_not_meant() -> None:
    chance = random.Random(4821759)
    for alias, wards in ALIASES.items():
        if len(alias) < 6:
            continue
        at = chance.randrange(1, len(alias) - 1)
        misspelt = alias[:at] + alias[at + chance.choice((0, 1)) + 1 :]
        if area_names.key(misspelt) in area_names.NAMES:
            continue
        for found in (areas.find(misspelt), areas.find_in(f"{misspelt}, karibu na duka").found):
            assert not found.is_sure or {ward.name for ward in found.wards} == set(wards), (alias, misspelt)


def test_a_sub_county_offers_all_of_its_wards() -> None:
    assert len(areas.find_in("langata karibu na soko").found.wards) == 5


def test_half_the_city_is_no_area_misspelt() -> None:
    assert areas.find("Eastlands").kind is Kind.UNKNOWN
