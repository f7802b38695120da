"""My complaints: what a caller reported or follows, where it stands, and what they may say of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import categories, places
from gateway.complaints import followers, labels, promise, queries, reference, service, states, windows
from gateway.complaints.service import Actor, Moved
from gateway.models import Complaint, Event, Person
from gateway.sms import texts
from gateway.ussd.program.call import Call, program
from menus.gsm7 import cut, plain
from sessions.ports import Done, Found, Item

_LISTED = 20
_LINE = 28
#: A number and the beginning of its state.
_LEAST_LINE = 24
_HAS_REPORTS = "has_reports"

#: What the caller is to the complaint, and its number: of every kind of complaint.
_THEIRS = {"report": 8, "part": 8}
_KINDS = dict.fromkeys(("open", "asked", "late", "resolved", "reopenable", "over"), _THEIRS)


@program.listing("my_reports", longest=_LINE, least=_LEAST_LINE)
def my_reports(call: Call, of: str | None) -> list[Item]:
    """The caller's own, the newest first, then what they follow."""
    with call.reading() as (session, person):
        if person is None:
            return []
        own = queries.own_complaints(session, person, limit=_LISTED, filed_before=call.began_at)
        followed = followers.followed_by(session, person, limit=_LISTED - len(own)) if len(own) < _LISTED else []
        return [
            Item(one.reference, cut(f"{one.reference} {_state(call, session, one)}", _LINE)) for one in own + followed
        ]


@program.finding("complaint", outcomes={**_KINDS, "unknown": {}})
def complaint(call: Call) -> Found:
    """The one that was picked from the list."""
    return _found(call, call.value("report"))


@program.finding("number", outcomes={**_KINDS, "wrong": {}, "unknown": {}})
def number(call: Call) -> Found:
    """The one whose number was typed; with a wrong digit it is nobody's."""
    digits = "".join(character for character in call.value("number") if character.isascii() and character.isdigit())
    return _found(call, digits) if reference.is_valid(digits) else Found("wrong")


def _found(call: Call, digits: str) -> Found:
    with call.reading() as (session, person):
        theirs = _theirs(session, person, digits) if person else None
        if person is None or theirs is None:
            return Found("unknown")
        part = states.OWNER if theirs.owner_id == person.id else states.FOLLOWER
        answers = {"report": Item(digits, digits), "part": Item(part, part)}
        return Found(_kind(call, session, theirs, is_owner=part == states.OWNER), answers)


def remembered(*, has_reports: bool) -> Mapping[str, str]:
    """For every screen of the call."""
    return {_HAS_REPORTS: "1"} if has_reports else {}


@program.guard("has_reports")
def has_reports(call: Call) -> bool:
    """Whether the caller had reported or joined anything when the call began."""
    return _HAS_REPORTS in call.record.known


@program.guard("is_mine")
def is_mine(call: Call) -> bool:
    return call.value("part") == states.OWNER


