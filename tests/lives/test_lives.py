"""Thousands of random lives of complaints, with everybody who may have to do with them, beside a second writing of
the law: after each step the two agree about every complaint and about every message owed.

HATUA_LIVES=2000 plays so many instead of the usual few, each twice as long.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from gateway.complaints import reference as references
from tests.lives.clock import Clock
from tests.lives.gateway import Gateway, Sms
from tests.lives.law import HOUR, OPEN, Law, Life, Verdict, local
from tests.lives.people import ASSOCIATION, COUNTY, EVERYBODY, ITS_WARD, MAY_REPORT, RESIDENTS, SYSTEM, WARDS
from tests.lives.words import ACCEPTED, BY_COUNTY, BY_RESIDENTS, REFUSALS, WORDS, spoken

#: The Monday before Easter, 08:00 in Nairobi.
BEGIN = datetime(2026, 3, 30, 5, 0, tzinfo=UTC)
#: Nothing unasked at night; these may: receipts.
AT_NIGHT = ("sms.received", "sms.received.urgent")
#: Not counted as the day's one piece of news: questions, and that the promise was missed.
BESIDE_THE_DAYS_NEWS = (*AT_NIGHT, "sms.resolved", "sms.ra.resolved", "sms.overdue", "sms.needs_info")
MOST_LIVES = 4
AT_WORK = ("received", "acknowledged", "in_progress")

number = st.integers(0, 11)
hours = st.sampled_from((0.2, 1, 3, 5, 12, 17, 20, 24, 25, 48, 50, 73, 130))


class Lives(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.gateway, self.law, self.now = Gateway(), Law(), BEGIN
        self.clock = Clock(self.law)
        self.stopped: set[str] = set()
        #: Who has stopped at some time.
        self.have_stopped: set[str] = set()
        #: Whether messages go out as soon as they may; otherwise when a rule says so.
        self.post_is_prompt = False
        self.sent_on: Counter[tuple[str, str | None, object]] = Counter()
        #: When somebody was last told that they are no officer.
        self.turned_away: dict[str, datetime] = {}
        self.again: Callable[[], None] | None = None

    # Reporting

    @initialize(
        who=st.sampled_from(MAY_REPORT), ward=st.sampled_from(WARDS), others=st.integers(0, 3), is_prompt=st.booleans()
    )
    def first_report(self, who: str, ward: str, others: int, is_prompt: bool) -> None:
        self.post_is_prompt = is_prompt
        self._file(who, ward, "T1")
        for other in MAY_REPORT[:others]:
            self.joins(other, 0)

    @precondition(lambda self: len(self.law.lives) < MOST_LIVES)
    @rule(who=st.sampled_from(MAY_REPORT), ward=st.sampled_from(WARDS), category=st.sampled_from(("T1", "T8", "M1")))
    def dials_and_reports(self, who: str, ward: str, category: str) -> None:
        self._file(who, ward, category)

    @precondition(lambda self: len(self.law.lives) < MOST_LIVES)
    @rule(who=st.sampled_from(MAY_REPORT), ward=st.sampled_from(WARDS))
    def texts_a_report(self, who: str, ward: str) -> None:
        self._pass(minutes=5)
        # At a place of its own, so that nobody is offered what others have reported.
        self.gateway.text(who, f"TAKA {ward}, stage {len(self.law.lives) + 1}", self.now)
        self._agree(self.law.file(ward, who, False, False, self.now), who)

    def _file(self, who: str, ward: str, category: str) -> None:
        self._pass(minutes=5)
        self.gateway.file(who, ward, category, self.now)
        self._agree(self.law.file(ward, who, category == "T8", category == "M1", self.now), who)

    @rule(who=st.sampled_from(MAY_REPORT), which=number)
    def joins(self, who: str, which: int) -> None:
        life = self._one(which)
        self._pass(minutes=5)
        self.gateway.join(who, self._reference(life), self.now)
        self._agree(self.law.join(life, who, self.now), who)

    # What usually happens next

    @precondition(lambda self: self._any(*AT_WORK))
    @rule(which=number, verb=st.sampled_from(("ACK", "START", "ASK", "ASK", "REJECT", "REFER", "WARD")), words=number)
    def its_officer_works(self, which: int, verb: str, words: int) -> None:
        life = self._one(which, *AT_WORK)
        self._text(life.officer, verb, life, words)

    @precondition(lambda self: self._any(*AT_WORK))
    @rule(which=number, after=st.sampled_from((5, 20, 25, 40)))
    def an_answer_takes_its_time(self, which: int, after: float) -> None:
        life = self._one(which, *AT_WORK)
        self._text(life.officer, "ASK", life, 0)
        self.time_passes(after)
        self._text(life.owner, "INFO", life, 0)

    @precondition(lambda self: self._any(*OPEN))
    @rule(which=number)
    def its_officer_says_done(self, which: int) -> None:
        life = self._one(which, *OPEN)
        self._text(life.officer, "DONE", life, 0)

    @precondition(lambda self: self._any("resolved"))
    @rule(which=number, who=number, says=st.sampled_from(("YES", "NO", "NO")))
    def those_who_were_asked_answer(self, which: int, who: int, says: str) -> None:
        life = self._one(which, "resolved")
        asked = [life.owner, life.owner, *life.followers, *([ASSOCIATION] if life.ward == ITS_WARD else [])]
        self._text(asked[who % len(asked)], says, life, 0)

    @rule(which=number, who=number, verb=st.sampled_from(BY_RESIDENTS), words=number)
    def its_people_text(self, which: int, who: int, verb: str, words: int) -> None:
        life = self._one(which)
        self._text(life.people[who % len(life.people)], verb, life, words)

    @precondition(lambda self: any(life.is_open and life.reopens < 2 for life in self.law.lives))
    @rule(which=number)
    def it_goes_in_circles(self, which: int) -> None:
        """Until its resident has said NO as often as it opens again, and the county says DONE once more."""
        circling = [life for life in self.law.lives if life.is_open and life.reopens < 2]
        life = circling[which % len(circling)]
        while True:
            self._text("njeri", "DONE", life, 0)
            if life.reopens == 2:
                return
            self._text(life.owner, "NO", life, 0)

    @precondition(lambda self: self._any("needs_info"))
    @rule(which=number, who=number)
    def those_who_were_asked_explain(self, which: int, who: int) -> None:
        life = self._one(which, "needs_info")
        self._text(life.people[who % len(life.people)], "INFO", life, 0)

    @precondition(lambda self: self._any("closed", "rejected", "merged"))
    @rule(which=number, verb=st.sampled_from(("NO", "NO", "RATE", "BAD")), words=number)
    def nobody_leaves_it_at_that(self, which: int, verb: str, words: int) -> None:
        life = self._one(which, "closed", "rejected", "merged")
        self._text(ASSOCIATION if verb == "BAD" else life.owner, verb, life, words)

    @precondition(lambda self: any(life.late and life.is_open for life in self.law.lives))
    @rule(which=number, verb=st.sampled_from(("YES", "NO", "ESCALATE", "ESCALATE")))
    def it_is_late(self, which: int, verb: str) -> None:
        late = [life for life in self.law.lives if life.late and life.is_open]
        life = late[which % len(late)]
        self._text(life.owner, verb, life, 0)

    @precondition(lambda self: self._any("referred", "rejected", "acknowledged"))
    @rule(which=number, who=st.sampled_from((SYSTEM, "njeri")), verb=st.sampled_from(("RETURN", "REJECT")))
    def those_above_decide(self, which: int, who: str, verb: str) -> None:
        self._move(who, verb, self._one(which, "referred", "rejected", "acknowledged"), 0)

    @precondition(lambda self: self._any(*OPEN))
    @rule(which=number)
    def its_owner_withdraws(self, which: int) -> None:
        life = self._one(which, *OPEN)
        self._text(life.owner, "CANCEL", life, 0)

    # What may happen at any time, sensible or not

    @rule(who=st.sampled_from((*EVERYBODY, *COUNTY)), which=number, verb=st.sampled_from(BY_COUNTY), words=number)
    def somebody_texts_as_an_officer(self, who: str, which: int, verb: str, words: int) -> None:
        self._text(who, verb, self._one(which), words)

    @rule(
        who=st.sampled_from((*COUNTY, SYSTEM, SYSTEM, SYSTEM)),
        which=number,
        verb=st.sampled_from((*BY_COUNTY, "RETURN")),
        words=number,
    )
    def the_desk_or_the_countys_system(self, who: str, which: int, verb: str, words: int) -> None:
        self._move(who, verb, self._one(which), words)

    @rule(who=st.sampled_from(EVERYBODY), which=number, verb=st.sampled_from(BY_RESIDENTS), words=number)
    def somebody_texts_as_a_resident(self, who: str, which: int, verb: str, words: int) -> None:
        self._text(who, verb, self._one(which), words)

    @rule(who=st.sampled_from(EVERYBODY), which=number, verb=st.sampled_from(BY_RESIDENTS), words=number)
    def somebody_dials(self, who: str, which: int, verb: str, words: int) -> None:
        self._move(who, verb, self._one(which), words)

    @rule(which=number, verb=st.sampled_from(("OK", "BAD", "JOIN", "JOIN")), days=st.integers(0, 2))
    def the_association_texts(self, which: int, verb: str, days: int) -> None:
        self._text(ASSOCIATION, verb, self._one(which), days)

    @rule(who=st.sampled_from((*COUNTY, *COUNTY, *EVERYBODY)), which=number, other=number)
    def joins_two_complaints(self, who: str, which: int, other: int) -> None:
        life, parent = self._one(which), self._one(other)
        body = f"{spoken(who, 'DUP')} {self._reference(life)} {self._reference(parent)}"
        self._pass(minutes=5)

        def act() -> None:
            self.gateway.text(who, body, self.now)
            works_on_both = self._works_on(who, life) and self._works_on(who, parent) and life is not parent
            verdict = self.law.merge(life, parent, who, self.now) if works_on_both else Verdict("no")
            self._agree(verdict, who, "DUP")

        self._repeatable(act)

    def _works_on(self, who: str, life: Life) -> bool:
        return bool(self.law.roles(who, life) & {"officer", "supervisor", "director", "chief", "desk"})

    @rule(who=st.sampled_from((*RESIDENTS, ASSOCIATION, "wanjiru")), says=st.sampled_from(("YES", "NO")))
    def somebody_answers_without_a_number(self, who: str, says: str) -> None:
        self._unnumbered(who, says, spoken(who, says), "", self._asked(who, says))

    @rule(who=st.sampled_from(COUNTY), verb=st.sampled_from(("ACK", "DONE", "NOTE")))
    def an_officer_works_without_a_number(self, who: str, verb: str) -> None:
        words = WORDS[verb][0]
        jobs = [life for life in self.law.lives if life.officer == who and life.is_open]
        self._unnumbered(who, verb, f"{spoken(who, verb)} {words}".strip(), words, jobs)

    # What must change nothing

    @precondition(lambda self: self.again is not None)
    @rule()
    def says_the_same_again(self) -> None:
        self._pass(minutes=5)
        assert self.again is not None
        self.again()

    @rule(
        who=st.sampled_from(EVERYBODY),
        which=number,
        verb=st.sampled_from((*BY_COUNTY, *BY_RESIDENTS, "OK", "BAD", "JOIN")),
        place=number,
        digit=st.integers(1, 9),
    )
    def mistypes_the_number(self, who: str, which: int, verb: str, place: int, digit: int) -> None:
        reference = self._reference(self._one(which))
        place %= len(reference)
        wrong = f"{reference[:place]}{(int(reference[place]) + digit) % 10}{reference[place + 1 :]}"
        assert not references.is_valid(wrong)
        self._pass(minutes=5)
        self.gateway.text(who, f"{spoken(who, verb)} {wrong} {WORDS[verb][0]}".strip(), self.now)
        self._agree(Verdict("no"), who, verb)

    # Time

    @rule(after=hours)
    def time_passes(self, after: float) -> None:
        self._pass(minutes=after * 60)
        self._sweep()

    @rule(which=number, step=number, minutes=st.sampled_from((-1, 1, 60)))
    def an_hour_comes_that_counts(self, which: int, step: int, minutes: int) -> None:
        """A minute before, or after."""
        life = self._one(which)
        counted = [life.began + after * HOUR for after in (2, 4, 24, 48, 72, 96, 120)]
        counted += [life.since + after * HOUR for after in (24, 48, 72)]
        later = [at for at in counted if at + timedelta(minutes=minutes) > self.now]
        if later:
            self._until(later[step % len(later)] + timedelta(minutes=minutes))
            self._sweep()

    @rule(after=hours)
    def time_passes_and_no_clock_runs(self, after: float) -> None:
        self._pass(minutes=after * 60)

    @rule()
    def a_clock_runs(self) -> None:
        self._sweep()

    def _sweep(self) -> None:
        self.gateway.sweep(self.now)
        found, expected = self._news(), Counter((*one, False) for one in self.clock.sweep(self.now))
        assert found == expected, (found - expected, expected - found)
        self._compare()

    # Messages

    @rule(who=st.sampled_from(MAY_REPORT), stops=st.booleans())
    def stops_or_starts(self, who: str, stops: bool) -> None:
        self._pass(minutes=5)
        is_working = who in COUNTY and not stops and who not in self.stopped
        if is_working:
            return
        self.gateway.text(who, "STOP" if stops else "START", self.now)
        (self.stopped.add if stops else self.stopped.discard)(who)
        self.have_stopped |= self.stopped
        assert self._news() == Counter([(who, "sms.optout" if stops else "sms.optin", True)])
        self._compare()

    @rule()
    def messages_go_out(self) -> None:
        for sent in self.gateway.deliver(self.now):
            self._check_sent(sent)

    def _check_sent(self, sent: Sms) -> None:
        if sent.is_answer:
            return
        assert sent.name not in self.stopped, sent
        if not sent.phrase.startswith("sms."):
            return
        at = local(self.now)
        assert 7 <= at.hour < 21 or sent.phrase in AT_NIGHT, sent
        if sent.phrase not in BESIDE_THE_DAYS_NEWS:
            day = (sent.name, sent.about, at.date() if sent.about else sent.phrase)
            self.sent_on[day] += 1
            assert self.sent_on[day] == 1 or sent.about is None, sent

    # How a step is made, and compared

    def _any(self, *states: str) -> bool:
        return any(life.state in states for life in self.law.lives)

    def _one(self, which: int, *states: str) -> Life:
        """One that is in one of these states, or any one."""
        lives = [life for life in self.law.lives if not states or life.state in states]
        return lives[which % len(lives)]

    def _reference(self, life: Life) -> str:
        at = next(at for at, one in enumerate(self.law.lives) if one is life)
        return self.gateway.references()[at]

    def _pass(self, minutes: float) -> None:
        self._until(self.now + timedelta(minutes=minutes))

    def _until(self, then: datetime) -> None:
        if self.post_is_prompt:
            self.messages_go_out()
            while (morning := _next_morning(self.now)) < then:
                self.now = morning
                self.messages_go_out()
        self.now = then

    def _repeatable(self, act: Callable[[], None]) -> None:
        act()
        self.again = act

    def _words(self, verb: str, words: int) -> str:
        if verb == "JOIN":
            day = local(self.now) + timedelta(days=words)
            return f"{day.day}/{day.month}"
        return WORDS[verb][words % len(WORDS[verb])]

    def _move(self, who: str, verb: str, life: Life, words: int) -> None:
        reference, said = self._reference(life), self._words(verb, words)
        self._pass(minutes=5)

        def act() -> None:
            self.gateway.move(who, verb, reference, said, self.now)
            self._agree(self.law.do(verb, life, who, said, self.now), None)

        self._repeatable(act)

    def _text(self, who: str, verb: str, life: Life, words: int) -> None:
        said = self._words(verb, words)
        body = f"{spoken(who, verb)} {self._reference(life)} {said}".strip()
        self._pass(minutes=5)

        def act() -> None:
            self.gateway.text(who, body, self.now)
            self._agree(self._by_sms(who, verb, life, said, body), who, verb)

        self._repeatable(act)

    def _unnumbered(self, who: str, verb: str, body: str, words: str, meant: list[Life]) -> None:
        """It is done to the only one that can be meant; of several the sender chooses, and nothing is guessed."""
        self._pass(minutes=5)
        self.gateway.text(who, body, self.now)
        verdict = self._by_sms(who, verb, meant[0], words, body) if len(meant) == 1 else Verdict("no")
        self._agree(verdict, who, verb)

    def _asked(self, who: str, says: str) -> list[Life]:
        """Is it fixed? Else: what an officer asked. Else, for a NO: what has ended without a word of theirs."""
        lives = self.law.lives
        asked = [
            life
            for life in lives
            if (life.state == "resolved" and (who in life.people or (who == ASSOCIATION and life.ward == ITS_WARD)))
            or (life.is_open and life.late and who == life.owner)
        ]
        asked = asked or [life for life in lives if life.state == "needs_info" and who in life.people]
        if asked or says == "YES":
            return asked
        return [
            life
            for life in lives
            if who == life.owner
            and (life.state == "rejected" or life.outcome == "silent")
            and self.now + timedelta(minutes=5) <= life.since + 72 * HOUR
        ]

    def _by_sms(self, who: str, verb: str, life: Life, words: str, body: str) -> Verdict:
        """What a text means, which says YES to a question or OK for an association."""
        roles = self.law.roles(who, life)
        if verb in ("YES", "NO", "OK", "BAD"):
            is_resident = bool(roles & {"owner", "follower"})
            asked_since = life.since >= life.promise or not life.late
            if is_resident and life.state == "needs_info" and asked_since:
                return self.law.do("INFO", life, who, body, self.now)
            says_yes = verb in ("YES", "OK")
            if "association" in roles and not is_resident:
                verb = "OK" if says_yes else "BAD"
            else:
                verb = "YES" if says_yes else "NO"
        return self.law.do(verb, life, who, words, self.now)

    def _agree(self, verdict: Verdict, sender: str | None, verb: str = "") -> None:
        """The gateway owes exactly what the law says, and to whoever texted exactly one answer."""
        found, expected = self._news(), Counter(verdict.news)
        owed = Counter((who, phrase) for who, phrase, _ in found.elements())
        # A text that says what has come of it is the answer; only the county's people are answered besides.
        is_told = verb not in (*BY_COUNTY, "DUP") and any(who == sender for who, _ in expected)
        if sender is not None and not is_told:
            allowed = REFUSALS if verdict.kind == "no" else ACCEPTED[verb] if verb else ()
            answers = [phrase for who, phrase, _ in found.elements() if who == sender and phrase in allowed]
            owed -= Counter((sender, phrase) for phrase in answers)
            # In these stories a message fails to arrive only where nobody wants it.
            assert self.have_stopped or not any(phrase.endswith(".unreached") for phrase in answers), found
            assert len(answers) == (0 if self._is_ignored(sender, found) else 1) or not verb, (verb, found)
        assert owed == expected, (owed - expected, expected - owed, verdict.kind)
        self._compare()

    def _is_ignored(self, sender: str, found: Counter[tuple[str, str, bool]]) -> bool:
        """Whoever plays the officer is told once a day that they are none."""
        if found[sender, "officer.not_registered", True]:
            self.turned_away[sender] = self.now
        last = self.turned_away.get(sender)
        return not found and last is not None and self.now < last + 24 * HOUR

    def _news(self) -> Counter[tuple[str, str, bool]]:
        return self.gateway.news()

    def _compare(self) -> None:
        numbers = {id(life): at for at, life in enumerate(self.law.lives)}
        expected = [
            {
                "ward": life.ward,
                "owner": life.owner,
                "officer": life.officer,
                "followers": set(life.followers),
                "state": life.state,
                "outcome": life.outcome,
                "cycle": life.cycle,
                "level": life.level,
                "levels": sorted(life.levels),
                "late": life.late,
                "promise": life.promise,
                "priority": life.priority,
                "reopens": life.reopens,
                "is_disputed": life.is_disputed,
                "rating": life.rating,
                "parent": numbers[id(life.parent)] if life.parent else None,
            }
            for life in self.law.lives
        ]
        found = self.gateway.lives()
        assert found == expected, [
            (at, name, one[name], should[name])
            for at, (one, should) in enumerate(zip(found, expected, strict=True))
            for name in should
            if one[name] != should[name]
        ]

    def teardown(self) -> None:
        self.gateway.check_histories()
        if self.post_is_prompt:
            self._until(self.now + timedelta(days=3))
            self._check_not_sent()

    def _check_not_sent(self) -> None:
        """To every phone goes all that it is owed, but what a newer word on the same complaint made needless."""
        everything = self.gateway.everything_owed()
        for at, owed in enumerate(everything):
            if owed.state == "superseded":
                later = everything[at + 1 :]
                assert owed.phrase.startswith("sms."), owed
                assert owed.phrase not in BESIDE_THE_DAYS_NEWS, owed
                assert any((one.name, one.about) == (owed.name, owed.about) for one in later), owed
            elif owed.state == "suppressed":
                assert owed.name in self.have_stopped, owed
                assert not owed.is_answer, owed
            else:
                assert owed.state == "submitted", owed


def _next_morning(now: datetime) -> datetime:
    """04:00 UTC, when the night is over in Nairobi."""
    morning = now.replace(hour=4, minute=0, second=0, microsecond=0)
    return morning if morning > now else morning + timedelta(days=1)


_MANY = int(os.environ.get("HATUA_LIVES", "0"))

TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=_MANY or 120,
    stateful_step_count=60 if _MANY else 30,
    deadline=None,
    derandomize=not _MANY,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
