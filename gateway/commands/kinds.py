"""What a report is about, from its own words: the group, and the category where the words tell. Pure.

Nothing is guessed: where they do not tell, it is the group's "other", or no group at all, and the resident is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

OTHER: Mapping[str, str] = {"taka": "T0", "mitaro": "D0", "maji": "M0"}


def _any(*words: str) -> re.Pattern[str]:
    """Each is a whole word; `*` stands for any ending or beginning."""
    alternatives = "|".join(word.replace("*", r"\w*").replace(" ", r"\W+") for word in words)
    return re.compile(rf"\b(?:{alternatives})\b", re.IGNORECASE)


_BURST = ("burst*", "leak*", "overflow*", "spill*", "flowing", "*pasuka", "*mwagika", "*vuja", "*tiririka", "*furika")
_SEWER = ("sewer*", "sewage", "sewa", "sua", "majitaka", "maji taka", "manhole", "manholes")
_RELEASE = ("*mwaga", "releas*", "discharg*", "*elekeza", "direct*", "*achilia")

#: The first that is found counts. Each pattern must be there.
_CATEGORIES: Mapping[str, tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]] = {
    "taka": (
        (
            "T8",
            (
                _any(
                    *(
                        "medical",
                        "syringe*",
                        "needle*",
                        "sindano",
                        "toxic",
                        "sumu",
                        "chemical*",
                        "kemikali",
                        "asbestos",
                    ),
                    *("hospital waste", "taka hatari", "taka za hospitali", "taka ya hospitali", "hazardous"),
                ),
            ),
        ),
        ("T7", (_any("mzoga", "mizoga", "carcass*", "dead \\w+", "*mekufa", "*liyekufa", "*liekufa"),)),
        ("T4", (_any("moshi", "smok*", "burn*", "*choma", "*chomwa", "uchomaji", "moto", "fire"),)),
        ("T6", (_any("debris", "kifusi", "vifusi", "rubble", "construction", "ujenzi"),)),
        (
            "T5",
            (_any("soko ni chaf*", "soko chaf*", "dirty market", "market is dirty", "market dirty", "uchafu sokoni"),),
        ),
        ("T3", (_any("bin", "bins", "dustbin*", "skip", "pipa", "mapipa", "container"), _any("full", "over*", "*jaa"))),
        (
            "T2",
            (
                _any(
                    *(
                        "dump*",
                        "illegal*",
                        "haramu",
                        "lori",
                        "malori",
                        "lorry",
                        "lorries",
                        "truck*",
                        "dampo",
                        "madampo",
                    ),
                    *("*tupa", "*tupwa", "*mwaga", "*mwagwa", "jaa la taka"),
                ),
            ),
        ),
        (
            "T9",
            (
                _any("street*", "road*", "stage", "barabara", "njia", "steji"),
                _any("dirty", "*chafu", "litter*", "sweep*", "swept", "*fagi*"),
            ),
        ),
        (
            "T1",
            (
                _any(
                    *("uncollected", "collect*", "*zolewa", "*zoa", "*chukuliwa", "*chukua", "pile*", "heap*", "rundo"),
                    *("*jaa", "weeks", "wiki"),
                ),
            ),
        ),
    ),
    "mitaro": (
        (
            "D2",
            (_any("manhole*", "kifuniko", "mfuniko"), _any("open", "wazi", "cover", "lid", "stolen", "*ibwa", "no")),
        ),
        ("D7", (_any("plot", "ploti", "landlord", "nyumba", "flat", "apartment*"), _any(*_RELEASE))),
        ("D5", (_any("public toilet*", "choo cha umma", "vyoo vya umma"),)),
        ("D4", (_any("septic*", "septiki", "exhauster*", "choo", "vyoo", "toilet*", "latrine*"), _any("full", "*jaa"))),
        ("D6", (_any("river", "mto", "stream"), _any("pollut*", "*chafu*", "waste", "dirty", "*mwag*", "sewage"))),
        ("D1", (_any(*_SEWER), _any(*_BURST))),
        ("D3", (_any("*block*", "clog*", "*ziba", "*zibwa", "stuck", "flood*", "*furika", "*jaa"),)),
        ("D2", (_any("manhole*"),)),
    ),
    "maji": (
        ("M4", (_any("illegal*", "steal*", "stolen", "*ibwa", "wizi", "wanaiba", "anaiba", "haramu"),)),
        ("M3", (_any("dirty", "*chafu", "brown", "smell*", "*nuka", "contaminat*", "salty", "chumvi"),)),
        ("M5", (_any("kiosk*", "kioski", "tap", "taps", "borehole", "kisima", "standpipe", "mfereji", "water point"),)),
        ("M2", (_any(*_BURST, "*vunjika", "broken"),)),
        (
            "M1",
            (
                _any(
                    *("hakuna maji", "maji hakuna", "no water", "without water", "bila maji", "hatuna maji", "dry"),
                    *("*kauka", "*potea", "*mekatika", "*katwa", "shortage", "uhaba", "ukosefu", "hayapo"),
                    *("ration*", "mgao", "disappear*", "hatujapata", "hakuna", "hayaji", "haitoki", "hayatoki"),
                    *("haijakuja", "hayajakuja", "haijarudi", "hayajarudi", "inakatika", "yanakatika"),
                ),
            ),
        ),
    ),
}
_GROUPS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "mitaro",
        _any(
            *_SEWER, "drain*", "mtaro", "mitaro", "dreini", "septic*", "septiki", "choo", "vyoo", "toilet*", "exhauster"
        ),
    ),
    (
        "taka",
        _any(
            *(
                "taka",
                "takataka",
                "garbage",
                "gabage",
                "garbege",
                "trash",
                "rubbish",
                "waste",
                "dump*",
                "dampo",
                "madampo",
            ),
            *("uchafu", "pipa", "dustbin*", "litter*", "debris", "vifusi", "kifusi", "mzoga", "carcass*", "dead"),
            *("moshi", "smoke", "burning", "*choma"),
        ),
    ),
    ("maji", _any("maji", "water", "bomba", "pipe", "pipes", "kisima", "borehole")),
)


def group_of(text: str) -> str | None:
    """Which group a text speaks of; only to be offered where it was not the keyword that said so."""
    return next((group for group, words in _GROUPS if words.search(text)), None)


def category_of(text: str, group: str) -> str | None:
    """The category of this group that the words tell; None where they do not."""
    return next(
        (code for code, needed in _CATEGORIES[group] if all(words.search(text) for words in needed)),
        None,
    )
