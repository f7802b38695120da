"""Answers a hop, whatever happened to the ones before: the same text gets the same reply, two at once are one step.

    read the session (Redis) -> place the hop in it (transcript) -> deal what is new (pure) -> act, once -> save, reply

A session that Redis has lost is rebuilt from the journal's row and the text. Nothing is ever confirmed by a rebuild.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from menus.grammar import Menu
from menus.program import Program
from sessions import transcript
from sessions.deal import Dealt, deal, deal_star_code
from sessions.hop import Hop
from sessions.ports import ActionFailed, Actions, Facts, Journal, JournalAway
from sessions.record import Record
from sessions.step import enter, settle, show
from sessions.store import Held, Saved, Store
from sessions.versions import Versions

log = logging.getLogger(__name__)

#: How often a hop that was beaten by another one of its session looks again.
_TRIES = 8


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
        for _ in range(_TRIES):
            held = self.store.read(hop.sid)
            record = held.record or self._rebuilt(hop, held)
            if record.caller != hop.caller:
                raise NotTheirSession
            body = self._answer_once(hop, record, held.record.hop if held.record else None)
            if body is not None:
                return body
        return self._last_reply(self.versions.menu(record.menu), record)

    def _answer_once(self, hop: Hop, record: Record, read_hop: int | None) -> str | None:
        """None if another hop of this session was faster: read again."""
        menu = self.versions.menu(record.menu)
        heard = transcript.read(record, hop.text)
        if isinstance(heard, transcript.Replied):
            return heard.body
        if isinstance(heard, transcript.Strange) or record.claim not in (None, hop.text):
            log.info("hop out of place screen=%s", record.at)
            return self._last_reply(menu, record)
        if heard.tail is None:
            return self._reply(hop, menu, record, read_hop)
        facts = self.facts(hop)
        dealt = deal(menu, record, heard.tail, facts, self.program, partial(self.actions.recall, hop.sid))
        if dealt.effect is not None:
            return self._act(hop, menu, record, dealt, facts, read_hop)
        if dealt.chose_language:
            self._note(lambda: self.journal.speak(hop, dealt.record.language))
        if dealt.needs_place:
            self._note(lambda: self.journal.rest(replace(dealt.record, text=hop.text, replies=())))
        return self._reply(hop, menu, dealt.record, read_hop)

    def _act(
        self, hop: Hop, menu: Menu, before: Record, dealt: Dealt, facts: Facts, read_hop: int | None
    ) -> str | None:
        """The session is claimed for this text first, so that no other answer is taken while the action runs."""
        assert dealt.effect is not None  # noqa: S101
        if before.claim is None:
            before = replace(before, claim=hop.text, hop=before.hop + 1)
            if self.store.save(before, read_hop=read_hop) is Saved.BEATEN:
                return None
            read_hop = before.hop
        try:
            done = self.actions.run(dealt.effect.action, hop, dealt.record)
        except ActionFailed:
            # Nothing was changed: the same hop may be tried again.
            self.store.save(replace(before, claim=None, hop=before.hop + 1), read_hop=read_hop)
            return f"END {menu.word('sorry', before.language)}"
        settled = settle(menu, replace(dealt.record, hop=before.hop), dealt.effect, done, facts)
        return self._reply(hop, menu, settled, read_hop)

    def _reply(self, hop: Hop, menu: Menu, record: Record, read_hop: int | None) -> str | None:
        body = _body(menu, record)
        saved = self.store.save(record.replied(hop.text, body), read_hop=read_hop)
        return None if saved is Saved.BEATEN else body

    def _rebuilt(self, hop: Hop, held: Held) -> Record:
        # Found before the journal opens its transaction: finding it may need one of its own.
        sha = self.versions.current(held.menu)
        menu = self.versions.menu(sha)
        entry = self.journal.open(hop, lambda language: self._beginning(hop, sha, menu, language))
        place = entry.place
        if hop.text == place.text or hop.text.startswith(place.text + "*") or not place.text:
            return place
        return entry.origin

    def _beginning(self, hop: Hop, sha: str, menu: Menu, language: str | None) -> Record:
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
    def _note(note: Callable[[], None]) -> None:
        """The journal may be away: the session goes on in Redis."""
        try:
            note()
        except JournalAway:
            log.warning("journal away")


def _body(menu: Menu, record: Record) -> str:
    return f"{'END' if record.ended else 'CON'} {show(menu, record)}"
