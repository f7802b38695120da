from __future__ import annotations

from datetime import timedelta

from gateway.complaints import queries, service, states
from gateway.complaints.service import Actor
from gateway.config import Settings
from gateway.db import Database
from tests.gateway import cast


def test_people_see_their_own_complaints_the_newest_first(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        filed = [
            cast.file_complaint(session, settings, filed_by=f"ussd:{n}:done", after=timedelta(hours=n))
            for n in range(3)
        ]
        other = cast.file_complaint(session, settings, owner=cast.BRIAN, filed_by="ussd:other:done")
        amina = cast.person(session, cast.AMINA)

        assert queries.own_complaints(session, amina) == filed[::-1]
        assert queries.own_complaints(session, amina, limit=1) == [filed[2]]
        before = cast.NOW + timedelta(hours=1)
        assert queries.own_complaints(session, amina, filed_before=before) == [filed[1], filed[0]]
        assert queries.own_complaint(session, amina, filed[0].reference) == filed[0]
        assert queries.own_complaint(session, amina, other.reference) is None


def test_open_jobs_are_ordered_by_danger_then_by_age(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cast.load_roster(session, f"phone,name,role,department,area\n{cast.OTIENO},Mary Otieno,officer,*,*")
        old, reopened, new, urgent, done = (
            cast.file_complaint(session, settings, category=category, filed_by=str(n), after=timedelta(hours=n))
            for n, category in enumerate(("T1", "T2", "T3", "D2", "T5"))
        )
        otieno = Actor(cast.person(session, cast.OTIENO), "sms")
        amina = Actor(cast.person(session, cast.AMINA), "sms")
        now = cast.NOW + timedelta(hours=9)
        for complaint, verb, actor in (
            (reopened, states.DONE, otieno),
            (reopened, states.NO, amina),
            (done, states.DONE, otieno),
        ):
            service.move(
                session, settings, now=now, complaint=complaint, verb=verb, actor=actor, words="cleared by truck"
            )

        assert queries.open_jobs(session, otieno.person) == [urgent, reopened, old, new]
