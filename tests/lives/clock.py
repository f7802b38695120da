"""What time does to a complaint, from the reference's table of levels and its windows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

from tests.lives.law import HOUR, Law, Life, News, local, told
from tests.lives.people import ABOVE, ASSOCIATION, DESK, ITS_WARD

SUPERVISOR, DIRECTOR, CHIEF = ABOVE
#: Who is told at a level; the first who does not have the job.
_TOLD_AT = {
    1: (SUPERVISOR, DIRECTOR, CHIEF, DESK),
    2: (DIRECTOR, CHIEF, DESK, SUPERVISOR),
    3: (CHIEF, DESK, DIRECTOR, SUPERVISOR),
}
#: level -> (one complaint, several, how long until the next text)
_ALERTS = {
    1: ("supervisor.escalated", "supervisor.escalated.many", HOUR),
    2: ("supervisor.escalated", "supervisor.escalated.many", HOUR),
    3: ("supervisor.digest.chief", "supervisor.digest.chief", 24 * HOUR),
    4: ("sms.ra.external", "sms.ra.external.many", 24 * HOUR),
}
#: As far as these stories go; each by hand.
_HOLIDAYS = frozenset(
    map(
        date.fromisoformat,
        (
            "2026-04-03", "2026-04-06", "2026-05-01", "2026-06-01", "2026-10-10", "2026-10-20", "2026-12-12",
            "2026-12-25", "2026-12-26", "2027-01-01", "2027-03-09", "2027-03-26", "2027-03-29", "2027-05-01",
        ),
    )
)  # fmt: skip
#: Of things that are due at the same time, the first first.
_ORDER = ("0", "1", "2", "missed", "3", "4", "timeout", "reminder", "silence")


class Clock:
    def __init__(self, law: Law) -> None:
        self._law = law
        #: (who, level) -> complaints whose level they have not been told of.
        self._untold: dict[tuple[str, int], list[Life]] = {}
        self._told_at: dict[tuple[str, int], datetime] = {}
        #: (who, day or Monday) whose digest was seen to.
        self._digested: set[tuple[str, date]] = set()

    def sweep(self, now: datetime) -> News:
        news: News = []
        for life in self._law.lives:
            while waiting := [step for at, step in self._due(life) if at <= now]:
                news += self._do(life, waiting, now)
        return news + self._alerts(now) + self._digests(now)

    def _due(self, life: Life) -> list[tuple[datetime, str]]:
        times: dict[str, datetime] = {}
        if life.state == "resolved" and not life.is_disputed:
            times["silence"] = life.since + 72 * HOUR
            if not life.is_reminded:
                times["reminder"] = life.since + 48 * HOUR
        elif life.is_open:
            times = self._levels(life)
            if not life.late:
                times["missed"] = max(life.promise, life.began)
            if life.state == "needs_info":
                times["timeout"] = life.since + 24 * HOUR
        due = ((at, step) for step, at in times.items() if not step.isdigit() or int(step) not in life.reached)
        return sorted(due, key=lambda one: (one[0], _ORDER.index(one[1])))

    def _levels(self, life: Life) -> dict[str, datetime]:
        director = life.began + 72 * HOUR
        if not life.late and life.began <= life.promise:
            director = min(director, life.promise)
        if life.state == "referred":
            return {"2": director, "4": life.since + 120 * HOUR}
        if life.cycle > 1:
            supervisor = life.began
        elif life.state == "received":
            supervisor = life.began + 24 * HOUR
        else:
            is_paused = life.state == "needs_info" and life.pause is None
            supervisor = life.began + 48 * HOUR + (24 * HOUR if is_paused else life.pause or 0 * HOUR)
        levels = {"1": min(supervisor, director), "2": director}
        levels |= {"3": life.began + 96 * HOUR, "4": life.began + 120 * HOUR}
        if life.state == "received":
            reminder = life.began + 2 * HOUR if life.is_urgent else after_four_working_hours(life.began)
            if life.cycle > 1 or reminder < levels["1"]:
                levels["0"] = reminder
        return levels

    def _do(self, life: Life, waiting: list[str], now: datetime) -> News:
        step = waiting[0]
        if step == "timeout":
            life.become(life.asked_from or "received", now)
            return told((life.asker, "officer.info.none"), (life.officer, "officer.info.none")).news
        if step == "reminder":
            life.is_reminded = True
            is_over = now >= life.since + 72 * HOUR
            return [] if is_over else [(life.owner, "sms.resolved.reminder")]
        if step == "silence":
            life.become("closed", now, "silent")
            return told((life.owner, "sms.closed.silent"), (life.followers, "sms.closed.silent.follower")).news
        if step == "missed":
            life.late = True
            return self._apology(life) if life.began <= life.promise else []
        return self._climb(life, int(step), reminds_again=waiting[1:2] == ["1"], now=now)

    def _climb(self, life: Life, level: int, *, reminds_again: bool, now: datetime) -> News:
        life.reach(level)
        if level == 0:
            return [] if reminds_again else [(life.officer, "officer.ack.late")]
        who = self._above(life, level)
        if who is not None:
            self._untold.setdefault((who, level), []).append(life)
        if level == 1 and life.cycle == 1:
            return [(life.officer, "officer.reminder" if now < life.promise else "officer.overdue")]
        return self._apology(life) if level == 2 and life.late else []

    def _above(self, life: Life, level: int) -> str | None:
        """Nobody, where they have the job itself."""
        if level == 4:
            return ASSOCIATION if life.ward == ITS_WARD else None
        if level == 1 and life.cycle > 1:
            return SUPERVISOR if life.officer != SUPERVISOR else None
        return next(name for name in _TOLD_AT[level] if name != life.officer)

    def _apology(self, life: Life) -> News:
        """Each of them hears it once in a cycle."""
        hear = [name for name in life.people if name not in life.apologised]
        life.apologised.update(hear)
        return [(name, "sms.overdue") for name in hear]

    def _alerts(self, now: datetime) -> News:
        """All that is new in one text, and not the next one before a while has passed."""
        news: News = []
        for (who, level), lives in self._untold.items():
            one, several, pause = _ALERTS[level]
            last = self._told_at.get((who, level))
            if not lives or (last is not None and now < last + pause):
                continue
            self._told_at[who, level] = now
            still_open = {id(life) for life in lives if life.is_open}
            if still_open:
                news.append((who, one if len(still_open) == 1 else several))
            lives.clear()
        return news

    def _digests(self, now: datetime) -> News:
        at = local(now)
        news: News = []
        if time(8) <= at.time() < time(18):
            monday = at.date() - timedelta(days=at.weekday())
            for who, day, phrase, has_news in (
                (SUPERVISOR, at.date(), "supervisor.digest", self._supervisor_has_news(now)),
                (ASSOCIATION, monday, "sms.ra.digest", self._association_has_news(now)),
            ):
                if (who, day) not in self._digested and has_news:
                    news.append((who, phrase))
                self._digested.add((who, day))
        return news

    def _supervisor_has_news(self, now: datetime) -> bool:
        return any(
            life.late or life.cycle > 1 or now < life.promise <= now + 24 * HOUR
            for life in self._law.lives
            if life.is_open
        )

    def _association_has_news(self, now: datetime) -> bool:
        week_ago = now - 168 * HOUR
        return any(
            life.filed > week_ago
            or (life.outcome == "confirmed" and life.since > week_ago)
            or (life.is_open and life.late)
            for life in self._law.lives
            if life.ward == ITS_WARD
        )


@cache
def after_four_working_hours(start: datetime) -> datetime:
    """Monday to Saturday, 07:00 to 19:00: minute by minute, so that nobody has to believe a formula."""
    at, worked = start, timedelta(0)
    minute = timedelta(minutes=1)
    while worked < 4 * HOUR:
        is_workday = local(at).weekday() < 6 and local(at).date() not in _HOLIDAYS
        is_work = is_workday and time(7) <= local(at).time() < time(19)
        worked += minute if is_work else timedelta(0)
        at += minute
    return at
