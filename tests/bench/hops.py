"""Dialling: 16 callers at once walk from the first screen to the confirmation, hop by hop, and every screen is checked;
beside an empty Flask view on the same server. A caller sends the next hop when the last one was answered. CPU is
what the server's processes use for each hop: steadier than the rate on a machine that does other things as well."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from gateway.config import ROOT, Settings
from gateway.processes import web
from tests.bench.ground import Ground, percentile
from tests.bench.line import Line
from tests.standin.processes import Processes, cpu_seconds, free_port, get
from tests.standin.screens import MORE, Screen

_CALLERS, _SECONDS, _ROUNDS = 16, 4, 3
_CODE = "*384*1972#"
#: By label, so that a changed menu does not change what is measured.
_WORDS = "Stage 7 market"
_PATH = ("Report a problem", "Garbage & dumping", "Illegal dumping", "Kasarani", "Clay City", _WORDS, "Cancel")

Walk = list[tuple[str, bytes]]


def measure(ground: Ground) -> Sequence[Sequence[str]]:
    with ground.empty_database() as url:
        environment = ground.environment(url)
        with ground.processes(environment) as processes, empty_view(ground, environment) as (port, empty):
            upgrade(processes)
            processes.start("web")
            processes.wait_until_ready()
            walks = asyncio.run(_learn(processes.port))
            ours, theirs = Load(), Load()
            # In turns: whatever else the machine does falls on both.
            for _round in range(_ROUNDS):
                theirs.add(port, [[("", b"END Hatua")]] * _CALLERS, empty)
                ours.add(processes.port, walks, processes.pid("web"))
    return (
        ("", "hops/s", "p50 ms", "p99 ms", "cpu us", "ratio"),
        _row("an empty Flask view", theirs, theirs),
        _row("a hop of Hatua", ours, theirs),
    )


@dataclass
class Load:
    """Seconds of every hop, and what the server used for all of them."""

    times: list[float] = field(default_factory=list)
    cpu: float = 0

    def add(self, port: int, walks: list[Walk], server: int) -> None:
        before = cpu_seconds(server)
        self.times += asyncio.run(_load(port, walks))
        self.cpu += cpu_seconds(server) - before


def _row(name: str, load: Load, base: Load) -> tuple[str, ...]:
    hops = len(load.times)
    p50, p99 = (percentile(load.times, part) * 1000 for part in (0.5, 0.99))
    rate, cpu, ratio = hops / (_SECONDS * _ROUNDS), load.cpu / hops * 1_000_000, hops / len(base.times)
    return name, f"{rate:.0f}", f"{p50:.1f}", f"{p99:.1f}", f"{cpu:.0f}", f"{ratio:.2f}"


async def _learn(port: int) -> list[Walk]:
    """Each caller walks twice, the second time as a caller who is known; that walk is what is repeated."""
    walks = []
    for number in range(_CALLERS):
        caller = await _Caller.open(port, f"+2547000004{number:02d}")
        await _walk(caller)
        walks.append(await _walk(caller))
        caller.close()
    return walks


async def _walk(caller: _Caller) -> Walk:
    sid, text = _sid(), ""
    screen = await caller.hop(sid, text)
    walk = [(text, screen)]
    wanted = list(_PATH)
    while screen.startswith(b"CON "):
        options = Screen(screen.decode()).options
        if wanted[0] in options:
            pressed = options[wanted.pop(0)]
        elif "English" in options:
            pressed = options["English"]
        elif MORE in options.values():
            pressed = MORE
        else:
            assert wanted.pop(0) == _WORDS, f"{screen!r} is not on the way"
            pressed = _WORDS
        text = f"{text}*{pressed}" if text else pressed
        screen = await caller.hop(sid, text)
        walk.append((text, screen))
    return walk


async def _load(port: int, walks: list[Walk]) -> list[float]:
    """Seconds of every hop."""
    end = time.perf_counter() + _SECONDS
    times: list[float] = []

    async def call(number: int, walk: Walk) -> None:
        caller = await _Caller.open(port, f"+2547000004{number:02d}")
        while time.perf_counter() < end:
            sid = _sid()
            for text, expected in walk:
                began = time.perf_counter()
                screen = await caller.hop(sid, text)
                # The last call is not cut off: the next round would be asked whether to go on with it.
                if began < end:
                    times.append(time.perf_counter() - began)
                assert screen == expected, (text, screen, expected)
        caller.close()

    await asyncio.gather(*(call(number, walk) for number, walk in enumerate(walks)))
    return times


class _Caller:
    def __init__(self, line: Line, phone: str) -> None:
        self._line, self._phone = line, phone

    @classmethod
    async def open(cls, port: int, phone: str) -> _Caller:
        return cls(await Line.open(port), phone)

    async def hop(self, sid: str, text: str) -> bytes:
        return await self._line.post(
            "ussd",
            {
                "sessionId": sid,
                "phoneNumber": self._phone,
                "serviceCode": _CODE,
                "text": text,
                "networkCode": "63902",
            },
        )

    def close(self) -> None:
        self._line.close()


@contextmanager
def empty_view(ground: Ground, environment: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """The same server with the same options, and nothing behind it: its port, and its process."""
    port = free_port()
    settings = Settings.read({**environment, "PORT": str(port)}, var=ground.folder)
    arguments = [*web.arguments(settings)[:-1], "tests.bench.empty:app"]
    with ground.python("-m", "granian", *arguments, environment={}) as server:
        while get(port, "/readyz") is None:
            time.sleep(0.05)
        yield port, server.pid


def _sid() -> str:
    return f"ATUid_{secrets.token_hex(16)}"


def upgrade(processes: Processes) -> None:
    """The tables, and the menu in force."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    subprocess.run(command, cwd=ROOT, env=processes.environment, check=True, capture_output=True)
