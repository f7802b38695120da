"""A fault of a menu file, in words for the official who wrote it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """`code` is M01 to M16 (see `menus.check`); `screen` is empty for what concerns the whole file.

    Line 0: about something that is not in the file any more.
    """

    line: int
    code: str
    screen: str
    words: str

    def __str__(self) -> str:
        line = [f"line {self.line}"] if self.line else []
        place = [*line, f"screen {self.screen}"] if self.screen else line
        return f"{', '.join(place)}: {self.code} {self.words}"


class MenuRefused(Exception):
    """A menu that cannot be used; `faults` says why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults
