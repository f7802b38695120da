from __future__ import annotations

from gateway import categories
from menus import gsm7


def test_there_are_24_kinds_in_three_groups() -> None:
    assert categories.GROUPS == ("taka", "mitaro", "maji")
    assert [len(categories.categories_of(group)) for group in categories.GROUPS] == [10, 8, 6]


def test_every_label_fits_a_screen_in_both_languages() -> None:
    for category in categories.CATEGORIES:
        for language in ("en", "sw"):
            assert 0 < gsm7.septets(category.label(language)) <= 24


def test_danger_is_marked() -> None:
    assert {category.code for category in categories.CATEGORIES if category.urgent} == {"T8", "D1", "D2", "D7", "M3"}
    asked = {category.code for category in categories.CATEGORIES if category.asks_danger}
    assert asked == {"T8", "D1", "D2", "D7", "M3", "T4", "T6", "D3", "M2"}
    assert categories.category("D2").owner == "ncwsc"
