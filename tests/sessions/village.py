"""A small world around the engine: the real store in Redis and a menu, with a journal and actions in memory."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from redis import Redis
from redis.exceptions import RedisError

from gateway import categories, places
from menus.program import Program
from sessions.conversation import Conversation
from sessions.hop import Hop
from sessions.ports import ActionFailed, Done, Entry, FactsAway, Found, Item, JournalAway, Known
from sessions.record import Record
from sessions.store import Store
from sessions.versions import Versions, sha_of
from tests.standin.screens import Screen

PHONE = "+254700000001"


def nairobi_program() -> Program:
    """The names that `village.yaml` uses, over fixed data; `nairobi.whole_program` has the shipped menu's."""
    program = Program()
    program.listing("subcounties", longest=16)(lambda record, of: [Item(s.code, s.name) for s in places.SUBCOUNTIES])
    program.listing("wards", of="area", longest=22)(
        lambda record, of: [Item(w.code, w.label) for w in places.wards_of(of)]
    )
    program.listing("categories", of="group", longest=24)(
        lambda record, of: [Item(c.code, c.label(record.language)) for c in categories.categories_of(of)]
    )
    program.listing("my_reports", longest=24)(lambda record, of: [Item("4821759", "4821759 Received")])
    program.fetch("report_details", gives={"ref": 8, "category": 24, "ward": 22, "state": 24, "due": 16})(
        lambda record: {"ref": "4821759", "category": "No water", "ward": "Karen", "state": "Received", "due": "soon"}
    )
    program.action("file_report", outcomes=["filed"], gives={"ref": 8, "due": 16, "hours": 6})(
        lambda record, reference: Done("filed", {"ref": reference, "due": "25 Nov 10:40", "hours": "72"})
    )
    return program


@dataclass
class Village:
    """`filed` is every effect that was really taken."""

    redis: Redis
    source: str
    program: Program = field(default_factory=nairobi_program)
    languages: dict[str, str] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    effects: dict[tuple[str, str], Done] = field(default_factory=dict)
    filed: list[Record] = field(default_factory=list)
    #: Older versions of the menu.
    sources: list[str] = field(default_factory=list)
    kept: list[tuple[str, Hop, Record]] = field(default_factory=list)
    database_is_away: bool = False
    before_action: Callable[[], None] = lambda: None
    #: One clock for every process; it ticks when it is looked at.
    time: Callable[[], float] = itertools.count(1_790_000_000.0, 0.001).__next__
    #: Whether the next write to the journal fails.
    write_fails: Callable[[], bool] = lambda: False
    references: itertools.count[int] = field(default_factory=lambda: itertools.count(4_000_000))

    # Journal
    def open(self, hop: Hop, begin: Callable[[Known], Record]) -> Entry:
        self._must_take_it()
        if hop.sid not in self.entries:
            origin = begin(Known(self.languages.get(hop.caller), self._draft(hop.caller)))
            self.entries.setdefault(hop.sid, Entry(origin, origin, self.time()))
        return self.entries[hop.sid]

    def find(self, sid: str) -> Entry | None:
        self._must_be_there()
        return self.entries.get(sid)

    def rest(self, hop: Hop, record: Record) -> None:
        self._must_take_it()
        if record.sid in self.entries:
            self.entries[record.sid] = Entry(self.entries[record.sid].origin, record, self.time())

    def speak(self, hop: Hop, language: str) -> None:
        self._must_take_it()
        self.languages[hop.caller] = language

    def _must_take_it(self) -> None:
        self._must_be_there()
        if self.write_fails():
            raise JournalAway

    def _must_be_there(self) -> None:
        if self.database_is_away:
            raise JournalAway

    def _draft(self, caller: str) -> Record | None:
        for entry in reversed(self.entries.values()):
            if entry.place.caller == caller:
                is_done = any(sid == entry.place.sid for sid, _ in self.effects)
                left = entry.place.left()
                return Record.from_dict(left) if left and not is_done else None
        return None

    # Archive
    def newest(self) -> str:
        return sha_of(self.source)

    def source_of(self, sha: str) -> str | None:
        return next((source for source in (self.source, *self.sources) if sha == sha_of(source)), None)

    # Facts
    def guard(self, name: str, record: Record) -> bool:
        return bool(self.program.guards[name](record))

    def listing(self, name: str, of: str | None, record: Record) -> Sequence[Item]:
        if self.database_is_away and name == "my_reports":
            raise FactsAway
        items: Sequence[Item] = self.program.listings[name].run(record, of)
        return items

    def finding(self, name: str, record: Record) -> Found:
        found: Found = self.program.findings[name].run(record)
        return found

    def fetch(self, name: str, record: Record) -> Mapping[str, str]:
        fetched: Mapping[str, str] = self.program.fetches[name].run(record)
        return fetched

    # Actions
    def run(self, name: str, hop: Hop, record: Record) -> Done:
        self.before_action()
        if self.database_is_away:
            raise ActionFailed(name)
        key = (record.sid, record.at)
        # setdefault is one step in CPython, as a unique constraint is in SQL.
        done = self.program.actions[name].run(record, str(next(self.references)))
        first = self.effects.setdefault(key, done)
        if first is done:
            self.filed.append(record)
        return first

    def recall(self, sid: str, screen: str) -> Done | None:
        self._must_be_there()
        return self.effects.get((sid, screen))

    def keep(self, name: str, hop: Hop, record: Record) -> bool:
        try:
            self.redis.ping()
        except RedisError:
            return False
        self.kept.append((name, hop, record))
        return True

    def conversation(self) -> Conversation:
        archive = _Archive(self)
        return Conversation(
            store=Store(self.redis, resume_seconds=1800),
            versions=Versions(self.redis, archive),
            journal=self,
            program=self.program,
            facts=lambda hop: self,
            actions=self,
            time=self.time,
        )


