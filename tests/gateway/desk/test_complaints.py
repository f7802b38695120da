"""What the desk shows of complaints, and of those whom they did not reach."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from gateway.complaints import overview, reach, service, states
from gateway.complaints.service import Actor, Moved
from gateway.desk import history, rows
from gateway.models import Complaint, Event, Person
from gateway.models.messages import UNFINISHED
from gateway.services import Services
from gateway.sms import stops
from tests.gateway import cast
from tests.gateway.desk.conftest import Browser, File, complaint, end_messages

MASKED = "0700***001"


def person_id(services: Services, phone: str) -> int:
    with services.db.reading() as session:
        return session.scalars(select(Person.id).where(Person.phone_hash == services.phones.hash(phone))).one()


def deeds(services: Services) -> list[tuple[str, int | None]]:
    """What the desk has written down, and about whom."""
    with services.db.reading() as session:
        events = session.scalars(select(Event).where(Event.channel == "desk").order_by(Event.id))
        return [(event.verb, (event.facts or {}).get("person")) for event in events]


def move(services: Services, reference: str, phone: str, verb: str, words: str = "two lorries came") -> None:
    with services.db.transaction() as session:
        found = session.scalars(select(Complaint).where(Complaint.reference == reference)).one()
        moved = service.move(
            session,
            services.settings,
            now=cast.NOW,
            complaint=found,
            verb=verb,
            actor=Actor(cast.person(session, phone), "sms"),
            words=words,
        )
        assert isinstance(moved, Moved)


def press(browser: Browser, reference: str, deed: str, person: object) -> TestResponse:
    page = f"/desk/complaints/{reference}"
    return browser.post(f"{page}/{deed}", of=page, person=person)


def listed(browser: Browser, view: str = "open") -> list[str]:
    """The references on the page, in their order."""
    return re.findall(r'href="/desk/complaints/(\d+)"', browser.get(f"/desk/?view={view}").text)


class TestList:
    def test_each_sees_what_is_for_their_places_and_kinds(
        self, browser: Browser, another_browser: Browser, file: File
    ) -> None:
        maringo = file(filed_by="1")
        karen = file(filed_by="2", ward=cast.KAREN)
        water = file(filed_by="3", category="M1")

        assert listed(browser.sign_in(cast.OTIENO)) == [maringo]
        assert listed(another_browser.sign_in(cast.GRACE)) == [maringo, karen, water]

    def test_of_others_not_even_the_number_is_known(self, browser: Browser, file: File) -> None:
        karen = file(ward=cast.KAREN)
        browser.sign_in(cast.OTIENO)

        assert browser.get(f"/desk/complaints/{karen}").status_code == 404
        assert browser.get("/desk/complaints/0000000").status_code == 404
        assert press(browser, karen, "told", 1).status_code in (400, 404)

    def test_the_earliest_promise_comes_first(self, browser: Browser, file: File) -> None:
        later = file(filed_by="1", after=timedelta(hours=2))
        earlier = file(filed_by="2")

        assert listed(browser.sign_in(cast.GRACE)) == [earlier, later]

    def test_the_views_are_what_they_are_called(self, browser: Browser, file: File, services: Services) -> None:
        new = file(filed_by="1", after=timedelta(days=3000))
        late = file(filed_by="2", after=-timedelta(days=30))
        done = file(filed_by="3", after=timedelta(days=3000, hours=1))
        move(services, done, cast.OTIENO, states.DONE)
        closed = file(filed_by="4")
        move(services, closed, cast.OTIENO, states.DONE)
        move(services, closed, cast.AMINA, states.YES)
        browser.sign_in(cast.GRACE)

        assert listed(browser, "open") == [late, new]
        assert listed(browser, "late") == [late]
        assert listed(browser, "done") == [done]
        assert listed(browser, "not-reached") == []
        assert listed(browser, "nonsense") == [late, new]

    def test_what_did_not_reach_somebody_is_marked_and_listed(
        self, browser: Browser, file: File, services: Services
    ) -> None:
        reached = file(filed_by="1", owner=cast.BRIAN)
        missed = file(filed_by="2")
        end_messages(services, cast.AMINA, "failed", "AbsentSubscriber")
        browser.sign_in(cast.GRACE)

        assert listed(browser, "not-reached") == [missed]
        html = browser.get("/desk/").text
        assert html.count("1 not reached") == 1
        assert html.index("1 not reached") > html.index(missed) > html.index(reached)

    def test_a_long_list_is_turned_page_by_page(
        self, browser: Browser, file: File, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(overview, "PAGE", 2)
        filed = [file(filed_by=str(n), after=timedelta(minutes=n // 2)) for n in range(5)]
        browser.sign_in(cast.GRACE)

        seen, path = [], "/desk/?view=open"
        while path:
            html = browser.get(path).text
            seen.append(re.findall(r'href="/desk/complaints/(\d+)"', html))
            more = re.search(r'href="([^"]+)">More<', html)
            path = more[1].replace("&amp;", "&") if more else ""

        assert seen == [filed[:2], filed[2:4], filed[4:]]

    def test_a_complaint_is_found_by_its_number_as_people_write_it(self, browser: Browser, file: File) -> None:
        reference = file()
        browser.sign_in(cast.GRACE)

        found = browser.get(f"/desk/find?reference= {reference[:3]} {reference[3:]}.")

        assert found.location == f"/desk/complaints/{reference}"
        assert browser.get(browser.get("/desk/find?reference=none").location).status_code == 404


class TestNotReached:
    def test_the_complaint_says_who_was_not_reached_since_when_and_why(
        self, browser: Browser, file: File, services: Services
    ) -> None:
        reference = file()
        page = f"/desk/complaints/{reference}"
        browser.sign_in(cast.NJERI)
        assert "Not reached" not in browser.get(page).text
        end_messages(services, cast.AMINA, "failed", "AbsentSubscriber")
        end_messages(services, cast.OTIENO, "delivered")

        html = browser.get(page).text

        assert "Not reached" in html
        assert re.search(rf"<b>Resident</b>\s*<span class=\"phone\">{re.escape(MASKED)}</span>", html)
        assert "phone off, or no coverage" in html

    def test_a_number_that_has_sent_stop_is_named_as_such(
        self, browser: Browser, file: File, services: Services
    ) -> None:
        reference = file()
        end_messages(services, cast.AMINA, "suppressed")
        with services.db.transaction() as session:
            stops.stop(session, cast.person(session, cast.AMINA).id, stops.OPTOUT, cast.NOW)

        assert "has sent STOP" in browser.sign_in(cast.NJERI).get(f"/desk/complaints/{reference}").text

    @pytest.mark.parametrize("phone", [cast.NJERI, cast.GRACE])
    def test_whoever_may_call_is_shown_the_number_and_that_is_kept(
        self, browser: Browser, file: File, services: Services, phone: str
    ) -> None:
        reference = file()
        end_messages(services, cast.AMINA, "failed", "AbsentSubscriber")
        browser.sign_in(phone)
        assert cast.AMINA not in browser.get(f"/desk/complaints/{reference}").text

        shown = press(browser, reference, "number", person_id(services, cast.AMINA))

        assert shown.status_code == 200
        assert cast.AMINA in shown.text
        assert shown.headers["Cache-Control"] == "no-store"
        assert deeds(services) == [(reach.SHOWN, person_id(services, cast.AMINA))]
        again = browser.get(f"/desk/complaints/{reference}").text
        assert cast.AMINA not in again
        assert "looked at a phone number" in again

    def test_an_officer_sees_that_somebody_was_not_reached_and_no_number(
        self, browser: Browser, file: File, services: Services
    ) -> None:
        reference = file()
        end_messages(services, cast.AMINA, "failed", "AbsentSubscriber")
        browser.sign_in(cast.OTIENO)

        assert MASKED in browser.get(f"/desk/complaints/{reference}").text
        assert press(browser, reference, "number", person_id(services, cast.AMINA)).status_code == 404
        assert press(browser, reference, "told", person_id(services, cast.AMINA)).status_code == 404
        assert deeds(services) == []

    @pytest.mark.parametrize("deed", ["number", "told"])
    def test_nobody_is_looked_up_who_was_reached(
        self, browser: Browser, file: File, services: Services, deed: str
    ) -> None:
        reference = file()
        end_messages(services, cast.OTIENO, "failed", "AbsentSubscriber")
        browser.sign_in(cast.GRACE)

        for person in (person_id(services, cast.AMINA), 0, 10**30):
            answer = press(browser, reference, deed, person)
            assert answer.status_code == (200 if deed == "number" else 303)
            assert cast.AMINA not in answer.text
        for nobody in ("x", ""):
            assert press(browser, reference, deed, nobody).status_code == 404
        assert deeds(services) == []

    def test_whoever_was_called_is_not_reached_no_more(self, browser: Browser, file: File, services: Services) -> None:
        reference = file()
        end_messages(services, cast.AMINA, "failed", "AbsentSubscriber")
        browser.sign_in(cast.GRACE)

        answer = press(browser, reference, "told", person_id(services, cast.AMINA))

        assert (answer.status_code, answer.location) == (303, f"/desk/complaints/{reference}")
        html = browser.get(answer.location).text
        assert '<h2 id="missed">' not in html
        assert "told somebody by phone" in html
        assert "G.Achieng, desk" in html
        again = press(browser, reference, "told", person_id(services, cast.AMINA))
        assert (again.status_code, again.location) == (303, f"/desk/complaints/{reference}")
        assert [verb for verb, _ in deeds(services)] == [reach.TOLD]
        assert complaint(services, reference).state == states.RECEIVED


class TestHistory:
    def test_it_tells_who_did_what_and_what_became_of_each_message(
        self, browser: Browser, file: File, services: Services
    ) -> None:
        reference = file()
        end_messages(services, cast.AMINA, "delivered")
        end_messages(services, cast.OTIENO, "unconfirmed")
        move(services, reference, cast.OTIENO, states.DONE, "two lorries came")

        html = browser.sign_in(cast.NJERI).get(f"/desk/complaints/{reference}").text

        assert "<b>The resident</b> reported it" in html
        assert "<b>M.Otieno, officer</b> says it is done" in html
        assert "<blockquote>two lorries came</blockquote>" in html
        assert re.search(r"SMS to Resident: <span class=\"fate delivered\">delivered<", html)
        assert re.search(r"SMS to M.Otieno: <span class=\"fate unconfirmed\">may not have arrived<", html)
        assert cast.AMINA[4:] not in html
        assert cast.OTIENO[4:] not in html

    def test_what_was_tried_in_vain_is_in_it(self, browser: Browser, file: File, services: Services) -> None:
        reference = file()
        with services.db.transaction() as session:
            found = session.scalars(select(Complaint)).one()
            actor = Actor(cast.person(session, cast.AMINA), "sms")
            service.move(
                session, services.settings, now=cast.NOW, complaint=found, verb=states.YES, actor=actor, words=None
            )

        html = browser.sign_in(cast.NJERI).get(f"/desk/complaints/{reference}").text

        assert "says it is fixed, which was not possible" in html

    def test_words_of_people_are_words_and_no_html(self, browser: Browser, file: File, services: Services) -> None:
        reference = file()
        move(services, reference, cast.OTIENO, states.NOTE, "<script>alert(1)</script> & <b>bold</b>")

        html = browser.sign_in(cast.NJERI).get(f"/desk/complaints/{reference}").text

        assert "<script>" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;bold" in html


def test_every_verb_of_the_table_has_words() -> None:
    assert {row.verb for row in states.TRANSITIONS} <= set(history.DEEDS)


def test_every_state_has_words() -> None:
    closed = {f"{states.CLOSED}.{outcome}" for outcome in (states.CONFIRMED, states.SILENT, states.WITHDRAWN)}

    assert set(rows.STATES) == {*states.STATES, *closed} - {states.CLOSED}


def test_every_end_of_a_message_has_words() -> None:
    assert set(UNFINISHED) <= set(history.FATES)
    assert {"submitted", *reach.NOT_REACHED} <= set(history.FATES)
