from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus import gsm7


@pytest.mark.parametrize(
    ("text", "septets"),
    [("", 0), ("Rudi", 4), ("naïve".replace("ï", "i"), 5), ("{ref}", 7), ("€5", 3), ("é", 1), ("line\nline", 9)],
)
def test_escaped_characters_cost_two_septets(text: str, septets: int) -> None:
    assert gsm7.septets(text) == septets


@pytest.mark.parametrize("text", ["’", "…", "ĩ", "\t", "😀", "\x00"])
def test_a_character_outside_the_alphabet_is_never_counted_as_one(text: str) -> None:
    with pytest.raises(ValueError, match="not in GSM-7"):
        gsm7.septets(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Mama’s “kiosk” – 3…", 'Mama\'s "kiosk" - 3...'),
        ("Gĩthũrai", "Githurai"),
        ("😀 taka 😀", " taka "),
        ("a{b}[c]|d", "a(b)(c)/d"),
        ("x\x00y", "xy"),
        ("50°", "50 deg "),
    ],
)
def test_stray_characters_become_what_a_phone_can_show(text: str, plain: str) -> None:
    assert gsm7.plain(text) == plain


@given(st.text(max_size=300))
def test_plain_text_is_always_in_the_basic_alphabet(text: str) -> None:
    assert set(gsm7.plain(text)) <= gsm7.BASIC


@given(st.text(alphabet=sorted(gsm7.BASIC | gsm7.EXTENSION), max_size=200), st.integers(2, 160))
def test_a_cut_text_never_exceeds_its_width(text: str, width: int) -> None:
    cut = gsm7.cut(text, width)

    assert gsm7.septets(cut) <= width
    assert cut == text or cut.endswith("..")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 152 + "€" + "a" * 152, 3),  # the escaped pair may not straddle two parts
        ("ĩ" * 70, 1),
        ("ĩ" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_as_the_carrier_bills_them(text: str, parts: int) -> None:
    assert gsm7.parts(text) == parts
