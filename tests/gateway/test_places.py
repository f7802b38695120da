from __future__ import annotations

import pytest

from gateway import places
from menus import gsm7


def test_the_county_has_17_sub_counties_and_85_wards() -> None:
    assert (len(places.SUBCOUNTIES), len(places.WARDS)) == (17, 85)
    assert sum(len(places.wards_of(subcounty.code)) for subcounty in places.SUBCOUNTIES) == 85
    assert places.wards_of("nowhere") == ()


def test_every_label_fits_and_only_one_is_shortened() -> None:
    assert [ward.label for ward in places.WARDS if gsm7.septets(ward.label) > 22] == []
    assert [ward.name for ward in places.WARDS if ward.label != ward.name] == ["Woodley/Kenyatta Golf Course"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Maringo/Hamza", "1430"),
        (" maringo hamza ", "1430"),
        ("MARINGO-HAMZA WARD", "1430"),
        ("1430", "1430"),
        ("287", "287"),
        ("Makadara", "287"),
        ("Lang'ata", "277"),
        ("Lang\u2019ata", "277"),
        ("dandora area 2", "1413"),
        ("Umoja II", "1427"),
        ("Woodley/Kenyatta Golf", "1389"),
        ("Embakasi", "1423"),
        ("kaunti ndogo ya Kibra", "278"),
        ("Subcounty Kibra", "278"),
        ("ward Kibra", None),
        ("*", "*"),
        ("Atlantis", None),
        ("", None),
        ("ward", None),
    ],
)
def test_areas_are_found_however_they_are_written(written: str, code: str | None) -> None:
    assert places.area_code(written) == code


@pytest.mark.parametrize(("name", "ward", "subcounty"), [("Kasarani", "1398", "280"), ("Roysambu", "1394", "279")])
def test_a_name_of_both_a_ward_and_a_sub_county_means_what_is_preferred_or_said(
    name: str, ward: str, subcounty: str
) -> None:
    assert (places.area_code(name), places.area_code(name, prefer="sub-county")) == (ward, subcounty)
    assert places.area_code(f"ward {name}", prefer="sub-county") == ward
    assert places.area_code(f"{name} sub-county", prefer="ward") == subcounty


def test_no_other_name_is_both() -> None:
    both = [s.name for s in places.SUBCOUNTIES if places.area_code(s.name) != places.area_code(s.name, "sub-county")]

    assert both == ["Roysambu", "Kasarani"]


def test_a_slip_of_the_pen_is_recognised() -> None:
    assert places.nearest_name("Kibera") == "Kibra"
    assert places.nearest_name("xyzzy") is None
