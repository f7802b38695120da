"""The life of a complaint, written down a second time: from the reference's tables, not from the gateway's code.

Knows names and phrases only. `Law.do` says what comes of a verb, `Clock.sweep` (clock.py) what comes of time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.lives.people import ABOVE, ASSOCIATION, COUNTY, DESK, ITS_WARD, OFFICERS, SYSTEM

HOUR = timedelta(hours=1)
OPEN = ("received", "acknowledged", "in_progress", "needs_info", "referred")
PRIORITIES = ("normal", "high", "urgent")

#: (who, phrase)
News = list[tuple[str, str]]


@dataclass
class Life:
    """A complaint, as far as the reference says anything about it."""

    ward: str
    is_urgent: bool
    owner: str
    officer: str
    filed: datetime
    promise: datetime
    since: datetime
    began: datetime
    priority: str = "normal"
    state: str = "received"
    outcome: str | None = None
    cycle: int = 1
    level: int = 0
    #: The levels of this cycle.
    reached: set[int] = field(default_factory=set)
    #: (cycle, level) of all of them.
    levels: set[tuple[int, int]] = field(default_factory=set)
    late: bool = False
    reopens: int = 0
    has_appealed: bool = False
    is_disputed: bool = False
    rating: int | None = None
    #: Who follows, and by which merged complaint they came.
    follows: dict[str, Life | None] = field(default_factory=dict)
    parent: Life | None = None
    #: What each follower says of the present "done".
    votes: dict[str, str] = field(default_factory=dict)
    question: str | None = None
    asker: str | None = None
    asked_from: str | None = None
    first_asked: datetime | None = None
    #: How long the first question of this cycle stopped the stage clock.
    pause: timedelta | None = None
    proposal: str | None = None
    agency: str | None = None
    clean_up: date | None = None
    clean_up_is_agreed: bool = False
    is_reminded: bool = False
    was_parted: bool = False
    #: When residents called for those above: verb -> time, of this cycle.
    called: dict[str, datetime] = field(default_factory=dict)
    told_of_work: dict[str, datetime] = field(default_factory=dict)
    #: Who has been apologised to in this cycle.
    apologised: set[str] = field(default_factory=set)

    @property
    def followers(self) -> list[str]:
        return [name for name in self.follows if name != self.owner]

    @property
    def people(self) -> list[str]:
        return [self.owner, *self.followers]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def become(self, state: str, now: datetime, outcome: str | None = None) -> None:
        if self.state == "needs_info" and state != "needs_info" and self.pause is None and self.first_asked:
            self.pause = min(now - self.first_asked, 24 * HOUR)
        self.state, self.outcome, self.since = state, outcome, now
        self.proposal, self.votes, self.is_reminded = None, {}, False
        if state != "needs_info":
            self.asked_from = None
        if state == "closed":
            self.is_disputed = False

    def raise_priority(self, to: str) -> None:
        self.priority = max(self.priority, to, key=PRIORITIES.index)

    def reach(self, level: int) -> None:
        self.level = max(self.level, level)
        self.reached.add(level)
        self.levels.add((self.cycle, level))

    def follow(self, name: str, via: Life | None) -> None:
        if name != self.owner:
            self.follows.setdefault(name, via)
        for people, priority in ((5, "high"), (20, "urgent")):
            if len(self.people) >= people:
                self.raise_priority(priority)


@dataclass(frozen=True)
class Verdict:
    """done: with these news. again: it was done before, and nobody hears of it twice. no: nothing has changed."""

    kind: str
    news: News = field(default_factory=list)


NO, AGAIN = Verdict("no"), Verdict("again")


def told(*texts: tuple[str | list[str] | None, str]) -> Verdict:
    """Nobody is told twice of one thing."""
    first: dict[str, str] = {}
    for who, phrase in texts:
        for name in [who] if isinstance(who, str) else who or []:
            first.setdefault(name, phrase)
    return Verdict("done", list(first.items()))


def first_above(level: int, without: str) -> str:
    """Of supervisor, director, chief and desk the first from this one on who has not done it themselves."""
    return next(name for name in [*ABOVE, DESK][level:] if name != without)


class Law:
    def __init__(self) -> None:
        self.lives: list[Life] = []
        self._verbs: dict[str, Callable[[Life, str, set[str], str, datetime], Verdict]] = {
            name.removeprefix("_do_").upper(): getattr(self, name) for name in dir(self) if name.startswith("_do_")
        }

    @property
    def verbs(self) -> tuple[str, ...]:
        return tuple(self._verbs)

    def roles(self, who: str, life: Life) -> set[str]:
        """On a job of theirs a person on the roster is the officer, and no resident."""
        if who == SYSTEM:
            return {"system"}
        of_roster = {
            *({"officer"} if OFFICERS.get(who) == life.ward else ()),
            *({ABOVE[who]} if who in ABOVE else ()),
            *({"desk"} if who == DESK else ()),
            *({"association"} if who == ASSOCIATION and life.ward == ITS_WARD else ()),
        }
        if who == life.officer and who in COUNTY:
            return of_roster | {"officer"}
        if who == life.owner:
            return of_roster | {"owner"}
        return of_roster | {"follower"} if who in life.follows else of_roster

    def file(self, ward: str, owner: str, is_urgent: bool, is_agencys: bool, now: datetime) -> Verdict:
        life = Life(ward, is_urgent, owner, _officer_of(ward), now, now + 72 * HOUR, now, now)
        self.lives.append(life)
        urgent = ".urgent" if is_urgent else ""
        life.priority = "urgent" if is_urgent else "normal"
        news = told((owner, f"sms.received{urgent}"), (life.officer, f"officer.assigned{urgent}")).news
        if is_agencys:
            life.become("referred", now)
            life.agency = "Nairobi Water"
            news.append((owner, "sms.referred"))
        return Verdict("done", news)

    def join(self, life: Life, who: str, now: datetime) -> Verdict:
        while life.parent is not None:
            life = life.parent
        if not life.is_open and life.state != "resolved":
            return NO
        if who in life.people:
            return AGAIN
        life.follow(who, None)
        return told((who, "sms.joined"))

    def do(self, verb: str, life: Life, who: str, words: str, now: datetime) -> Verdict:
        roles = self.roles(who, life)
        return self._verbs[verb](life, who, roles, words, now) if roles else NO

    # The county works

    def _takes(self, life: Life, who: str) -> None:
        if who != SYSTEM:
            life.officer = who

    def _sees(self, life: Life, who: str, now: datetime) -> bool:
        """Any verb of the officer who has the job says that they have seen it."""
        if life.state != "received" or life.officer != who:
            return False
        life.become("acknowledged", now)
        return True

    def _do_ack(self, life: Life, who: str, roles: set[str], _words: str, now: datetime) -> Verdict:
        if not roles & {"officer", "supervisor", "director", "chief", "desk", "system"}:
            return NO
        if life.state in ("acknowledged", "in_progress", "needs_info"):
            return AGAIN if who in (life.officer, SYSTEM) else NO
        if life.state != "received":
            return NO
        life.become("acknowledged", now)
        self._takes(life, who)
        return told((life.people, "sms.acknowledged"))

    def _do_start(self, life: Life, who: str, roles: set[str], words: str, now: datetime) -> Verdict:
        if not roles & {"officer", "supervisor", "director", "chief", "system"}:
            return NO
        agreed = self._agreed(life, who, now)
        if life.state == "in_progress":
            return Verdict("again", agreed)
        if life.state not in ("received", "acknowledged"):
            return NO
        life.become("in_progress", now)
        self._takes(life, who)
        hear = [name for name in life.people if life.told_of_work.get(name, now - 24 * HOUR) <= now - 24 * HOUR]
        life.told_of_work |= dict.fromkeys(hear, now)
        news = told((hear, "sms.in_progress.note" if words else "sms.in_progress")).news
        return Verdict("done", news + agreed)

    def _agreed(self, life: Life, who: str, now: datetime) -> News:
        """START accepts the day that an association has proposed."""
        if life.state not in ("received", "acknowledged", "in_progress") or who == SYSTEM:
            return []
        if life.clean_up is None or life.clean_up_is_agreed or life.clean_up < local(now).date():
            return []
        life.clean_up_is_agreed = True
        return [(ASSOCIATION, "sms.ra.clean_up.agreed")]

    def _do_ask(self, life: Life, who: str, roles: set[str], words: str, now: datetime) -> Verdict:
        if not roles & {"officer", "supervisor", "director", "chief"} or not life.is_open or not words:
            return NO
        if life.state == "needs_info" and life.question == words:
            return AGAIN
        self._sees(life, who, now)
        came_from = life.asked_from or life.state
        life.become("needs_info", now)
        life.question, life.asker, life.asked_from = words, who, came_from
        life.first_asked = life.first_asked or now
        return told((life.people, "sms.needs_info"))

    def _do_done(self, life: Life, who: str, roles: set[str], words: str, now: datetime) -> Verdict:
        if not roles & {"officer", "supervisor", "director", "chief", "system"}:
            return NO
        if life.state == "resolved":
            return AGAIN
        if not life.is_open or (len(words.split()) < 3 and who != SYSTEM):
            return NO
        life.become("resolved", now)
        self._takes(life, who)
        association = ASSOCIATION if life.ward == ITS_WARD else None
        return told((life.people, "sms.resolved"), (association, "sms.ra.resolved"))

    def _do_note(self, life: Life, who: str, roles: set[str], words: str, now: datetime) -> Verdict:
        is_county = roles & {"officer", "supervisor", "director", "chief", "desk"}
        if not is_county or not (life.is_open or life.state == "resolved") or not words:
            return NO
        return told((life.people, "sms.acknowledged")) if self._sees(life, who, now) else Verdict("done")

    def _do_ward(self, life: Life, _who: str, roles: set[str], words: str, _now: datetime) -> Verdict:
        if not roles & {"officer", "supervisor", "director", "chief", "desk"} or not life.is_open or not words:
            return NO
        if words == life.ward:
            return AGAIN
        life.ward, life.officer = words, _officer_of(words)
        return told((life.officer, _assigned(life)), (life.owner, "sms.assigned"))

    def _do_reject(self, life: Life, who: str, roles: set[str], words: str, now: datetime) -> Verdict:
        decides = roles & {"supervisor", "director", "chief", "desk", "system"}
        if not decides and "officer" not in roles:
            return NO
        if life.state == "rejected":
            return AGAIN
        if life.state not in ("received", "acknowledged") or not (words or (decides and life.proposal)):
            return NO
        if decides:
            life.become("rejected", now)
            return told((life.people, "sms.rejected"))
        if life.proposal == words:
            return AGAIN
        news = told((life.people, "sms.acknowledged")).news if self._sees(life, who, now) else []
        life.proposal = words
        return Verdict("done", [*news, (first_above(0, who), "supervisor.reject")])

    def _do_refer(self, life: Life, _who: str, roles: set[str], words: str, now: datetime) -> Verdict:
        is_county = roles & {"officer", "supervisor", "director", "chief", "desk", "system"}
        if not is_county or not life.is_open or not words:
            return NO
        if life.state == "referred" and life.agency == words:
            return AGAIN
        life.become("referred", now)
        life.agency = words
        return told((life.people, "sms.referred"))

    def _do_return(self, life: Life, _who: str, roles: set[str], _words: str, now: datetime) -> Verdict:
        if not roles & {"supervisor", "director", "chief", "desk", "system"} or life.state != "referred":
            return NO
        life.become("received", now)
        life.officer = _officer_of(life.ward)
        return told((life.people, "sms.returned"), (life.officer, _assigned(life)))

    def merge(self, life: Life, parent: Life, who: str, now: datetime) -> Verdict:
        """DUP: the parent has the people of both, and the earliest promise."""
        is_county = self.roles(who, life) & {"officer", "supervisor", "director", "chief", "desk"}
        while parent.parent is not None:
            parent = parent.parent
        if not is_county or not life.is_open or not parent.is_open or parent is life:
            return NO
        people = life.people
        life.become("merged", now)
        life.parent = parent
        for name in people:
            parent.follow(name, life)
        parent.raise_priority(life.priority)
        parent.late |= life.late
        parent.promise = min(parent.promise, life.promise)
        if parent.cycle == 1:
            parent.began = min(parent.filed, life.filed)
        parent.filed = min(parent.filed, life.filed)
        return told((people, "sms.merged"))

    def _part(self, life: Life, now: datetime) -> Verdict:
        moved, parent = life, life.parent
        life.parent = None
        while parent is not None:
            parent.follows = {name: via for name, via in parent.follows.items() if via is not moved}
            for other in self.lives:
                if other.parent is parent:
                    for name in other.people:
                        if name != parent.owner:
                            parent.follows.setdefault(name, other)
            moved, parent = parent, parent.parent
        life.become("received", now)
        life.officer, life.was_parted = _officer_of(life.ward), True
        return told((life.people, "sms.parted"), (life.officer, _assigned(life)))

    # Residents and associations say how it is

    def _do_yes(self, life: Life, who: str, roles: set[str], _words: str, now: datetime) -> Verdict:
        if not roles & {"owner", "follower"}:
            return NO
        if (life.state, life.outcome) == ("closed", "confirmed"):
            return AGAIN
        is_owner = "owner" in roles
        if life.state != "resolved" and not (is_owner and life.is_open and (life.late or now >= life.promise)):
            return NO
        if is_owner or now >= life.since + 48 * HOUR:
            return self._confirm(life, "sms.closed.confirmed" if is_owner else "sms.closed.others", now)
        return self._vote(life, who, "yes")

    def _do_ok(self, life: Life, _who: str, roles: set[str], _words: str, now: datetime) -> Verdict:
        if "association" not in roles:
            return NO
        if (life.state, life.outcome) == ("closed", "confirmed"):
            return AGAIN
        return self._confirm(life, "sms.closed.others", now) if life.state == "resolved" else NO

    def _confirm(self, life: Life, phrase: str, now: datetime) -> Verdict:
        life.become("closed", now, "confirmed")
        return told((life.owner, phrase), (life.followers, "sms.closed.follower"), (life.officer, "officer.confirmed"))

    def _vote(self, life: Life, who: str, vote: str) -> Verdict:
        if life.votes.get(who) == vote:
            return AGAIN
        life.votes[who] = vote
        return told((who, f"sms.follower.{vote}"))

    def _do_no(self, life: Life, who: str, roles: set[str], _words: str, now: datetime) -> Verdict:
        if "owner" in roles:
            return self._owner_says_no(life, who, now)
        if "follower" not in roles:
            return NO
        if life.state == "received" and (life.cycle > 1 or life.was_parted):
            return AGAIN
        if life.state != "resolved":
            return NO
        if any(name != who and vote == "no" for name, vote in life.votes.items()):
            return self._reopen(life, now)
        return self._vote(life, who, "no")

    def _owner_says_no(self, life: Life, who: str, now: datetime) -> Verdict:
        is_in_time = now <= life.since + 72 * HOUR
        if life.state == "merged":
            return self._part(life, now)
        if life.state == "received" and (life.cycle > 1 or life.was_parted):
            return AGAIN
        if life.is_open:
            return told((who, "sms.still_there")) if life.late or now >= life.promise else NO
        if life.state == "rejected":
            if life.has_appealed or not is_in_time:
                return NO
            life.has_appealed = True
            return self._reopen(life, now)
        if life.state == "closed" and not is_in_time:
            return NO
        if life.reopens < 2:
            life.reopens += 1
            return self._reopen(life, now)
        if life.is_disputed:
            return AGAIN
        life.is_disputed = True
        life.reach(max(2, life.level))
        return told((who, "sms.disputed"), (first_above(1, who), "supervisor.disputed"))

    def _do_bad(self, life: Life, _who: str, roles: set[str], _words: str, now: datetime) -> Verdict:
        if "association" not in roles:
            return NO
        if life.state == "received" and (life.cycle > 1 or life.was_parted):
            return AGAIN
        is_in_time = life.state in ("closed", "rejected") and now <= life.since + 72 * HOUR
        return self._reopen(life, now) if life.state == "resolved" or is_in_time else NO

    def _reopen(self, life: Life, now: datetime) -> Verdict:
        """Over the head of whoever said that it is done."""
        life.become("received", now)
        life.officer = "njeri"
        life.cycle, life.level, life.reached, life.began = life.cycle + 1, 0, set(), now
        life.first_asked, life.pause, life.called, life.apologised = None, None, {}, set()
        life.is_disputed = False
        life.raise_priority("high")
        return told((life.people, "sms.reopened"), (life.officer, "officer.reopened"))

    def _do_info(self, life: Life, _who: str, roles: set[str], words: str, now: datetime) -> Verdict:
        if not roles & {"owner", "follower"} or not words:
            return NO
        if life.state == "needs_info":
            life.become(life.asked_from or "received", now)
            return told((life.asker, "officer.info"), (life.officer, "officer.info"))
        return told((life.officer, "officer.info")) if life.is_open or life.state == "resolved" else NO

    def _do_rate(self, life: Life, _who: str, roles: set[str], words: str, _now: datetime) -> Verdict:
        if "owner" not in roles or life.state != "closed" or life.outcome == "withdrawn":
            return NO
        if words not in ("1", "2", "3", "4", "5"):
            return NO
        if life.rating == int(words):
            return AGAIN
        life.rating = int(words)
        return Verdict("done")

    def _do_cancel(self, life: Life, who: str, roles: set[str], _words: str, now: datetime) -> Verdict:
        if "owner" not in roles:
            return NO
        if (life.state, life.outcome) == ("closed", "withdrawn"):
            return AGAIN
        if not life.is_open:
            return NO
        if life.followers:
            life.owner = life.followers[0]
            life.follows.pop(who, None)
            return told((who, "sms.left"), (life.owner, "sms.inherited"))
        life.become("closed", now, "withdrawn")
        return told((who, "sms.closed.withdrawn"), (life.officer, "officer.withdrawn"))

    def _do_escalate(self, life: Life, who: str, roles: set[str], _words: str, now: datetime) -> Verdict:
        return self._call("escalate", life, who, roles, now) if life.late or now >= life.promise else NO

    def _do_urgent(self, life: Life, who: str, roles: set[str], _words: str, now: datetime) -> Verdict:
        return self._call("urgent", life, who, roles, now)

    def _call(self, verb: str, life: Life, who: str, roles: set[str], now: datetime) -> Verdict:
        if not roles & {"owner", "follower", "association"} or not life.is_open:
            return NO
        if verb in life.called and now < life.called[verb] + 24 * HOUR:
            return AGAIN
        life.called[verb] = now
        if verb == "urgent":
            life.reach(max(1, life.level))
            return told((first_above(0, who), "supervisor.urgent"))
        life.reach(min(4, max(2, life.level + 1)))
        return told((first_above(min(life.level - 1, 2), who), "supervisor.raised"))

    def _do_join(self, life: Life, _who: str, roles: set[str], words: str, now: datetime) -> Verdict:
        """An association proposes a day for a joint clean-up."""
        if "association" not in roles or life.state not in ("received", "acknowledged", "in_progress", "needs_info"):
            return NO
        day, month = map(int, words.split("/"))
        proposed = date(local(now).year, month, day)
        if proposed < local(now).date():
            return NO
        if life.clean_up == proposed:
            return AGAIN
        life.clean_up, life.clean_up_is_agreed = proposed, False
        return told((life.officer, "officer.clean_up"))


def local(now: datetime) -> datetime:
    """In Nairobi there is no summer time."""
    return (now + 3 * HOUR).replace(tzinfo=None)


def _officer_of(ward: str) -> str:
    return next(name for name, of in OFFICERS.items() if of == ward)


def _assigned(life: Life) -> str:
    return "officer.assigned.urgent" if life.priority == "urgent" else "officer.assigned"
