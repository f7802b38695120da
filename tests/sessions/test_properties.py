"""Random walks over the Nairobi menu and over random menus: whatever the carrier repeats, delays or doubles, and
however often the store is emptied, a caller sees the same screens, and each confirmation files once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from redis import Redis

from menus.check import check
from menus.program import Program
from sessions.ports import Done, Item
from tests.sessions.conftest import SHIPPED
from tests.sessions.nairobi import whole_program
from tests.sessions.village import Phone, Village

LOST = 0.4
HOPS = 12
SETTINGS = settings(
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)

NUMBERS = st.sampled_from([*map(str, range(1, 10)), "10", "12", "17", "0", "00", "98", "01", "2."])
ODD = st.sampled_from(["", "x", "*", "99", "1*1", "2*1*3", "#", "ab", "١", "y" * 90, "\u2019\u2018", "0*1"])
TEXTS = st.sampled_from(
    [
        "Stage 7*8",
        "Kwa Mama Njeri",
        "shule*1",
        "1*2*3 soko",
        "a b c",
        "*Chiefs camp*",
        "98 shops",
        "Kayole",
        "rongai",
        "Embakasi",
        "4821759",
    ]
)
#: A walk that gets anywhere takes sensible numbers most of the time.
ANSWERS = st.one_of(NUMBERS, NUMBERS, NUMBERS, TEXTS, ODD)


class Mischief:
    """What a carrier and a store may do around one hop."""

    def __init__(self, draw: Callable[..., object], redis: Redis) -> None:
        self._draw = draw
        self._redis = redis

    def chance(self, probability: float) -> bool:
        return self._draw(st.floats(0, 1, exclude_max=True)) < probability  # type: ignore[operator]

    def before(self, phone: Phone) -> None:
        if self.chance(LOST):
            self._redis.flushdb()
        if len(phone.screens) > 1 and self.chance(0.2):
            phone.repeat()
        if self.chance(0.1):
            phone.late(self._draw(st.integers(0, 3)))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Twins:
    """Two Redis databases, for the same walk undisturbed and disturbed."""

    calm: Redis
    rough: Redis


@pytest.fixture
def twins(redis_url: str) -> Iterator[Twins]:
    with Redis.from_url(redis_url) as calm, Redis.from_url(f"{redis_url}?db=1") as rough:
        yield Twins(calm, rough)


def walk(twins: Twins, source: str, program: Program, answers: list[str], data: st.DataObject) -> int:
    """Both sessions to the end of the walk; returns the hops made."""
    twins.calm.flushall()
    calm_village, village = (Village(redis, source, program=program) for redis in (twins.calm, twins.rough))
    calm, rough = Phone(calm_village.conversation()), Phone(village.conversation())
    mischief = Mischief(data.draw, twins.rough)
    calm.dial()
    rough.dial()
    for answer in answers:
        if not calm.screen.goes_on:
            break
        calm.press(answer)
        mischief.before(rough)
        rough.press(answer)
        assert rough.screen == calm.screen, (answer, calm.text)
    rough.repeat()
    assert rough.screen == calm.screen
    done = [record.at for record in village.filed]
    assert done == [record.at for record in calm_village.filed]
    assert len(done) == len(set(done)), "nothing is done twice"
    return len(calm.screens) + len(rough.screens)


def test_walks_over_the_nairobi_menu(twins: Twins) -> None:
    hops = 0

    @settings(SETTINGS, max_examples=700)
    @given(st.lists(ANSWERS, min_size=4, max_size=HOPS), st.data())
    def check_walks(answers: list[str], data: st.DataObject) -> None:
        nonlocal hops
        start = data.draw(
            st.sampled_from(
                [
                    [],
                    ["1", "2"],
                    ["1", "1", "1", "2"],
                    ["1", "1", "1", "2", "9", "2"],
                    ["1", "1", "2", "1", "1", "1"],
                    ["2", "1", "1", "3", "1"],
                    ["2", "1", "1", "3", "1", "Kayole", "1"],
                ]
            )
        )
        hops += walk(twins, SHIPPED, whole_program(), [*start, *answers], data)

    check_walks()
    assert hops >= 20_000


def quoted(words: str) -> str:
    return f'{{en: "{words}", sw: "{words}"}}'


@st.composite
def menus(draw: st.DrawFn) -> str:
    """A small random tree of every kind of screen; `check` decides whether it is a menu."""
    count = draw(st.integers(3, 7))
    names = [f"s{n}" for n in range(count)]
    later = lambda n: st.sampled_from([*names[n + 1 :], *names])  # noqa: E731 - mostly forward, sometimes back
    screens = []
    for n, name in enumerate(names[:-1]):
        kind = draw(st.sampled_from(["choose", "choose", "pick", "text", "number", "send"]))
        title = quoted(f"Screen {n}")
        go = draw(later(n))
        if kind == "choose":
            options = "\n".join(
                f'      {number}: {{all: "Option {number}", save: v{number}, go: {draw(later(n))}}}'
                for number in sorted(draw(st.sets(st.integers(1, 6), min_size=1, max_size=4)))
            )
            body = f"    choose:\n{options}\n    save: a{n}"
        elif kind == "pick":
            body = f"    pick: {{from: things, longest: 12}}\n    save: a{n}\n    go: {go}"
        elif kind == "send":
            answer = draw(st.integers(0, max(n - 1, 0)))
            title = quoted(f"Send {{a{answer}:20}}?")
            body = (
                f'    choose:\n      1: {{all: "Send", do: file, go: {{done: {go}}}}}\n      2: {{all: "No", go: {go}}}'
            )
        else:
            ask = "text: 2 to 12" if kind == "text" else "number: 1 to 50"
            body = f"    ask: {{{ask}}}\n    save: a{n}\n    go: {go}"
        screens.append(f"  {name}:\n    say: {title}\n{body}")
    screens.append(f"  {names[-1]}:\n    end: {quoted('The end.')}")
    head = SHIPPED[SHIPPED.index("words:") : SHIPPED.index("screens:")]
    return f"menu: random\nlanguages: [en, sw]\nstart: s0\n{head}screens:\n" + "\n".join(screens)


def little_program() -> Program:
    program = Program()
    program.listing("things", longest=12)(lambda record, of: [Item(f"t{n}", f"Thing {n}") for n in range(1, 15)])
    program.action("file", outcomes=["done"], gives={}, sends=True)(lambda record, reference: Done("done", {}))
    return program


def test_walks_over_random_menus(twins: Twins) -> None:
    program = little_program()
    hops = 0

    @settings(SETTINGS, max_examples=300)
    @given(menus(), st.lists(ANSWERS, min_size=4, max_size=HOPS), st.data())
    def check_walks(source: str, answers: list[str], data: st.DataObject) -> None:
        nonlocal hops
        unproved = [fault for fault in check(source, program) if fault.code not in ("M03", "M13")]
        assume(not unproved)
        hops += walk(twins, source, program, answers, data)

    check_walks()
    assert hops >= 2_000
