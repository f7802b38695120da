"""Kept connections to Redis: a Redis that was started anew is found again, one that is away is said to be."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError, ResponseError

from gateway.processes.embedded_redis import EmbeddedRedis
from sessions.line import Line
from sessions.store import connect
from tests.sessions.village import Phone, Village


@pytest.fixture
def line(redis_url: str) -> Line:
    return Line(connect(redis_url))


def test_strings_come_back_as_they_were_sent(line: Line) -> None:
    line.ask("SET", "k\u00e9y", "Kwa M\u2019ama", "EX", 5)

    assert line.ask("MGET", "k\u00e9y", "nothing") == ["Kwa M\u2019ama".encode(), None]


def test_an_answer_that_is_a_fault_spoils_nothing(line: Line) -> None:
    line.ask("RPUSH", "list", "1")
    with pytest.raises(ResponseError):
        line.ask("GET", "list")

    assert line.ask("LLEN", "list") == 1


def test_each_of_many_threads_gets_its_own_answer(line: Line) -> None:
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda n: line.ask("ECHO", str(n)), range(2000)))

    assert answers == [str(n).encode() for n in range(2000)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """Its address, and how to start and how to kill it."""
    redis = EmbeddedRedis(tmp_path / "own.sock", tmp_path / "own", durable=False)
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        running.append(redis.start())
        redis.wait_until_ready(running[-1])

    def kill() -> None:
        with running.pop() as process:
            process.kill()

    start()
    yield f"unix://{redis.listen}", start, kill
    kill()


def test_a_redis_that_was_started_anew_is_found_again(
    server: tuple[str, Callable[[], None], Callable[[], None]],
) -> None:
    url, start, kill = server
    line = Line(connect(url))
    assert line.ask("PING")
    kill()
    with pytest.raises(ConnectionError):
        line.ask("PING")

    start()

    assert line.ask("PING")


def test_a_call_goes_on_with_a_redis_that_was_started_anew_and_knows_no_script(
    server: tuple[str, Callable[[], None], Callable[[], None]], village: Village
) -> None:
    url, start, kill = server
    village.redis = connect(url)
    phone = Phone(village.conversation())
    phone.dial()
    phone.press("1")
    kill()
    start()

    assert phone.press("1").text.startswith("What is the problem?")
    village.database_is_away = True
    assert phone.press("1").text.startswith("Choose the problem"), "it was saved"
