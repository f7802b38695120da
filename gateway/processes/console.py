"""What the operator of `run` reads: every child's output line by line, each with the name of who wrote it."""

from __future__ import annotations

import os
import selectors
import sys
from contextlib import suppress
from typing import IO

_READ_BYTES = 65536
_LONGEST_LINE = 100_000


class Console:
    def __init__(self, names: list[str]) -> None:
        self._width = max(map(len, names))
        self._open: dict[IO[bytes], tuple[str, bytearray]] = {}
        self._selector = selectors.DefaultSelector()

    def say(self, words: str) -> None:
        """A line of our own, without a prefix."""
        self._write(f"{words}\n".encode())

    def follow(self, name: str, output: IO[bytes]) -> None:
        os.set_blocking(output.fileno(), False)
        self._open[output] = (name, bytearray())
        self._selector.register(output, selectors.EVENT_READ)

    def wake_on(self, descriptor: int) -> None:
        """`pass_on` returns early when there is something to read here, e.g. a signal's byte."""
        self._selector.register(descriptor, selectors.EVENT_READ)

    def pass_on(self, seconds: float) -> None:
        """Passes on what children write; returns after that long, or as soon as something has happened."""
        for key, _ in self._selector.select(seconds):
            if isinstance(key.fileobj, int):
                os.read(key.fileobj, 64)
            else:
                self._read(key.fileobj)  # type: ignore[arg-type]

    def _read(self, output: IO[bytes]) -> None:
        name, held = self._open[output]
        chunk = output.read(_READ_BYTES)
        held += chunk or b""
        *lines, rest = bytes(held).split(b"\n")
        held[:] = rest
        if held and (not chunk or len(held) > _LONGEST_LINE):
            lines.append(bytes(held))
            held.clear()
        self._write(b"".join(b"%s | %s\n" % (name.ljust(self._width).encode(), line) for line in lines))
        if not chunk:
            self._selector.unregister(output)
            del self._open[output]
            output.close()

    @staticmethod
    def _write(content: bytes) -> None:
        # Nobody may be reading any more (`make run | head`); that is no reason to stop.
        with suppress(BrokenPipeError):
            while content:
                content = content[os.write(sys.stdout.fileno(), content) :]
