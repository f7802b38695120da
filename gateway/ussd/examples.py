"""What a caller may see in the blanks and lists of a menu: for pictures to read and sign. Nobody's own data."""

from __future__ import annotations

from gateway import areas, categories, places
from menus.show import Examples

#: Blank -> (English, Kiswahili). A blank that is not here shows its name.
_BLANKS = {
    "ref": ("4821759", "4821759"),
    "due": ("25 Nov 10:40", "25 Nov 10:40"),
    "hours": ("72", "72"),
    "days": ("2", "2"),
    "people": ("12", "12"),
    "state": ("Being worked on", "Inashughulikiwa"),
    "landmark": ("Kenyatta Market gate", "Lango la Kenyatta Market"),
    "place": ("Kenyatta Market gate", "Lango la Kenyatta Market"),
    "note": ("Two lorries sent", "Malori mawili yametumwa"),
    "said": ("Two lorries sent", "Malori mawili yametumwa"),
    "details": ("Behind the school", "Nyuma ya shule"),
    "problem": ("Illegal dumping", "Utupaji taka haramu"),
    "typed": ("Gatwekera", "Gatwekera"),
    "meant": ("Gatwekera", "Gatwekera"),
    "county": ("Kajiado", "Kajiado"),
    "number": ("4821759", "4821759"),
    "report": ("4821759", "4821759"),
    "agency": ("Nairobi Water", "Nairobi Water"),
    "code": ("*384*1972#", "*384*1972#"),
    "sms": ("21972", "21972"),
    "reported": ("3", "3"),
    "followed": ("1", "1"),
}


def examples(language: str) -> Examples:
    """In Kiswahili where the language is `sw`, else in English."""
    which = 1 if language == "sw" else 0
    here = places.SUBCOUNTIES[0]
    return Examples(
        values={name: words[which] for name, words in _BLANKS.items()},
        lists={
            "subcounties": [subcounty.name for subcounty in places.SUBCOUNTIES],
            "wards": [ward.label for ward in places.wards_of(here.code)],
            "categories": [one.label(language) for one in categories.categories_of(categories.GROUPS[0])],
            "my_reports": [f"4821759 {_BLANKS['state'][which]}"],
            "wards_meant": [ward.label for ward in areas.find("Kayole").wards],
            "subcounties_meant": [subcounty.name for subcounty in areas.find("Embakasi").subcounties],
            "alike": ["Stage Mosque Rd 2d (7)", "Gate of Shell 5h (1)"],
        },
    )
