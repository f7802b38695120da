from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from gateway import people
from gateway.db import Database
from gateway.models import Person
from tests.gateway import cast


def test_a_number_is_one_person_also_when_ten_meet_them_at_once(database: Database) -> None:
    together = Barrier(10)

    def meet(_: int) -> int:
        together.wait(timeout=30)
        with database.transaction() as session:
            return people.find_or_add(session, cast.PHONES, cast.AMINA, cast.NOW).id

    with ThreadPoolExecutor(10) as threads:
        ids = set(threads.map(meet, range(10)))

    assert len(ids) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count(Person.id))) == 1


def test_a_stranger_is_nobody_and_a_number_is_never_stored_in_clear(database: Database) -> None:
    with database.transaction() as session:
        assert people.by_phone(session, cast.PHONES, cast.AMINA) is None
        added = people.find_or_add(session, cast.PHONES, cast.AMINA, cast.NOW)
        assert people.by_phone(session, cast.PHONES, cast.AMINA) is added
        assert (added.language, cast.PHONES.open(added.phone_sealed)) == (None, cast.AMINA)
        assert "700000001" not in added.phone_hash + added.phone_sealed
