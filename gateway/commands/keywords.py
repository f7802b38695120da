"""The words that begin an SMS command, English and Kiswahili; anybody may use either.

FUNGUA (open) is no keyword: it is one letter from FUNGA (close), and residents reopen with HAPANA.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

ACK, START, DONE, ASK, NOTE, REJECT = "ACK", "START", "DONE", "ASK", "NOTE", "REJECT"
REFER, DUP, WARD, LIST, HELP = "REFER", "DUP", "WARD", "LIST", "HELP"
REPORT, STATUS, YES, NO, RATE, INFO = "REPORT", "STATUS", "YES", "NO", "RATE", "INFO"
ESCALATE, CANCEL, STOP, DATA, DELETE = "ESCALATE", "CANCEL", "STOP", "DATA", "DELETE"
ENGLISH, KISWAHILI, OK, BAD, JOIN = "ENGLISH", "KISWAHILI", "OK", "BAD", "JOIN"


@dataclass(frozen=True, slots=True)
class Keyword:
    verb: str
    #: en or sw; None where both languages write it so.
    language: str | None
    #: Only of REPORT: what is reported, as far as the word says.
    group: str | None = None
    category: str | None = None


#: The first word of each language is the one that we teach.
_VERBS: tuple[tuple[str, str, str, str], ...] = (
    # verb     English                  Kiswahili                         both
    (ACK, "ACK ACCEPT", "POKEA", ""),
    (START, "START UNSTOP", "ANZA RUDISHA", ""),
    (DONE, "DONE CLOSE", "MALIZA FUNGA TAYARI", ""),
    (ASK, "ASK", "ULIZA SWALI", ""),
    (NOTE, "NOTE", "ANDIKA", ""),
    (REJECT, "REJECT", "KATAA", ""),
    (REFER, "REFER TRANSFER MOVE", "HAMISHA", ""),
    (DUP, "DUP DUPLICATE", "NAKALA", ""),
    (WARD, "WARD", "WADI", ""),
    (LIST, "LIST", "ORODHA KAZI", ""),
    (HELP, "HELP", "MSAADA USAIDIZI", ""),
    (REPORT, "REPORT COMPLAINT", "RIPOTI LALAMIKO", ""),
    (STATUS, "STATUS CHECK", "HALI ANGALIA FUATILIA", ""),
    (YES, "YES Y YEAH YEP", "NDIYO NDIO NDYO EEH SAWA", ""),
    (NO, "NO N REOPEN", "HAPANA APANA BADO LA ZII", ""),
    (RATE, "RATE", "KADIRIA KADIRI", ""),
    (INFO, "INFO ANSWER", "JIBU JAWABU", ""),
    (ESCALATE, "ESCALATE SUPERVISOR", "JUU RUFAA MSIMAMIZI", ""),
    (CANCEL, "CANCEL WITHDRAW", "ONDOA GHAIRI", ""),
    (STOP, "STOP UNSUBSCRIBE QUIT END", "ACHA SITISHA TOA", ""),
    (DATA, "", "TAARIFA", "DATA"),
    (DELETE, "DELETE ERASE", "FUTA", ""),
    (ENGLISH, "ENGLISH KINGEREZA KIINGEREZA", "", ""),
    (KISWAHILI, "", "KISWAHILI SWAHILI LUGHA", ""),
    (OK, "", "", "OK OKAY"),
    (BAD, "", "", "BAD"),
    (JOIN, "", "", "JOIN"),
)

#: group, category where the word says so much, English, Kiswahili and how it is spelt in Sheng.
_REPORTS: tuple[tuple[str | None, str | None, str, str], ...] = (
    ("taka", None, "GARBAGE TRASH WASTE RUBBISH GABAGE GARBEGE", "TAKA TAKATAKA UCHAFU"),
    ("taka", "T2", "DUMPING", "DAMPO MADAMPO JAA"),
    ("taka", "T4", "BURN BURNING", "MOSHI CHOMA UCHOMAJI"),
    ("taka", "T7", "CARCASS DEAD", "MZOGA"),
    ("mitaro", None, "SEWER DRAIN SEWAGE SEWERAGE DRAINAGE", "MAJITAKA MTARO MITARO SEWA SUA DREINI"),
    ("mitaro", "D2", "MANHOLE", "MANHOLE"),
    ("maji", None, "WATER PIPE", "MAJI BOMBA"),
    # A ditch, and a tap.
    (None, None, "", "MFEREJI"),
)

#: Keywords of two words come before those of one.
_PAIRS: Mapping[tuple[str, str], Keyword] = {
    ("maji", "taka"): Keyword(REPORT, "sw", "mitaro"),
    ("taka", "taka"): Keyword(REPORT, "sw", "taka"),
    ("hakuna", "maji"): Keyword(REPORT, "sw", "maji", "M1"),
    ("maji", "hakuna"): Keyword(REPORT, "sw", "maji", "M1"),
    ("no", "water"): Keyword(REPORT, "en", "maji", "M1"),
}

#: Small letters -> keyword.
KEYWORDS: Mapping[str, Keyword] = {
    word.lower(): Keyword(verb, language)
    for verb, english, kiswahili, both in _VERBS
    for language, words in (("en", english), ("sw", kiswahili), (None, both))
    for word in words.split()
} | {
    word.lower(): Keyword(REPORT, language if english != kiswahili else None, group, category)
    for group, category, english, kiswahili in _REPORTS
    for language, words in (("en", english), ("sw", kiswahili))
    for word in words.split()
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: They say that there is a complaint, not of what.
PLAIN_REPORTS = frozenset({"report", "complaint", "ripoti", "lalamiko"})

_POLITE = frozenset({"please", "pls", "plz", "tafadhali", "hatua", "asante", "thanks"})
_MINE = frozenset({"my", "yangu", "zangu", "langu"}) | _POLITE
_ALL = frozenset({"hatua", "sms", "zote", "all"})
_COMPLAINT = frozenset({"complaint", "complaints", "lalamiko", "malalamiko", "report", "reports", "ripoti"})
#: With ESCALATE: somebody is in danger, so it does not wait until the complaint is late.
URGENT = _words("urgent urgently dharura haraka danger dangerous hatari emergency")
LATE = frozenset({"late", "overdue", "zilizochelewa", "zimechelewa", "chelewa"})

#: Without a number these are commands only with no other words than these: "Acha kutupa taka hapa" is a complaint.
ALONE: Mapping[str, frozenset[str]] = {
    STOP: _ALL,
    DATA: _MINE,
    DELETE: _MINE
    | {"yes", "ndiyo", "ndio", "data", "taarifa", "details", "number", "nambari", "namba", "simu", "zote", "all"},
    ENGLISH: _POLITE | {"language", "lugha"},
    KISWAHILI: _POLITE | {"language", "lugha", "kiswahili", "swahili", "english", "kiingereza", "kingereza"},
    LIST: _MINE | LATE | {"jobs", "kazi", "ya", "za", "of", "open", "zote", "all"},
    CANCEL: _MINE | _COMPLAINT | {"it"},
    ESCALATE: _POLITE | _MINE | _COMPLAINT | URGENT | {"it", "is", "very", "now", "ni", "sana", "sasa"},
    OK: _POLITE | {"sir", "boss", "sawa", "thank", "you", "noted"},
    BAD: frozenset(),
    JOIN: frozenset(),
}
#: So it is with these words for STATUS: "Hali yako?" is a greeting, "Check this drain" a complaint.
GREETING_LIKE = frozenset({"hali", "check", "angalia", "fuatilia"})
ALONE_STATUS = _MINE | _COMPLAINT | {"ya", "za", "status", "kazi", "shida", "the", "of"}

#: In a report: perhaps it answers whether something is fixed.
STILL = frozenset({"no", "hakuna", "bado", "still"})
#: What may follow YES or NO and leave it an answer: "no it is still there", "ndio imetatuliwa".
AFTER_YES_OR_NO = _words(
    """it its it's is not still they thank thanks asante please sir done fixed bado iko ipo ziko zipo yapo lipo
    imetatuliwa limetatuliwa imetengenezwa imeisha imekwisha imeondolewa zimeondolewa haijatatuliwa halijatatuliwa
    haijaisha haijatengenezwa hazijaondolewa haijaondolewa hawajafanya hawajakuja hawajaja hakuna nothing nobody
    never sijaona kabisa sana ni i'm thats that's all tatizo shida imeshatatuliwa tayari wamekuja walikuja
    wametengeneza wamesafisha wameondoa kazi nzuri poa imerudi zimerudi limerudi yamerudi wamefanya walifanya nusu
    only half came"""
)
#: Say the opposite of YES, or of NO: then neither is taken for an answer, and they are asked again.
AGAINST_YES = _words("still not bado ipo lipo zipo yapo nothing nobody never hawajafanya hawajakuja hawajaja sijaona")
AGAINST_NO = _words(
    """fixed done imetatuliwa limetatuliwa imeshatatuliwa imetengenezwa imeisha imekwisha imeondolewa zimeondolewa
    tayari wametengeneza wamesafisha wameondoa"""
)
#: ... unless one of these turns it round once more.
NEGATIONS = _words(
    """not never nobody nothing none no bado hakuna nusu half only isn't isnt wasn't wasnt hasn't hasnt haven't havent
    didn't didnt don't dont hawajafanya hawajakuja hawajaja"""
)
#: Of one letter or two, or words of other sentences: they answer only alone, or with a number.
ONLY_ALONE = frozenset({"y", "n", "la", "eeh", "sawa", "reopen", "zii"})
#: Can mean nothing else, whatever follows.
ALWAYS_AN_ANSWER = frozenset({"bado"})

#: Stand before the word that counts: our texts say "Jibu NDIYO 4821759", and people copy that.
BEFORE_A_KEYWORD = _words("jibu reply tuma send please pls plz tafadhali kindly naomba nataka")
#: Too polite to be copied from a text of ours: "Please no" says nothing.
ALONE_BEFORE = _words("please pls plz tafadhali kindly naomba nataka")
#: Begin no command.
GREETINGS = _words(
    """hi hello hey habari hujambo jambo mambo vipi niaje sasa shikamoo salamu salaam salama hali morning
    good afternoon evening"""
)

#: Where a keyword is of both languages, these say which one is written.
KISWAHILI_WORDS = _words(
    "na ya wa ni kwa iko ziko wazi hapa huku huko karibu bila sana leo jana siku hatari kuna imejaa haina kifuniko"
)
#: Not what it looks like: answered with help, never read as FUNGA.
NEARLY = frozenset({"fungua"})
_REPEATED = re.compile(r"(.)\1+")
ENGLISH_GREETINGS = _words("hi hello hey morning good afternoon evening")


def lookup(word: str, following: str | None) -> tuple[Keyword | None, int]:
    """The keyword that a text begins with, and how many words it takes."""
    if following and (pair := _PAIRS.get((word, following))):
        return pair, 2
    # Doneee, yesss, statuss.
    return KEYWORDS.get(word) or KEYWORDS.get(_REPEATED.sub(r"\1", word)), 1


def taught(verb: str, language: str) -> str:
    """The word for a verb, as our texts spell it."""
    english, kiswahili, both = next(words for name, *words in _VERBS if name == verb)
    return ((kiswahili if language == "sw" else english) or both or english or kiswahili).split()[0]
