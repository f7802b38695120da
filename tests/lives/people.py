"""Who lives and works in the two wards of these stories, by name; what each may be, and how they are reached."""

from __future__ import annotations

WARDS = ("Maringo", "Harambee")
WARD_CODES = {"Maringo": "1430", "Harambee": "1432"}

#: Two ward officers; everybody else of the county looks after both wards.
OFFICERS = {"otieno": "Maringo", "wanjiru": "Harambee"}
ABOVE = {"njeri": "supervisor", "mutua": "director", "kilonzo": "chief"}
DESK = "dada"
COUNTY = (*OFFICERS, *ABOVE, DESK)
#: Speaks for the residents of one of the wards.
ASSOCIATION, ITS_WARD = "hassan", "Maringo"
RESIDENTS = ("amina", "brian", "chebet")
STRANGER = "zuri"
#: The county's own system; no phone.
SYSTEM = "system"

#: Wanjiru also lives in Maringo, where she is a resident like any other.
MAY_REPORT = (*RESIDENTS, ASSOCIATION, "wanjiru")
EVERYBODY = (*RESIDENTS, ASSOCIATION, *COUNTY, STRANGER)
PHONES = {name: f"+2547000007{number:02}" for number, name in enumerate(EVERYBODY, start=1)}
WRITE_KISWAHILI = ("brian", "njeri", "otieno")

_JOBS = (
    *((name, "officer", WARD_CODES[ward]) for name, ward in OFFICERS.items()),
    *((name, role, "Makadara" if role == "supervisor" else "*") for name, role in ABOVE.items()),
    (DESK, "desk", "*"),
    (ASSOCIATION, "association", WARD_CODES[ITS_WARD]),
)
ROSTER = "phone,name,role,department,area\n" + "".join(
    f"{PHONES[name]},{name.title()},{role},*,{area}\n" for name, role, area in _JOBS
)