@program.fetch(
    "report_details", gives={"ref": 8, "category": 24, "ward": 22, "state": 28, "due": 16, "days": 4, "note": 70}
)
def report_details(call: Call) -> Mapping[str, str]:
    with call.reading() as (session, _person):
        theirs = queries.by_reference(session, call.value("report"))
        if theirs is None:
            return {}
        return {
            "ref": theirs.reference,
            "category": categories.category(theirs.category).label(call.language),
            "ward": places.ward(theirs.ward).label,
            "state": _state(call, session, theirs),
            "due": call.due(promise.target(session, call.services.settings, theirs)),
            "days": str((call.began_at - theirs.filed_at) // timedelta(days=1)),
            "note": _said(session, theirs),
        }


@program.fetch("officers_words", gives={"ref": 8, "said": 70})
def officers_words(call: Call) -> Mapping[str, str]:
    with call.reading() as (session, _person):
        theirs = queries.by_reference(session, call.value("report"))
        return {"ref": call.value("report"), "said": _said(session, theirs) if theirs else "-"}


@program.fetch("promised", gives={"ref": 8, "due": 16})
def promised(call: Call) -> Mapping[str, str]:
    with call.reading() as (session, _person):
        theirs = queries.by_reference(session, call.value("report"))
        return {"ref": theirs.reference, "due": call.due(theirs.promise_due_at)} if theirs else {}


@program.finding("escalation", outcomes={"late": {}, "early": {}})
def escalation(call: Call) -> Found:
    """Whether the county has had its time."""
    with call.reading() as (session, _person):
        theirs = queries.by_reference(session, call.value("report"))
        return Found("late" if theirs and _is_late(theirs, call.began_at) else "early")


@program.action("confirm_fixed", outcomes=["closed", "noted", "not_now"], gives={"ref": 8}, sends=("report",))
def confirm_fixed(call: Call, session: Session, now: datetime) -> Done:
    moved = _say(call, session, now, states.YES)
    if moved is None:
        return _done(call, "not_now")
    return _done(call, "closed" if is_mine(call) and moved.complaint.state == states.CLOSED else "noted")


@program.action("rate", outcomes=["rated", "not_now"], gives={}, sends=False)
def rate(call: Call, session: Session, now: datetime) -> Done:
    """One key is all there is to it: nothing is shown again before."""
    return Done("rated" if _say(call, session, now, states.RATE, call.value("rating")) else "not_now", {})


@program.action(
    "not_fixed",
    outcomes=["reopened", "disputed", "noted", "not_now"],
    gives={"ref": 8, "due": 16},
    sends=("report", "reason"),
)
def not_fixed(call: Call, session: Session, now: datetime) -> Done:
    reason = texts.render(f"label.not_fixed.{call.value('reason')}", call.language, {})
    moved = _say(call, session, now, states.NO, reason)
    due = moved and promise.target(session, call.services.settings, moved.complaint)
    return _done(call, _not_fixed(call, moved), {"due": call.due(due) if due else ""})


@program.action("add_details", outcomes=["added", "not_now"], gives={"ref": 8}, sends=("report", "details"))
def add_details(call: Call, session: Session, now: datetime) -> Done:
    return _done(call, "added" if _say(call, session, now, states.INFO, call.value("details")) else "not_now")


@program.action("escalate", outcomes=["escalated", "already", "not_now"], gives={"ref": 8}, sends=("report",))
def escalate(call: Call, session: Session, now: datetime) -> Done:
    return _raised(call, _say(call, session, now, states.ESCALATE))


@program.action("escalate_urgently", outcomes=["escalated", "already", "not_now"], gives={"ref": 8}, sends=("report",))
def escalate_urgently(call: Call, session: Session, now: datetime) -> Done:
    return _raised(call, _say(call, session, now, states.URGENT))


@program.action("withdraw", outcomes=["withdrawn", "left", "not_now"], gives={"ref": 8}, sends=("report",))
def withdraw(call: Call, session: Session, now: datetime) -> Done:
    """Where others reported it too it stays open, for them."""
    moved = _say(call, session, now, states.CANCEL)
    if moved is None:
        return _done(call, "not_now")
    return _done(call, "withdrawn" if moved.complaint.state == states.CLOSED else "left")


def _say(call: Call, session: Session, now: datetime, verb: str, words: str | None = None) -> Moved | None:
    """None if it was refused: it has become something else, or is not the caller's."""
    person = call.person(session, now)
    theirs = _theirs(session, person, call.value("report"))
    if theirs is None:
        return None
    actor = Actor(person, "ussd")
    done = service.move(session, call.services.settings, now=now, complaint=theirs, verb=verb, actor=actor, words=words)
    return done if isinstance(done, Moved) else None


def _done(call: Call, outcome: str, gives: Mapping[str, str] | None = None) -> Done:
    return Done(outcome, {"ref": call.value("report"), **(gives or {})})


def _raised(call: Call, moved: Moved | None) -> Done:
    return _done(call, "not_now" if moved is None else "escalated" if moved.event else "already")


def _not_fixed(call: Call, moved: Moved | None) -> str:
    if moved is None:
        return "not_now"
    if moved.complaint.state == states.RECEIVED:
        return "reopened"
    return "disputed" if is_mine(call) else "noted"


def _theirs(session: Session, person: Person, number: str) -> Complaint | None:
    found = queries.by_reference(session, number)
    if found is None or found.owner_id == person.id or followers.is_following(session, found, person):
        return found
    return None


def _kind(call: Call, session: Session, theirs: Complaint, *, is_owner: bool) -> str:
    state = _state_then(session, theirs, call.began_at)
    if state == states.NEEDS_INFO:
        return "asked"
    if state in states.OPEN:
        return "late" if is_owner and _is_late(theirs, call.began_at) else "open"
    if state == states.RESOLVED:
        return "resolved"
    may_reopen = windows.may_still_reopen(call.services.settings, theirs, call.began_at)
    is_withdrawn = theirs.outcome == states.WITHDRAWN
    return "reopenable" if is_owner and may_reopen and not is_withdrawn else "over"


def _said(session: Session, theirs: Complaint) -> str:
    """What the officer says was done, or asks."""
    event = queries.last_event(session, theirs, states.DONE, states.ASK)
    return event.words or "-" if event else "-"


def _state_then(session: Session, theirs: Complaint, instant: datetime) -> str:
    """Where it stood: an officer's SMS during the call must not change what the caller's numbers mean."""
    if theirs.state_since <= instant:
        return theirs.state
    before = select(Event.to_state).where(Event.complaint_id == theirs.id, Event.at <= instant)
    return session.scalar(before.order_by(Event.number.desc()).limit(1)) or theirs.state


def _is_late(theirs: Complaint, instant: datetime) -> bool:
    return theirs.late or theirs.promise_due_at <= instant


def _state(call: Call, session: Session, theirs: Complaint) -> str:
    parent = session.get(Complaint, theirs.parent_id) if theirs.parent_id else None
    return plain(labels.state(theirs, call.language, parent))
