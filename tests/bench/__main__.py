"""`make bench`: what things cost, side by side in one run on one machine. Ratios are what to compare; nothing fails for
being slow.

    python -m tests.bench [sending] [claim] [incoming] [hops] [growth] [start]
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from gateway.processes.embedded_redis import EmbeddedRedis
from tests.bench import claim, growth, hops, incoming, sending, start
from tests.bench.ground import Ground
from tests.standin import postgres

PARTS: dict[str, Callable[[Ground], Sequence[Sequence[str]]]] = {
    "sending": sending.measure,
    "claim": claim.measure,
    "incoming": incoming.measure,
    "hops": hops.measure,
    "growth": growth.measure,
    "start": start.measure,
}


def main(wanted: list[str]) -> int:
    if unknown := [name for name in wanted if name not in PARTS]:
        sys.stderr.write(f"There is no {', '.join(unknown)}; there is {', '.join(PARTS)}.\n")
        return 2
    logging.basicConfig(level=logging.ERROR)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hatua-bench-")))
        redis = EmbeddedRedis(folder / "redis.sock", folder / "redis")
        process = stack.enter_context(redis.start())
        stack.callback(process.terminate)
        redis.wait_until_ready(process)
        ground = Ground(folder, f"unix://{redis.listen}", stack.enter_context(postgres.running()))
        for name, measure in PARTS.items():
            if not wanted or name in wanted:
                sys.stdout.write(
                    f"\n{((measure.__module__ and sys.modules[measure.__module__].__doc__) or '').strip()}\n\n"
                )
                _show(measure(ground))
    return 0


def _show(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) if first else cell.rjust(width) for cell, width, first in _with_first(row, widths)]
        sys.stdout.write(f"  {'   '.join(cells).rstrip()}\n")
    sys.stdout.flush()


def _with_first(row: Sequence[str], widths: Sequence[int]) -> list[tuple[str, int, bool]]:
    return [(cell, width, number == 0) for number, (cell, width) in enumerate(zip(row, widths, strict=True))]


sys.exit(main(sys.argv[1:]))
