"""What a transition changes beside the state: the columns of each effect, and what it is explained by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gateway import places
from gateway.complaints import duplicates, followers, priority, routing, states
from gateway.complaints.record import Deed
from gateway.complaints.states import Effect, Reason, Transition
from gateway.config import Settings
from gateway.models import Complaint, Event

#: Whoever disputes or calls for a supervisor is at least here.
SUPERVISOR_LEVEL, DIRECTOR_LEVEL, HIGHEST_LEVEL = 1, 2, 4

_WARDS = frozenset(ward.code for ward in places.WARDS)


@dataclass(frozen=True, slots=True)
class Change:
    """A transition about to be made."""

    session: Session
    settings: Settings
    complaint: Complaint
    row: Transition
    deed: Deed

    @property
    def now(self) -> datetime:
        return self.deed.at


@dataclass(frozen=True, slots=True)
class Outcome:
    columns: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    #: What it is merged into, or was.
    parent: Complaint | None = None


def of(change: Change) -> Outcome | Reason:
    """Every column that the transition sets; or why it cannot be."""
    effect = _EFFECTS[change.row.effect](change) if change.row.effect else Outcome()
    if isinstance(effect, Reason):
        return effect
    columns, facts = dict(effect.columns), dict(effect.facts)
    if change.row.target != states.STAYS:
        columns |= _new_state(change)
    if change.row.takes and change.deed.actor:
        columns["officer_id"] = change.deed.actor.id
    if change.row.reopens:
        route = routing.reroute(change.session, change.settings, change.complaint, change.now)
        columns |= {"officer_id": route.person_id, "cycle": change.complaint.cycle + 1, "level": 0}
        columns["priority"] = priority.higher(change.complaint.priority, priority.HIGH)
        facts["routing"] = route.steps
    return Outcome(columns, facts, effect.parent)


def afterwards(change: Change, outcome: Outcome, event: Event) -> None:
    """What another complaint has of it."""
    if outcome.parent is None:
        return
    if change.row.effect is Effect.MERGE:
        duplicates.merge(change.session, change.settings, change.complaint, outcome.parent, change.deed, event)
    else:
        duplicates.part(change.session, change.complaint, outcome.parent, change.deed)


def _new_state(change: Change) -> dict[str, Any]:
    target = change.row.target
    if target == states.BACK:
        target = change.complaint.asked_from or states.RECEIVED
    columns: dict[str, Any] = {"state": target, "outcome": change.row.outcome, "state_since": change.now}
    # A rejection that was proposed is decided by whatever happens instead; so is a dispute.
    columns |= {"proposed_rejection": None}
    if target != states.NEEDS_INFO:
        columns["asked_from"] = None
    if change.row.reopens or target == states.CLOSED:
        columns["disputed_at"] = None
    return columns


def _ask(change: Change) -> Outcome:
    complaint = change.complaint
    return Outcome({"asked_from": complaint.asked_from or complaint.state})


def _propose(change: Change) -> Outcome:
    return Outcome({"proposed_rejection": change.deed.words}, {"proposed": change.deed.words})


def _reject(change: Change) -> Outcome:
    return Outcome(facts={"confirms": True} if change.complaint.proposed_rejection else {})


def _refer(change: Change) -> Outcome:
    return Outcome({"agency": change.deed.words})


def _route(change: Change) -> Outcome:
    complaint = change.complaint
    route = routing.route(change.session, change.settings, complaint.ward, complaint.category, change.now)
    return Outcome({"officer_id": route.person_id}, {"routing": route.steps})


def _move(change: Change) -> Outcome | Reason:
    ward = places.area_code(change.deed.words or "")
    if ward is None or ward not in _WARDS:
        return Reason.NO_SUCH
    route = routing.route(change.session, change.settings, ward, change.complaint.category, change.now)
    facts = {"from_ward": change.complaint.ward, "ward": ward, "routing": route.steps}
    return Outcome({"ward": ward, "officer_id": route.person_id}, facts)


def _merge(change: Change) -> Outcome | Reason:
    parent = duplicates.parent_for(change.session, change.complaint, change.deed.words or "")
    if parent is None:
        return Reason.NO_SUCH
    return Outcome({"parent_id": parent.id}, {"parent": parent.reference}, parent)


def _part(change: Change) -> Outcome:
    parent = change.session.get(Complaint, change.complaint.parent_id) if change.complaint.parent_id else None
    routed = _route(change)
    return Outcome(routed.columns | {"parent_id": None}, routed.facts, parent)


def _reopen(change: Change) -> Outcome:
    return Outcome({"reopens": change.complaint.reopens + 1})


def _appeal(change: Change) -> Outcome:
    return Outcome({"appealed_at": change.now})


def _dispute(change: Change) -> Outcome:
    return Outcome(
        {"disputed_at": change.now, "level": max(change.complaint.level, DIRECTOR_LEVEL)}, {"disputed": True}
    )


def _escalate(change: Change) -> Outcome:
    level = change.complaint.level
    least = SUPERVISOR_LEVEL if change.row.verb == states.URGENT else DIRECTOR_LEVEL
    raised = max(level, least) if change.row.verb == states.URGENT else min(HIGHEST_LEVEL, max(level + 1, least))
    return Outcome({"level": raised}, {"level": raised})


def _rate(change: Change) -> Outcome | Reason:
    stars = (change.deed.words or "").strip()
    if stars not in ("1", "2", "3", "4", "5"):
        return Reason.NEED_WORDS
    return Outcome({"rating": int(stars)}, {"rating": int(stars)})


def _inherit(change: Change) -> Outcome | Reason:
    heir = followers.inherit(change.session, change.complaint, change.now)
    if heir is None:
        return Reason.OVERTAKEN
    return Outcome({"owner_id": heir.id}, {"owner": heir.id})


def _vote(change: Change) -> Outcome:
    return Outcome(facts={"vote": change.row.verb})


_EFFECTS: Mapping[Effect, Callable[[Change], Outcome | Reason]] = {
    Effect.APPEAL: _appeal,
    Effect.ASK: _ask,
    Effect.DISPUTE: _dispute,
    Effect.ESCALATE: _escalate,
    Effect.INHERIT: _inherit,
    Effect.MERGE: _merge,
    Effect.MOVE: _move,
    Effect.PART: _part,
    Effect.PROPOSE: _propose,
    Effect.RATE: _rate,
    Effect.REFER: _refer,
    Effect.REJECT: _reject,
    Effect.REOPEN: _reopen,
    Effect.ROUTE: _route,
    Effect.VOTE: _vote,
}
