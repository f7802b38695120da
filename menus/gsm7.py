"""The GSM 03.38 alphabet: what a text costs in septets, and how it is made to fit a phone.

Source: 3GPP TS 23.038, default alphabet and its extension table. `Ç` and its small sister share one code in different
tables of the field, so neither is used in our own words.
"""

from __future__ import annotations

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Behind an escape: two septets each, and a blank on a phone that does not know them.
EXTENSION = frozenset("^{}[]\\~|€\f")
_ALPHABET = BASIC | EXTENSION

SMS_ONE_PART = 160
SMS_JOINED_PART = 153
UCS2_ONE_PART = 70
UCS2_JOINED_PART = 67

_PLAIN = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "`": "'", "\u00b4": "'", "\u2032": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2022": "-",
        "\u2026": "...", "\t": " ", "\r": "\n", "\u00a0": " ", "\u2028": "\n", "\u2029": "\n", "\f": "\n",
        "{": "(", "}": ")", "[": "(", "]": ")", "\\": "/", "|": "/", "~": "-", "^": "", "€": "EUR",
        "Ç": "C", "ç": "c", "ø": "ø", "œ": "oe", "Œ": "OE", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
        "ı": "i", "©": "(c)", "®": "(r)", "™": "TM", "°": " deg ", "\u00d7": "x",
    }
)  # fmt: skip


def septets(text: str) -> int:
    """Length in septets; raises ValueError for a character that GSM-7 does not have."""
    if not _ALPHABET.issuperset(text):
        raise ValueError(f"not in GSM-7: {sorted(set(text) - _ALPHABET)}")
    return len(text) + sum(map(text.count, EXTENSION))


def is_gsm7(text: str) -> bool:
    return _ALPHABET.issuperset(text)


def plain(text: str) -> str:
    """The nearest text in the basic alphabet: accents and curly quotes are simplified, emoji and controls left out."""
    if text.isascii() and all(character in BASIC for character in text):
        return text.replace("\r", "\n")
    letters = []
    for character in text.translate(_PLAIN):
        if character in BASIC:
            letters.append(character)
        else:
            decomposed = unicodedata.normalize("NFKD", character).translate(_PLAIN)
            letters.append("".join(part for part in decomposed if part in BASIC))
    return "".join(letters)


def cut(text: str, width: int, ending: str = "..") -> str:
    """At most `width` septets of a GSM-7 text, with `ending` where something was cut off."""
    if septets(text) <= width:
        return text
    room = width - septets(ending)
    kept = ""
    used = 0
    for character in text:
        used += 2 if character in EXTENSION else 1
        if used > room:
            break
        kept += character
    return kept.rstrip() + ending


def parts(text: str) -> int:
    """How many SMS parts a text is sent as; an escaped pair is never split over two parts."""
    if is_gsm7(text):
        costs = [2 if character in EXTENSION else 1 for character in text]
        return _count_parts(costs, SMS_ONE_PART, SMS_JOINED_PART)
    costs = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return _count_parts(costs, UCS2_ONE_PART, UCS2_JOINED_PART)


def _count_parts(costs: list[int], one_part: int, joined_part: int) -> int:
    if sum(costs) <= one_part:
        return 1
    count, used = 1, 0
    for cost in costs:
        if used + cost > joined_part:
            count, used = count + 1, 0
        used += cost
    return count
