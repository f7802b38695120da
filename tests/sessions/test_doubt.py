"""The journal could not be written, and then Redis is lost: what was typed is never put together wrongly. The caller is
asked again for the text that might end in two places, and nothing is done that was not shown and confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis import Redis

from menus.load import load
from menus.program import Program
from sessions.deal import takes_all
from sessions.ports import JournalAway
from sessions.record import Record
from tests.sessions.conftest import SHIPPED, SMALL
from tests.sessions.nairobi import whole_program
from tests.sessions.test_properties import ANSWERS, SETTINGS, TEXTS, Twins, twins
from tests.sessions.village import Phone, Village, nairobi_program

__all__ = ["twins"]

TO_WARD = ("1", "1", "1", "2", "7")
TO_LANDMARK = (*TO_WARD, "1")
#: The longest call that is walked, and what leads on.
HOPS = 14
FORWARD = st.sampled_from(["1", "1", "2", "3", "9"])


def to_the_landmark(village: Village) -> Phone:
    phone = Phone(village.conversation())
    phone.dial()
    phone.press(*TO_LANDMARK)
    return phone


def unnoted(village: Village, phone: Phone, *answers: str) -> None:
    """Answered while the database is away; then it is back, and Redis is lost."""
    village.database_is_away = True
    phone.press(*answers)
    village.database_is_away = False
    village.redis.flushall()


def test_a_text_that_may_end_in_two_places_is_asked_again_and_nothing_is_filed(village: Village) -> None:
    phone = to_the_landmark(village)
    question = phone.screen
    unnoted(village, phone, "Chiefs camp")

    assert phone.press("1") == question
    assert village.filed == []

    assert phone.press("Chiefs camp").text.startswith("Illegal dumping\nClay City: Chiefs camp\n")
    assert "4000000" in phone.press("1").text
    assert [record.answers["landmark"].value for record in village.filed] == ["Chiefs camp"]


def test_a_text_with_stars_is_believed_once_its_question_was_asked_again(village: Village) -> None:
    phone = to_the_landmark(village)
    unnoted(village, phone, "Chiefs camp")
    phone.press("1")

    village.redis.flushall()
    assert "Clay City: Kwa 5*7" in phone.press("Kwa 5*7").text
    village.redis.flushall()
    phone.press("1")
    assert village.filed[0].answers["landmark"].value == "Kwa 5*7"


def test_where_every_way_ends_in_one_place_nothing_is_asked_again(village: Village) -> None:
    phone = to_the_landmark(village)
    calm = to_the_landmark(Village(village.redis, village.source))
    calm.press("x" * 80, "y" * 80)
    unnoted(village, phone, "x" * 80)

    assert phone.press("y" * 80) == calm.screen


def test_the_answers_before_the_text_are_not_in_doubt(village: Village) -> None:
    phone = Phone(village.conversation())
    phone.dial()
    calm = Phone(Village(village.redis, village.source).conversation(), sid="calm")
    calm.dial()
    calm.press(*TO_LANDMARK)
    unnoted(village, phone, *TO_WARD)

    assert phone.press("1") == calm.screen


def test_what_was_filed_before_the_loss_is_not_asked_for_again(village: Village) -> None:
    """Confirming is in the database, so the landmark cannot have been all that was typed."""
    phone = to_the_landmark(village)
    fails = True
    village.write_fails = lambda: fails
    phone.press("Chiefs camp")
    end = phone.press("1")
    fails = False
    village.redis.flushall()

    assert phone.send(phone.text) == end
    assert len(village.filed) == 1


def test_a_call_whose_beginning_nobody_knows_begins_anew(village: Village) -> None:
    phone = Phone(village.conversation())
    village.database_is_away = True
    first = phone.dial()
    phone.press("2", "1")
    village.database_is_away = False
    village.redis.flushall()

    assert phone.press("1") == first
    village.redis.flushall()
    assert "Ripoti shida" in phone.press("2").options


def test_a_code_dialled_whole_is_still_one_after_a_while(village: Village) -> None:
    village.database_is_away = True
    Phone(village.conversation()).dial()
    village.database_is_away = False
    for _ in range(400):
        village.time()
    later = Village(village.redis, village.source, time=lambda: village.time() + 301)

    assert Phone(later.conversation(), sid="later").dial("1*2").text.startswith("Choose the problem")


def test_a_fault_of_another_process_is_known_from_redis(village: Village) -> None:
    phone = to_the_landmark(village)
    question = phone.screen
    other = Phone(village.conversation(), sid="other", phone="+254700000002")
    village.database_is_away = True
    phone.press("Chiefs camp")
    other.dial()
    village.database_is_away = False
    village.redis.flushall()

    phone.conversation = other.conversation
    assert phone.press("1") == question


def test_more_answers_than_a_call_has_time_for_are_asked_again_at_once(village: Village) -> None:
    phone = to_the_landmark(village)
    question = phone.screen
    unnoted(village, phone, "x" * 80)

    assert phone.press("*".join(["x" * 80] * 100)) == question


def test_an_ordinary_loss_of_redis_doubts_nothing(village: Village) -> None:
    """The database has taken every write, so a star is what the caller has typed."""
    phone = to_the_landmark(village)
    village.redis.flushall()

    assert "Clay City: Kwa 5*7*1" in phone.press("Kwa 5*7*1").text


@dataclass
class Undisturbed:
    """The same answers without a fault; put back where the caller was asked again."""

    redis: Redis
    source: str
    program: Program
    answers: list[str] = field(default_factory=list)
    phone: Phone = field(init=False)
    village: Village = field(init=False)
    #: As it stood after each answer.
    records: list[Record] = field(init=False)

    def __post_init__(self) -> None:
        self._walk(self.answers)

    def press(self, answer: str) -> None:
        self.answers.append(answer)
        self.phone.press(answer)
        self._note()

    def put_back(self, to: Record) -> bool:
        """To an earlier text question of the call, or its beginning; False where it has never stood there."""
        menu = load(self.source)
        for answers in self._earlier():
            self._walk(answers)
            if state(self.records[-1]) == state(to) and (takes_all(menu, to) or not answers):
                return True
        return False

    def _earlier(self) -> list[list[str]]:
        """Whatever was answered by then: also in the middle of an answer with a star, which number screens cut."""
        whole = [self.answers[:number] for number in reversed(range(len(self.answers) + 1))]
        cut = [
            [*self.answers[:number], "*".join(answer.split("*")[:count])]
            for number, answer in enumerate(self.answers)
            for count in range(1, answer.count("*") + 1)
        ]
        return whole + cut

    def _walk(self, answers: list[str]) -> None:
        self.redis.flushdb()
        self.village = Village(self.redis, self.source, program=self.program)
        self.phone = Phone(self.village.conversation())
        self.phone.dial()
        self.answers, self.records = [], []
        self._note()
        for answer in answers:
            self.press(answer)

    def _note(self) -> None:
        record = stood(self.phone)
        assert record is not None
        self.records.append(record)


def stood(phone: Phone) -> Record | None:
    return phone.conversation.store.read(phone.sid, phone.caller_of(phone.phone)).record


def state(record: Record) -> tuple[object, ...]:
    return record.at, record.page, record.error, record.language, record.trail, dict(record.answers), record.shown


class Faults:
    """What may go wrong around one hop of a call."""

    def __init__(self, draw: Callable[..., object], redis: Redis, village: Village) -> None:
        self._draw = draw
        self._redis = redis
        village.write_fails = self.chance_of_a_hop
        self._of_this_hop = 0.0

    def chance(self, probability: float) -> bool:
        return self._draw(st.floats(0, 1, exclude_max=True)) < probability  # type: ignore[operator]

    def chance_of_a_hop(self) -> bool:
        """Whether a write fails: most of one hop, or none."""
        return self._of_this_hop > 0 and self.chance(self._of_this_hop)

    def before(self, *, is_text: bool) -> None:
        """Mostly where it hurts: a text that is not noted, and then the loss of what remembers it."""
        had_failed = self._of_this_hop > 0
        self._of_this_hop = 0.9 if self.chance(0.6 if is_text else 0.2) else 0.0
        if self.chance(0.1 if self._of_this_hop else 0.7 if had_failed else 0.2):
            self._redis.flushdb()

    def answer(self, *, is_text: bool) -> str:
        """Something sensible, most of the time."""
        return str(self._draw(st.one_of(TEXTS, TEXTS, ANSWERS) if is_text else st.one_of(FORWARD, FORWARD, ANSWERS)))


def walk(twins: Twins, source: str, program: Program, start: list[str], faults_of: Callable[[Village], Faults]) -> int:
    """One call with faults at random hops; returns how often the caller was asked again."""
    twins.calm.flushall()
    calm = Undisturbed(twins.calm, source, program)
    village = Village(twins.rough, source, program=program)
    phone = Phone(village.conversation())
    phone.dial()
    faults = faults_of(village)
    menu = load(source)
    asked_again = 0
    for number in range(HOPS):
        if not phone.screen.goes_on:
            break
        record = stood(phone)
        is_text = record is not None and takes_all(menu, record)
        answer = start[number] if number < len(start) else faults.answer(is_text=is_text)
        faults.before(is_text=is_text)
        filed = len(village.filed)
        try:
            phone.press(answer)
        except JournalAway:
            break  # neither store knows the call: it is over, politely
        calm.press(answer)
        record = stood(phone)
        assert record is not None
        # Not only the screen: the same question may be asked of another place.
        if state(record) != state(calm.records[-1]):
            assert len(village.filed) == filed, "nothing is done where a caller is asked again"
            assert calm.put_back(record), (phone.text, phone.screen, calm.answers)
            asked_again += 1
        assert phone.screen == calm.phone.screen
        # What is in the database was typed so, shown so, and confirmed.
        for done in village.filed[filed:]:
            assert (done.at, done.answers) == (calm.village.filed[-1].at, calm.village.filed[-1].answers)
    places = [record.at for record in village.filed]
    assert len(places) == len(set(places)), "nothing is done twice"
    return asked_again


@pytest.mark.parametrize(
    ("source", "program", "starts"),
    [
        pytest.param(SMALL, nairobi_program, [[*TO_WARD], [*TO_LANDMARK]], id="small"),
        pytest.param(
            SHIPPED,
            whole_program,
            [["1", "1", "1", "2", "9", "2"], ["1", "1", "2", "1", "1"], ["2", "1", "1", "3", "1"]],
            id="shipped",
        ),
    ],
)
def test_walks_with_failing_writes_and_lost_records(
    twins: Twins, source: str, program: Callable[[], Program], starts: list[list[str]]
) -> None:
    asked_again = 0

    @hypothesis_settings(SETTINGS, max_examples=120)
    @given(st.sampled_from(starts), st.data())
    def check_walks(start: list[str], data: st.DataObject) -> None:
        nonlocal asked_again
        asked_again += walk(twins, source, program(), start, lambda v: Faults(data.draw, twins.rough, v))

    check_walks()
    assert asked_again >= 5
