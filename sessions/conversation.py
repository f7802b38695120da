"""Answers a hop, whatever happened to the ones before: the same text gets the same reply, two at once are one step.

    read the session (Redis) -> place the hop in it (transcript) -> deal what is new (pure) -> act, once -> save, reply

A session that Redis has lost is rebuilt from the journal's row and the text. Nothing is ever confirmed by a rebuild;
where the row may be behind, so that the text can be read in two ways, the caller is asked again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from menus.grammar import SAVED_WORD, Menu
from menus.program import Program
from sessions import transcript
from sessions.deal import Dealt, deal, deal_star_code
from sessions.doubt import certain
from sessions.hop import Course, Hop, Kind
from sessions.lapses import Lapses
from sessions.ports import ActionFailed, Actions, Entry, Facts, FactsAway, Journal, JournalAway, Known
from sessions.record import Record
from sessions.step import enter, settle, show
from sessions.store import LIFE_SECONDS, Held, Saved, Store
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
    lapses: Lapses = field(default_factory=Lapses)

    def answer(self, hop: Hop, course: Course | None = None) -> str:
        """`CON ...` or `END ...`, at most 160 septets; how it went is noted in `course`.

        Raises NoMenu and NotTheirSession; JournalAway and ArchiveAway where Redis cannot help either.
        """
        course = course or Course()
        for _ in range(_TRIES):
            held = self._read(hop)
            record = held.record or self._rebuilt(hop, held)
            if record.caller != hop.caller:
                raise NotTheirSession
            body = self._answer_once(hop, record, held.record.hop if held.record else None, course)
            if body is not None:
                return body
        return self._last_reply(record)

    def dropped(self, hop: Hop) -> Record | None:
        """The session of a caller who was cut off, if it can be continued; `hop.text` is all that was typed, or empty.

        It is noted in both stores, whichever has lost it: it will be offered at the next call.
        """
        held = self._read(hop).record
        entry = None if held else self.journal.find(hop.sid)
        record = held or (entry.place if entry else None)
        if record is None:
            return None
        if record.caller != hop.caller:
            raise NotTheirSession
        if entry is not None:
            record = self._certain(hop, record, entry)
        if record.behind:
            record = self._caught_up(hop, record)
        heard = transcript.read(record, hop.text)
        if isinstance(heard, transcript.Fresh) and heard.tail is not None:
            record = replace(self._deal_again(hop, record, heard.tail), text=hop.text)
        if record.left() is None or self.time() >= record.began + self.store.resume_seconds:
            return None
        self.journal.rest(hop, record.rested(record.text))
        self.store.remember_draft(record)
        return record

    def _read(self, hop: Hop) -> Held:
        held = self.store.read(hop.sid, hop.caller)
        if held.lapse is not None:
            self.lapses.note(held.lapse)
        return held

    def _answer_once(self, hop: Hop, record: Record, read_hop: int | None, course: Course) -> str | None:
        """None if another hop of this session was faster: read again."""
        heard = transcript.read(record, hop.text)
        course.kind = Kind.REPEATED
        if isinstance(heard, transcript.Replied):
            return heard.body
        if isinstance(heard, transcript.Late):
            return self._late_reply(hop, record)
        if isinstance(heard, transcript.Strange) or record.claim not in (None, hop.text):
            log.info("hop out of place screen=%s", record.at)
            course.kind = Kind.STRANGE
            return self._last_reply(record)
        if heard.tail is None:
            course.kind = Kind.FIRST
            return self._reply(hop, record, read_hop)
        course.kind = Kind.NEXT
        if record.behind:
            record = self._caught_up(hop, record)
        try:
            dealt = self._deal(hop, record, heard.tail)
            if dealt.effect is not None:
                course.kind = Kind.ACTION
                return self._act(hop, record, dealt, read_hop, course)
        except FactsAway:
            # Nothing has moved: the same answer may be given again when the facts are back.
            return self._sorry(record, course)
        after = dealt.record
        if dealt.chose_language:
            self._speak(hop, after.language)
        if dealt.needs_place or (after.ended and record.is_unfinished):
            place = after.rested(hop.text)
            after = replace(after, behind=not self._note(lambda: self.journal.rest(hop, place)) or after.behind)
        return self._reply(hop, after, read_hop)

    def _deal(self, hop: Hop, record: Record, tail: str) -> Dealt:
        recall = partial(self.actions.recall, hop.sid)
        return deal(self.versions.menu, record, tail, self.facts(hop), self.program, recall)

    def _act(self, hop: Hop, before: Record, dealt: Dealt, read_hop: int | None, course: Course) -> str | None:
        """The session is claimed for this text first, so that no other answer is taken while the action runs."""
        assert dealt.effect is not None  # noqa: S101
        if before.claim is None:
            before = replace(before, claim=hop.text, hop=before.hop + 1)
            if self.store.save(before, read_hop=read_hop) is Saved.BEATEN:
                return None
            read_hop = before.hop
        confirmed = replace(dealt.record, hop=before.hop)
        try:
            done = self.actions.run(dealt.effect.action, hop, dealt.record)
        except ActionFailed:
            return self._keep(hop, before, confirmed, dealt.effect.action, read_hop, course)
        menu = self.versions.menu(confirmed.menu)
        return self._reply(hop, settle(menu, confirmed, dealt.effect, done, self.facts(hop)), read_hop)

    def _keep(
        self, hop: Hop, before: Record, confirmed: Record, action: str, read_hop: int | None, course: Course
    ) -> str | None:
        """What was confirmed is not asked for twice: it is kept and done later. Else nothing has happened."""
        menu = self.versions.menu(confirmed.menu)
        if SAVED_WORD in menu.words and self.actions.keep(action, hop, confirmed):
            body = f"END {menu.word(SAVED_WORD, confirmed.language)}"
            ended = replace(confirmed, ended=True, trail=()).replied(hop.text, body)
            return None if self.store.save(ended, read_hop=read_hop) is Saved.BEATEN else body
        self.store.save(replace(before, claim=None, hop=before.hop + 1), read_hop=read_hop)
        return self._sorry(before, course)

    def _reply(self, hop: Hop, record: Record, read_hop: int | None) -> str | None:
        body = self._body(record)
        saved = self.store.save(record.replied(hop.text, body), read_hop=read_hop)
        return None if saved is Saved.BEATEN else body

    def _rebuilt(self, hop: Hop, held: Held) -> Record:
        # Found before the journal opens its transaction: finding it may need one of its own.
        sha = self.versions.current(held.menu)
        menu = self.versions.menu(sha)
        try:
            entry = self.journal.open(hop, lambda known: self._beginning(hop, held, sha, menu, known))
        except JournalAway:
            if held.is_away or hop.text:
                raise  # neither store knows this session, and guessing would show somebody the wrong screen
            self._lapsed()
            known = Known(held.language, None)
            return replace(self._beginning(hop, held, sha, menu, known), behind=True)
        return self._certain(hop, _place_for(hop, entry), entry)

    def _certain(self, hop: Hop, place: Record, entry: Entry) -> Record:
        """From where what is left of the text can be dealt in one way only, though the row may be behind."""
        heard = transcript.read(place, hop.text)
        if not isinstance(heard, transcript.Fresh) or heard.tail is None:
            return place
        if place.caller != hop.caller or not self.lapses.may_lack(entry.written):
            return place
        facts, recall = self.facts(hop), partial(self.actions.recall, hop.sid)
        there = certain(self.versions.menu, place, hop.text, heard.tail, facts, self.program, recall)
        if there.text == place.text:
            return place
        if there.language != place.language:
            self._speak(hop, there.language)
        rested = there.rested(there.text)
        log.warning("put back screen=%s", there.at)
        return replace(rested, behind=not self._note(lambda: self.journal.rest(hop, rested)))

    def _beginning(self, hop: Hop, held: Held, sha: str, menu: Menu, known: Known) -> Record:
        # Begun while the journal was away, and lost since: what was typed may belong to another beginning.
        is_lost = bool(hop.text) and self.lapses.may_lack(self.time() - LIFE_SECONDS)
        language = known.language
        if language is not None and held.language != language:
            self.store.remember_language(hop.caller, language)
        fresh = Record(
            sid=hop.sid,
            caller=hop.caller,
            menu=sha,
            language=language if language in menu.languages else menu.languages[0],
            began=self.time(),
            known=known.remembered,
            text=hop.text,
        )
        facts = self.facts(hop)
        dialled = "*".join(part for part in (hop.dialled, "" if is_lost else hop.text) if part)
        if dialled:
            return deal_star_code(menu, enter(menu, fresh, menu.start, facts), dialled, facts, self.program)
        draft = held.draft if held.knows_draft else known.draft
        if draft is not None:
            return replace(fresh, draft=draft.as_draft())
        return enter(menu, fresh, menu.start if language or not menu.first else menu.first, facts)

    def _caught_up(self, hop: Hop, record: Record) -> Record:
        """The journal missed something of this session; it is told before anything new happens."""
        place = replace(record, replies=(), claim=None, behind=False)

        def catch_up() -> None:
            self.journal.open(hop, lambda known: place)
            self.journal.rest(hop, place)

        return replace(record, behind=not self._note(catch_up))

    def _late_reply(self, hop: Hop, record: Record) -> str:
        """Made again from the beginning, answer by answer; nothing is saved and nothing is done."""
        entry = self.journal.find(hop.sid)
        if entry is None:
            return self._last_reply(record)
        then, done = entry.origin, len(entry.origin.text)
        for length in sorted({*(n for n in record.heard if done < n < len(hop.text)), len(hop.text)}):
            if length > done:
                then = self._deal_again(hop, then, hop.text[done + 1 if done else 0 : length])
                done = length
        return self._body(then)

    def _deal_again(self, hop: Hop, record: Record, answer: str) -> Record:
        dealt = self._deal(hop, record, answer)
        done = self.actions.recall(hop.sid, dealt.record.at) if dealt.effect else None
        if dealt.effect is None or done is None:
            return dealt.record
        menu = self.versions.menu(dealt.record.menu)
        return settle(menu, dealt.record, dealt.effect, done, self.facts(hop))

    def _last_reply(self, record: Record) -> str:
        return record.replies[-1].body if record.replies else self._body(record)

    def _body(self, record: Record) -> str:
        return f"{'END' if record.ended else 'CON'} {show(self.versions.menu(record.menu), record)}"

    def _sorry(self, record: Record, course: Course) -> str:
        course.is_sorry = True
        return f"END {self.versions.menu(record.menu).word('sorry', record.language)}"

    def _speak(self, hop: Hop, language: str) -> None:
        self._note(lambda: self.journal.speak(hop, language))
        self.store.remember_language(hop.caller, language)

    def _note(self, note: Callable[[], None]) -> bool:
        """False if the journal is away: the session goes on in Redis."""
        try:
            note()
        except JournalAway:
            self._lapsed()
            return False
        return True

    def _lapsed(self) -> None:
        log.warning("journal away")
        now = self.time()
        self.lapses.note(now)
        self.store.note_lapse(now)


def _place_for(hop: Hop, entry: Entry) -> Record:
    """The latest state that the journal has of what this hop's text belongs to.

    Also for a hop that is later than that state: to begin again from its shorter text would forget where a free text
    ended.
    """
    place = entry.place
    belongs = not place.text or place.text.startswith(hop.text) or hop.text.startswith(place.text + "*")
    return place if belongs else entry.origin
