"""The words that begin an SMS command, English and Kiswahili; anybody may use either.

FUNGUA (open) is no keyword: it is one letter from FUNGA (close), and residents reopen with HAPANA.
"""

from __future__ import annotations

from collections.abc import Mapping

ACK, DONE, LIST, HELP, YES, NO, STATUS = "ACK", "DONE", "LIST", "HELP", "YES", "NO", "STATUS"

#: The first word of each is the one that we teach.
_TABLE: tuple[tuple[str, str, str], ...] = (
    # verb    English                      Kiswahili
    (ACK, "ACK ACCEPT", "POKEA"),
    (DONE, "DONE CLOSE", "MALIZA FUNGA TAYARI"),
    (LIST, "LIST", "ORODHA KAZI"),
    (HELP, "HELP", "MSAADA USAIDIZI"),
    (YES, "YES Y", "NDIYO NDIO EEH"),
    (NO, "NO N REOPEN", "HAPANA BADO LA"),
    (STATUS, "STATUS CHECK", "HALI ANGALIA FUATILIA"),
)

#: Small letters -> (verb, language).
KEYWORDS: Mapping[str, tuple[str, str]] = {
    word.lower(): (verb, language)
    for verb, english, kiswahili in _TABLE
    for language, words in (("en", english), ("sw", kiswahili))
    for word in words.split()
}

#: Stand before the word that counts: our texts say "Jibu NDIYO 4821759", and people copy that.
BEFORE_YES_OR_NO = frozenset({"jibu", "reply", "tuma"})


def taught(verb: str, language: str) -> str:
    """The word for a verb, as our texts spell it."""
    english, kiswahili = next(words for name, *words in _TABLE if name == verb)
    return (kiswahili if language == "sw" else english).split()[0]
