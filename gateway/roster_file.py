"""The roster file: CSV as people save it from a spreadsheet, read whole, every bad line named. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from gateway import categories, phones, places

COLUMNS = ("phone", "name", "role", "department", "area")
#: May be left out: who stands in, and from which day to which one is on leave.
OPTIONAL = ("deputy", "leave_from", "leave_to")
#: A name that is both a ward and a sub-county means the ward for some and the sub-county for the others.
ROLES: dict[str, places.Kind] = {
    "officer": "ward",
    "supervisor": "sub-county",
    "director": "sub-county",
    "chief": "sub-county",
    "association": "ward",
    "desk": "sub-county",
}
ANY = "*"
LONGEST_NAME = 80
#: As people and spreadsheets write a day.
_DAYS = ("%Y-%m-%d", "%d/%m/%Y")


class RosterError(Exception):
    """Why nothing was loaded: one line of words for each fault."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file, understood: the number in E.164, codes for department and area."""

    phone: str
    name: str
    role: str
    department: str
    area: str
    deputy: str | None = None
    leave_from: date | None = None
    #: None while there is a first day: until further notice.
    leave_to: date | None = None

    @property
    def job(self) -> tuple[str, str, str, str]:
        return self.phone, self.role, self.department, self.area


def decode(content: bytes) -> str:
    """Raises RosterError where the bytes are not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RosterError(
            [f"line {line}: the file is not UTF-8; save it as 'CSV UTF-8' in the spreadsheet and load it again"]
        ) from error


def read(text: str) -> list[Row]:
    """Raises RosterError naming every bad line."""
    records = _records(text.removeprefix("\ufeff"))
    line, header = next(records, (1, []))
    if not header:
        raise RosterError([f"line 1: the file is empty; the first line must be {','.join(COLUMNS)}"])
    names = [name.strip().casefold() for name in header]
    unclear = [column for column in COLUMNS if names.count(column) != 1]
    unclear += [column for column in OPTIONAL if names.count(column) > 1]
    if unclear:
        wanted = ", ".join(unclear)
        raise RosterError([f"line {line}: the header must name each column once; look at {wanted}"])

    rows: list[Row] = []
    faults: list[str] = []
    lines_of_jobs: dict[tuple[str, str, str, str], int] = {}
    for line, record in records:
        if len(record) != len(names):
            faults.append(f"line {line}: {len(record)} columns; the header has {len(names)}")
            continue
        fields = {name: " ".join(value.split()) for name, value in zip(names, record, strict=True)}
        row = _understood(fields)
        if isinstance(row, list):
            faults += [f"line {line}: {fault}" for fault in row]
        elif (first := lines_of_jobs.setdefault(row.job, line)) != line:
            faults.append(f"line {line}: the same phone, role, department and area as line {first}; remove one of them")
        else:
            rows.append(row)
    known = {row.phone for row in rows}
    for row in rows:
        if not faults and row.deputy and row.deputy not in known:
            line = lines_of_jobs[row.job]
            faults.append(f"line {line}: deputy is not in this file; add a line for them, so that they may work")
    if not rows and not faults:
        faults.append("line 2: there is nobody in the file; loading it would retire everybody")
    if faults:
        raise RosterError(faults)
    return rows


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the number of the line that it begins on."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;", key=first.count), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise RosterError([f"line {line}: {error}; is a quotation mark missing?"]) from error
        if any(cell.strip() for cell in record):
            yield line, record


def _understood(fields: dict[str, str]) -> Row | list[str]:
    phone = phones.normalise(fields["phone"])
    role = fields["role"].casefold()
    department = _department(fields["department"])
    area = places.area_code(fields["area"], prefer=ROLES.get(role, "ward"))
    faults = []
    if phone is None:
        # The number itself is not repeated: it may be somebody's, and this goes to a terminal or a log.
        faults.append("phone is not a phone number; write it like +254700000001, in a column formatted as text")
    if not fields["name"] or len(fields["name"]) > LONGEST_NAME or not fields["name"].isprintable():
        faults.append(f"name is missing, too long or unreadable; write at most {LONGEST_NAME} letters")
    if role not in ROLES:
        faults.append(f"role is {_quoted(fields['role'])}; it must be one of {', '.join(ROLES)}")
    if department is None:
        wanted = ", ".join(categories.DEPARTMENTS)
        faults.append(f"department is {_quoted(fields['department'])}; it must be one of {wanted}, or * for all")
    if area is None:
        faults.append(_area_fault(fields["area"]))
    deputy = phones.normalise(fields["deputy"]) if fields.get("deputy") else None
    if fields.get("deputy") and (deputy is None or deputy == phone):
        faults.append("deputy must be the phone number of somebody else; write it like +254700000001")
    leave = _leave(fields, faults)
    if faults or phone is None or department is None or area is None:
        return faults
    return Row(phone, fields["name"], role, department, area, deputy, *leave)


def _leave(fields: dict[str, str], faults: list[str]) -> tuple[date | None, date | None]:
    """The first and last day of leave; what is wrong with them is added to the faults."""
    days: list[date | None] = []
    for column in ("leave_from", "leave_to"):
        given = fields.get(column, "")
        days.append(_day(given))
        if given and days[-1] is None:
            faults.append(f"{column} is {_quoted(given)}; write the day like 2026-12-24")
    first, last = days
    if last and not fields.get("leave_from"):
        faults.append("leave_to is there and leave_from is missing")
    elif first and last and last < first:
        faults.append("leave_to is before leave_from")
    return first, last


def _day(given: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(given, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def _department(given: str) -> str | None:
    code = re.sub(r"[\s_-]+", "_", given.casefold())
    return code if code in (ANY, *categories.DEPARTMENTS) else None


def _area_fault(given: str) -> str:
    nearest = places.nearest_name(given)
    hint = f"did you mean {nearest}?" if nearest else "write a ward, a sub-county, or * for the whole county"
    return f"area is {_quoted(given)}, which is no ward or sub-county; {hint}"


def _quoted(given: str) -> str:
    return repr(given if len(given) <= 40 else given[:40] + "...")
