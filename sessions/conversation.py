"""Answers a hop, whatever happened to the ones before: the same text gets the same reply, two at once are one step.

    read the session (Redis) -> place the hop in it (transcript) -> deal what is new (pure) -> act, once -> save, reply

A session that Redis has lost is rebuilt from the journal's row and the text. Nothing is ever confirmed by a rebuild.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from menus.grammar import Menu
from menus.program import Program
from sessions import transcript
from sessions.deal import Dealt, deal, deal_star_code
from sessions.hop import Hop
from sessions.ports import ActionFailed, Actions, Facts, Journal, JournalAway
from sessions.record import Record
from sessions.step import Effect, enter, settle, show
from sessions.store import Held, Saved, Store
from sessions.versions import Versions

log = logging.getLogger(__name__)

#: How often a hop that was beaten by another one of its session looks again.
_TRIES = 4


class NotTheirSession(Exception):
    """Another phone speaks in this session."""


@dataclass(frozen=True, slots=True)
class Conversation:
    store: Store
    versions: Versions
    journal: Journal
    program: Program
    facts: Callable[[Hop], Facts]
    actions: Actions
    #: Seconds since the epoch.
    time: Callable[[], float]

    def answer(self, hop: Hop) -> str:
        """`CON ...` or `END ...`, at most 160 septets. Raises NoMenu, JournalAway, NotTheirSession."""
        body = ""
        for _ in range(_TRIES):
            held = self.store.read(hop.sid)
            record = held.record or self._rebuilt(hop, held)
            if record.caller != hop.caller:
                raise NotTheirSession
            read_hop = held.record.hop if held.record else None
            body, saved = self._answer_once(hop, record, read_hop)
            if saved is not Saved.BEATEN:
                break
        return body

    def _answer_once(self, hop: Hop, record: Record, read_hop: int | None) -> tuple[str, Saved]:
        menu = self.versions.menu(record.menu)
        heard = transcript.read(record, hop.text)
        if isinstance(heard, transcript.Replied):
            return heard.body, Saved.YES
        if isinstance(heard, transcript.Strange) or record.claim not in (None, hop.text):
            log.info("hop out of place screen=%s", record.at)
            return self._last_reply(menu, record), Saved.YES
        if heard.tail is None:
            return self._reply(hop, menu, record, read_hop)
        facts = self.facts(hop)
        dealt = deal(menu, record, heard.tail, facts, self.program, lambda screen: self.actions.recall(hop.sid, screen))
        if dealt.effect is None:
            return self._move(hop, menu, dealt, read_hop)
        claimed = replace(record, claim=hop.text, hop=record.hop + 1)
        if record.claim is None:
            saved = self.store.save(claimed, read_hop=read_hop)
            if saved is Saved.BEATEN:
                return "", saved
            read_hop = claimed.hop
        acted = self._act(hop, menu, replace(dealt.record, hop=claimed.hop), dealt.effect, facts)
        if acted is None:
            # Nothing was changed: the same hop may be tried again.
            self.store.save(replace(record, hop=claimed.hop + 1, claim=None), read_hop=claimed.hop)
            return f"END {menu.word('sorry', record.language)}", Saved.YES
        return self._reply(hop, menu, acted, read_hop)

    def _act(self, hop: Hop, menu: Menu, record: Record, effect: Effect, facts: Facts) -> Record | None:
        try:
            done = self.actions.run(effect.action, hop, record)
        except ActionFailed:
            return None
        return settle(menu, record, effect, done, facts)

    def _move(self, hop: Hop, menu: Menu, dealt: Dealt, read_hop: int | None) -> tuple[str, Saved]:
        if dealt.chose_language:
            self._try(lambda: self.journal.speak(hop, dealt.record.language))
        if dealt.needs_place:
            self._try(lambda: self.journal.rest(replace(dealt.record, text=hop.text, replies=())))
        return self._reply(hop, menu, dealt.record, read_hop)

    def _reply(self, hop: Hop, menu: Menu, record: Record, read_hop: int | None) -> tuple[str, Saved]:
        body = _body(menu, record)
        return body, self.store.save(record.replied(hop.text, body), read_hop=read_hop)

    def _rebuilt(self, hop: Hop, held: Held) -> Record:
        entry = self.journal.open(hop, lambda language: self._beginning(hop, held, language))
        place = entry.place
        if hop.text == place.text or hop.text.startswith(place.text + "*") or not place.text:
            return place
        return entry.origin

    def _beginning(self, hop: Hop, held: Held, language: str | None) -> Record:
        sha = self.versions.current(held.menu)
        menu = self.versions.menu(sha)
        fresh = Record(
            sid=hop.sid,
            caller=hop.caller,
            menu=sha,
            language=language if language in menu.languages else menu.languages[0],
            began=self.time(),
        )
        facts = self.facts(hop)
        dialled = "*".join(part for part in (hop.dialled, hop.text) if part)
        if dialled:
            begun = deal_star_code(menu, enter(menu, fresh, menu.start, facts), dialled, facts, self.program)
            return replace(begun, text=hop.text)
        first = menu.first if menu.first and language is None else menu.start
        return enter(menu, fresh, first, facts)

    def _last_reply(self, menu: Menu, record: Record) -> str:
        return record.replies[-1].body if record.replies else _body(menu, record)

    @staticmethod
    def _try(note: Callable[[], None]) -> None:
        """The journal may be away: the session goes on in Redis."""
        try:
            note()
        except JournalAway:
            log.warning("journal away")


def _body(menu: Menu, record: Record) -> str:
    return f"{'END' if record.ended else 'CON'} {show(menu, record)}"
