"""The table itself: what it allows, and what no row of it may ever do."""

from __future__ import annotations

import pytest

from gateway.complaints import states
from gateway.complaints.states import Already, Found, Reason
from gateway.sms import texts

EVERYWHERE = [
    states.situations(state, outcome, came_back)
    for state, outcome in (
        *((state, None) for state in states.STATES if state != states.CLOSED),
        *((states.CLOSED, outcome) for outcome in (states.CONFIRMED, states.SILENT, states.WITHDRAWN)),
    )
    for came_back in (False, True)
]


def test_only_residents_associations_and_silence_close() -> None:
    closing = {role for row in states.TRANSITIONS if row.target == states.CLOSED for role in row.who}

    assert closing == {states.OWNER, states.FOLLOWER, states.ASSOCIATION, states.TIMER}


@pytest.mark.parametrize("verb", [states.ACK, states.DONE])
def test_residents_and_associations_have_no_officers_verbs(verb: str) -> None:
    for where in EVERYWHERE:
        assert states.find(verb, where, (states.OWNER, states.ASSOCIATION)) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("verb", [states.YES, states.NO])
def test_officers_have_no_residents_verbs(verb: str) -> None:
    for where in EVERYWHERE:
        assert states.find(verb, where, states.COUNTY) is Reason.NOT_ALLOWED


def test_a_verb_that_nobody_knows_is_refused() -> None:
    assert states.find("EXPLODE", frozenset({states.RECEIVED}), states.COUNTY) is Reason.NOT_ALLOWED


def test_done_is_possible_wherever_the_county_has_something_to_do() -> None:
    for state in states.OPEN:
        found = states.find(states.DONE, frozenset({state}), (states.OFFICER,))
        assert isinstance(found, Found)
        assert found.row.target == states.RESOLVED


def test_what_has_been_done_is_recognised_when_it_is_said_again() -> None:
    said_again = (
        (states.ACK, states.situations(states.ACKNOWLEDGED, None), states.OFFICER),
        (states.DONE, states.situations(states.RESOLVED, None), states.OFFICER),
        (states.YES, states.situations(states.CLOSED, states.CONFIRMED), states.OWNER),
        (states.NO, states.situations(states.RECEIVED, None, came_back=True), states.OWNER),
    )
    for verb, where, role in said_again:
        assert isinstance(states.find(verb, where, (role,)), Already), verb


def test_a_no_to_what_was_never_done_is_not_a_repetition() -> None:
    received = states.situations(states.RECEIVED, None)

    assert states.find(states.NO, received, (states.OWNER,), holding=()) is Reason.TOO_EARLY


def test_every_text_of_the_table_exists() -> None:
    told = [text for row in states.TRANSITIONS for text in row.texts]

    assert {phrase for text in told for phrase in (text.phrase, text.urgent, text.noted) if phrase} <= set(
        texts.PHRASES
    )
