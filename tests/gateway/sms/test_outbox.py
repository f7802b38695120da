from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from gateway import people
from gateway.models import Message, Person
from gateway.services import Services
from gateway.sms import gate, outbox, recovery, settling, stops
from gateway.sms.outbox import ANSWER, DIGEST, UPDATE, Claimed
from gateway.sms.outcomes import Accepted, Held, NotSent, NotTried, Outcome, Refused, Unknown
from tests.gateway.sms.conftest import AMINA, NOW, OTIENO, TIMING, Owe, Row


def claim(services: Services, *, after: float = 0, limit: int = 50) -> list[Claimed]:
    with services.db.transaction() as session:
        return outbox.claim(session, NOW + timedelta(seconds=after), TIMING, limit)


def settle(services: Services, *results: tuple[Claimed, Outcome], after: float = 1) -> None:
    with services.db.transaction() as session:
        settling.settle(session, NOW + timedelta(seconds=after), TIMING, results)


def test_the_same_cause_owes_one_message_however_often(services: Services, owe: Owe) -> None:
    first = owe(key="event:1:owner")

    assert owe(key="event:1:owner") == 0
    assert owe(key="event:1:officer") > first


def test_two_processes_that_owe_the_same_write_one_row(services: Services, owe: Owe) -> None:
    owe(key="first")
    start = threading.Barrier(4)

    def owe_it() -> None:
        start.wait()
        owe(key="event:1:owner")

    threads = [threading.Thread(target=owe_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with services.db.reading() as session:
        assert session.scalar(select(func.count(Message.id)).where(Message.dedupe_key == "event:1:owner")) == 1


def test_a_message_goes_with_the_change_that_owes_it(services: Services, owe: Owe) -> None:
    owe(key="known person")

    with pytest.raises(RuntimeError), services.db.transaction() as session:
        amina = people.find_or_add(session, services.phones, AMINA, NOW)
        outbox.owe(session, services.settings, person=amina, phrase="sms.optin", values={}, dedupe_key="lost", now=NOW)
        raise RuntimeError

    with services.db.reading() as session:
        assert session.scalar(select(func.count(Message.id)).where(Message.dedupe_key == "lost")) == 0


@pytest.mark.parametrize(
    ("language", "words"),
    [(None, "or dial *384*1972#"), ("en", "or dial *384*1972#"), ("sw", "au piga *384*1972#")],
)
def test_a_person_is_written_to_in_their_language(language: str | None, words: str, services: Services) -> None:
    with services.db.transaction() as session:
        amina = people.find_or_add(session, services.phones, AMINA, NOW)
        amina.language = language
        message = outbox.owe(
            session, services.settings, person=amina, phrase="sms.unknown", values={}, dedupe_key="1", now=NOW
        )

    assert message is not None
    assert words in message.body


def test_a_cause_of_any_length_is_owed_once(owe: Owe) -> None:
    assert owe(key="ussd:" + "x" * 500) > 0
    assert owe(key="ussd:" + "x" * 500) == 0


def test_a_claim_gives_the_number_and_the_words_to_one_claimer(services: Services, owe: Owe, row: Row) -> None:
    message_id = owe()

    (claimed,) = claim(services)

    assert claimed.id == message_id
    assert claimed.attempt == 1
    assert services.phones.open(claimed.phone_sealed) == AMINA
    assert claimed.body == row(message_id).body
    assert row(message_id).state == "sending"
    assert claim(services) == []


def test_one_person_gets_messages_one_by_one_in_order(services: Services, owe: Owe) -> None:
    owed = [owe() for _ in range(3)]
    sent = []

    while claimed := claim(services):
        assert len(claimed) == 1
        sent.append(claimed[0].id)
        settle(services, (claimed[0], Accepted(None, "Success")))

    assert sent == owed


def test_a_message_in_doubt_holds_up_only_its_own_receiver(services: Services, owe: Owe) -> None:
    owe(AMINA)
    (first,) = claim(services)
    settle(services, (first, Unknown("connection lost")))
    owe(AMINA)
    to_otieno = owe(OTIENO)

    assert [claimed.id for claimed in claim(services)] == [to_otieno]


def test_a_message_that_waits_for_its_next_attempt_is_not_overtaken(services: Services, owe: Owe) -> None:
    first = owe()
    settle(services, (claim(services)[0], NotSent("HTTP 429", retry_after=60)))
    owe(urgency=ANSWER)

    assert claim(services, after=10) == []
    assert [claimed.id for claimed in claim(services, after=100)] == [first]


def test_an_answer_passes_what_is_kept_for_later(services: Services, owe: Owe) -> None:
    kept = owe()
    with services.db.transaction() as session:
        session.execute(update(Message).values(not_before=NOW + timedelta(hours=8)))
    answer = owe(urgency=ANSWER)

    assert [claimed.id for claimed in claim(services)] == [answer]
    settle(services, (Claimed(answer, 1, "", "", NOW, NOW), Accepted(None, "Success")))
    assert [claimed.id for claimed in claim(services, after=8 * 3600)] == [kept]


def test_the_most_urgent_go_first(services: Services, owe: Owe) -> None:
    digest = owe("+254700000102", urgency=DIGEST)
    update_ = owe("+254700000103", urgency=UPDATE)
    answer = owe("+254700000104", urgency=ANSWER)

    assert [claim(services, limit=1)[0].id for _ in range(3)] == [answer, update_, digest]


def test_workers_at_once_never_claim_one_message_twice(services: Services, owe: Owe) -> None:
    owed = {owe(f"+2547000002{number:02d}") for number in range(40)}
    # Two messages of a person must not be in flight together either.
    for number in range(40):
        owe(f"+2547000002{number:02d}")
    claimed: list[Claimed] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        while batch := claim(services, limit=3):
            claimed.extend(batch)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.id for one in claimed) == sorted(owed)


def test_a_later_row_that_was_committed_first_keeps_the_earlier_one_waiting(services: Services, owe: Owe) -> None:
    later = owe()
    (in_flight,) = claim(services)
    assert in_flight.id == later
    with services.db.transaction() as session:
        amina = session.scalars(select(Person)).one()
        session.add(
            Message(
                id=-1,
                person_id=amina.id,
                phrase="sms.optin",
                body="Hatua",
                dedupe_key="earlier",
                urgency=ANSWER,
                state="queued",
                not_before=NOW,
                expires_at=NOW + timedelta(hours=1),
                created_at=NOW,
            )
        )

    assert claim(services) == []


AFTER: dict[str, tuple[Outcome, dict[str, Any]]] = {
    "accepted": (
        Accepted("ATXid_1", "Success", 1, "KES 0.8000"),
        {"state": "submitted", "provider_id": "ATXid_1", "parts": 1, "cost": "KES 0.8000", "attempt": 1},
    ),
    "accepted without an id": (Accepted(None, "Success"), {"state": "submitted", "provider_id": None}),
    "not sent": (NotSent("no connection"), {"state": "queued", "attempt": 1, "reason": "no connection"}),
    "refused": (Refused("CouldNotRoute"), {"state": "refused", "reason": "CouldNotRoute", "finished_at": NOW}),
    "held": (Held("HTTP 401"), {"state": "queued", "attempt": 0, "not_before": NOW}),
    "doubtful": (Unknown("HTTP 500"), {"state": "unknown", "unknown_at": NOW, "attempt": 1}),
    "not tried": (NotTried(), {"state": "queued", "attempt": 0, "not_before": NOW, "reason": None}),
}


@pytest.mark.parametrize("label", AFTER)
def test_every_outcome_has_its_state(label: str, services: Services, owe: Owe, row: Row) -> None:
    outcome, expected = AFTER[label]
    message_id = owe()

    settle(services, (claim(services)[0], outcome), after=0)

    message = row(message_id)
    assert {name: getattr(message, name) for name in expected} == expected


def test_each_attempt_waits_longer_than_the_one_before(services: Services, owe: Owe, row: Row) -> None:
    message_id = owe()
    pauses = []
    after = 0.0

    for _ in range(4):
        settle(services, (claim(services, after=after)[0], NotSent("no connection")), after=after)
        pause = (row(message_id).not_before - NOW).total_seconds() - after
        pauses.append(pause)
        after += pause

    assert pauses == sorted(pauses)
    assert 4 <= pauses[0] <= 6
    assert 300 < pauses[3] < 600


def test_nothing_is_asked_again_before_the_carrier_wants_it(services: Services, owe: Owe, row: Row) -> None:
    ids = [owe(f"+2547000003{number:02d}") for number in range(30)]

    settle(services, *((claimed, NotSent("HTTP 429", retry_after=60)) for claimed in claim(services)), after=0)

    assert all(60 <= (row(message_id).not_before - NOW).total_seconds() <= 72 for message_id in ids)


def test_a_disputed_refusal_is_tried_once_more(services: Services, owe: Owe, row: Row) -> None:
    message_id = owe()

    settle(services, (claim(services)[0], NotSent("RejectedByGateway", tries=2)))
    assert row(message_id).state == "queued"
    settle(services, (claim(services, after=60)[0], NotSent("RejectedByGateway", tries=2)))
    assert row(message_id).state == "refused"


def test_a_result_of_an_older_attempt_says_nothing_of_the_present_one(services: Services, owe: Owe, row: Row) -> None:
    message_id = owe()
    (old,) = claim(services)
    settle(services, (old, NotSent("no connection")))
    claim(services, after=60)

    settle(services, (old, Refused("CouldNotRoute")), after=61)

    assert row(message_id).state == "sending"
    assert row(message_id).attempt == 2


def test_one_id_for_two_messages_does_not_undo_the_batch(services: Services, owe: Owe, row: Row) -> None:
    ids = [owe(AMINA), owe(OTIENO), owe("+254700000103")]
    one, two, three = claim(services)

    settle(services, (one, Accepted("same", "Success")), (two, Accepted("same", "Success")))
    settle(services, (three, Accepted("other", "Success")))

    assert [row(message_id).state for message_id in ids] == ["submitted"] * 3
    assert [row(message_id).provider_id for message_id in ids] == [None, None, "other"]


def test_whoever_stopped_gets_answers_only(services: Services, owe: Owe, row: Row) -> None:
    unasked, answer = owe(), owe(urgency=ANSWER)
    with services.db.transaction() as session:
        stops.stop(session, session.scalars(select(Person.id)).one(), stops.OPTOUT, NOW)

    assert [claimed.id for claimed in claim(services)] == [answer], "and it waits for no other claim"
    assert row(unasked).state == "suppressed"


def test_a_blacklisted_number_gets_nothing_unasked_again(services: Services, owe: Owe, row: Row) -> None:
    refused, unasked = owe(), owe()

    settle(services, (claim(services)[0], Refused("UserInBlacklist", stops_number=True)))

    assert claim(services) == []
    assert row(refused).state == "refused"
    assert row(unasked).state == "suppressed"
    with services.db.reading() as session:
        assert session.scalars(select(Person.sms_stopped_by)).one() == "UserInBlacklist"


def test_a_wrong_key_holds_everybody_and_burns_no_attempt(services: Services, owe: Owe, row: Row) -> None:
    first, _ = owe(AMINA), owe(OTIENO)
    settle(services, *((claimed, Held("HTTP 401")) for claimed in claim(services)))

    assert claim(services, after=30) == []
    probe = claim(services, after=62)
    assert [claimed.id for claimed in probe] == [first]
    assert probe[0].attempt == 1
    assert claim(services, after=63) == []

    settle(services, (probe[0], Accepted(None, "Success")), after=64)
    assert len(claim(services, after=65)) == 1


def test_one_message_that_alone_is_the_trouble_does_not_stand_for_all(services: Services, owe: Owe) -> None:
    owe(AMINA, urgency=ANSWER)
    (bad,) = claim(services)
    to_otieno = owe(OTIENO)
    settle(services, (bad, Held("RiskHold")))

    (probe,) = claim(services, after=62)
    assert probe.id == to_otieno
    settle(services, (probe, Accepted(None, "Success")), after=63)

    assert [claimed.id for claimed in claim(services, after=64)] == [bad.id]


def test_a_message_that_was_tried_and_held_is_not_overtaken_by_an_answer(services: Services, owe: Owe) -> None:
    first = owe()
    settle(services, (claim(services)[0], Held("HTTP 401")), after=100)
    owe(urgency=ANSWER)

    # A clock that is a little behind that of the worker who was refused.
    assert claim(services, after=99) == []
    assert [claimed.id for claimed in claim(services, after=161)] == [first]


@pytest.mark.parametrize(
    "outcome", [Unknown("HTTP 500"), Refused("HTTP 400", is_puzzling=True)], ids=["doubtful", "puzzling"]
)
def test_three_bad_answers_in_a_row_hold_the_rest(outcome: Outcome, services: Services, owe: Owe) -> None:
    for number in range(5):
        owe(f"+25470000030{number}")

    for after in (0, 1, 2):
        settle(services, (claim(services, limit=1, after=after)[0], outcome), after=after)

    assert claim(services, after=30) == []
    assert len(claim(services, after=63)) == 1


def test_numbers_that_are_refused_for_good_reason_hold_nobody(services: Services, owe: Owe) -> None:
    for number in range(5):
        owe(f"+25470000030{number}")

    for _ in range(4):
        settle(services, (claim(services, limit=1)[0], Refused("CouldNotRoute")))

    assert len(claim(services)) == 1


def test_a_claim_that_nobody_heard_of_is_given_back_and_another_one_is_not(
    services: Services, owe: Owe, row: Row
) -> None:
    message_id = owe()
    (unheard,) = claim(services)
    settle(services, (unheard, NotTried()))
    assert row(message_id).state == "queued"

    (present,) = claim(services, after=5)
    assert present.attempt == unheard.attempt
    settle(services, (unheard, NotTried()), after=6)
    assert row(message_id).state == "sending"


def test_doubts_with_a_good_answer_between_them_hold_nothing(services: Services, owe: Owe) -> None:
    for number in range(6):
        owe(f"+25470000030{number}")

    for outcome in (Unknown("x"), Unknown("x"), Accepted(None, "Success"), Unknown("x"), Unknown("x")):
        settle(services, (claim(services, limit=1)[0], outcome))

    assert len(claim(services)) == 1


def test_what_is_held_by_hand_is_not_probed_nor_opened_by_a_late_answer(services: Services, owe: Owe) -> None:
    owe(AMINA)
    (in_flight,) = claim(services)
    owe(OTIENO)
    with services.db.transaction() as session:
        gate.hold(session, NOW, "by hand", probe_at=None)

    settle(services, (in_flight, Accepted(None, "Success")))

    assert claim(services, after=3600) == []


def test_a_hold_by_hand_replaces_one_by_itself_and_ends_by_hand(services: Services, owe: Owe) -> None:
    owe(AMINA)
    settle(services, (claim(services)[0], Held("HTTP 401")))
    with services.db.transaction() as session:
        gate.hold(session, NOW, "carrier is being changed", probe_at=None)
    assert claim(services, after=3600) == []

    with services.db.transaction() as session:
        assert gate.release(session)
        assert not gate.release(session)
    assert len(claim(services, after=3601)) == 1


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda session: outbox.claim(session, NOW, TIMING, 50), "ix_messages_due"),
        (lambda session: outbox.due_since(session, NOW), "ix_messages_due"),
        (lambda session: recovery.expire(session, NOW), "ix_messages_expiry"),
        (lambda session: recovery.end_leases(session, NOW, TIMING), "ix_messages_"),
    ],
    ids=["claim", "due", "expiry", "leases"],
)
def test_a_hundred_thousand_waiting_messages_are_found_by_index(
    ask: Callable[[Session], object], index: str, services: Services, owe: Owe
) -> None:
    owe()
    asked: list[tuple[str, Any]] = []
    event.listen(services.db.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    with services.db.transaction() as session:
        ask(session)
    of_messages = [one for one in asked if one[0].startswith(("UPDATE messages", "SELECT messages"))]
    with services.db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")
        statement, parameters = of_messages[0]
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        plan = "\n".join(str(line) for line in connection.exec_driver_sql(explain + statement, parameters))

    # PostgreSQL chooses among its indexes by what the table holds, which is one row here.
    assert (index if is_sqlite else "ix_messages_") in plan
    assert "SCAN m" not in plan
    assert "Seq Scan" not in plan