@dataclass
class _Archive:
    village: Village

    def newest(self) -> str:
        return self.village.newest()

    def source(self, sha: str) -> str | None:
        return self.village.source_of(sha)


@dataclass
class Phone:
    """Dials into a conversation; each press is one hop with the whole transcript."""

    conversation: Conversation
    sid: str = "ATUid_1"
    phone: str = PHONE
    dialled: str = ""
    text: str = ""
    screens: list[Screen] = field(default_factory=list)
    #: Every cumulative text in the order in which it was first sent, and its answer.
    texts: list[str] = field(default_factory=list)
    answered: dict[str, Screen] = field(default_factory=dict)

    @property
    def screen(self) -> Screen:
        return self.screens[-1]

    def dial(self, text: str = "") -> Screen:
        self.text = text
        return self.send(text)

    def press(self, *answers: str) -> Screen:
        for answer in answers:
            self.text = f"{self.text}*{answer}" if self.text else answer
            self.send(self.text)
        return self.screen

    def repeat(self) -> None:
        """The carrier posts the last hop again; what comes back is what is on the phone."""
        shown = self.screen
        assert self.send(self.text) == shown

    def late(self, hops_ago: int) -> None:
        """An earlier hop comes once more; the phone does not show its answer."""
        index = len(self.texts) - 1 - hops_ago
        if index >= 0:
            answered = self.answered[self.texts[index]]
            shown = self.screen
            text, self.text = self.text, self.texts[index]
            try:
                assert self.send(self.text) == answered
            finally:
                self.text = text
                self.screens.append(shown)

    @staticmethod
    def caller_of(phone: str) -> str:
        return hashlib.sha256(phone.encode()).hexdigest()

    def send(self, text: str) -> Screen:
        screen = Screen(
            self.conversation.answer(
                Hop(
                    sid=self.sid,
                    phone=self.phone,
                    caller=self.caller_of(self.phone),
                    code="*384*1972#",
                    dialled=self.dialled,
                    network="63902",
                    text=text,
                )
            )
        )
        screen.check()
        self.screens.append(screen)
        if text not in self.answered:
            self.texts.append(text)
            self.answered[text] = screen
        return screen
