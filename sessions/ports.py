"""What the gateway must hand in: facts to show, actions to take, and a journal that outlives Redis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from sessions.hop import Hop
from sessions.record import Record


class Item(NamedTuple):
    """Something to pick: what is stored, and what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer was understood as: where it leads, and the answers that it brings."""

    outcome: str
    answers: Mapping[str, Item] = field(default_factory=dict)


class Facts(Protocol):
    """Read-only answers of the program, the same for the same record (as of the moment its session began)."""

    def guard(self, name: str, record: Record) -> bool: ...

    def listing(self, name: str, of: str | None, record: Record) -> Sequence[Item]: ...

    def fetch(self, name: str, record: Record) -> Mapping[str, str]: ...

    def finding(self, name: str, record: Record) -> Found:
        """`record` has the answer that is to be understood."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an action came to, and the blanks it gives."""

    outcome: str
    gives: Mapping[str, str]


class Actions(Protocol):
    """Changes, at most once for each (session, screen): a second run gives the first outcome."""

    def run(self, name: str, hop: Hop, record: Record) -> Done: ...

    def recall(self, sid: str, screen: str) -> Done | None:
        """What was done at that screen in this session, if anything was. May raise JournalAway."""

    def keep(self, name: str, hop: Hop, record: Record) -> bool:
        """Keeps a confirmed action that cannot be done now, to be done once when it can; False if that failed too."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The journal's row of a session: how it began, and its last place after free text."""

    origin: Record
    place: Record
    #: When the place was written, in seconds since the epoch.
    written: float


@dataclass(frozen=True, slots=True)
class Known:
    """What the journal knows of a caller when a session begins."""

    language: str | None
    #: Their latest unfinished session, if it may still be continued.
    draft: Record | None
    #: What the program wants to have at hand during the call without reading again.
    remembered: Mapping[str, str] = field(default_factory=dict)


class Journal(Protocol):
    """Every method may raise JournalAway."""

    def open(self, hop: Hop, begin: Callable[[Known], Record]) -> Entry:
        """The row of this session; made from `begin` when there is none."""

    def find(self, sid: str) -> Entry | None:
        """The row of this session, if there is one."""

    def rest(self, hop: Hop, record: Record) -> None:
        """Notes where a session stands after an answer that cannot be cut out of the text again, and at its end."""

    def speak(self, hop: Hop, language: str) -> None:
        """Remembers the language that the caller has chosen."""


class JournalAway(Exception):
    """The journal cannot be read or written now."""


class ActionFailed(Exception):
    """An action could not be completed now and has changed nothing."""


class FactsAway(Exception):
    """What a screen would show cannot be read now."""
