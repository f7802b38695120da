"""The calls in numbers: how many hops of which kind, how they ended and how long they took. Nothing of a caller.

Counted in memory that the web processes of one machine share through files (`PROMETHEUS_MULTIPROC_DIR`, set by
`gateway web`), so a hop costs no round trip for it, and each process can tell of all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from prometheus_client import CollectorRegistry, Histogram, Metric, disable_created_metrics
from prometheus_client.multiprocess import MultiProcessCollector

from sessions.hop import Course

#: The carrier waits ten seconds.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10)

# Since when: files do not tell it either.
disable_created_metrics()  # type: ignore[no-untyped-call]
_here = CollectorRegistry()
_taken = Histogram(
    "hatua_hop_seconds",
    "How long hops took: kind is what the caller did, outcome is whether the call goes on.",
    ("kind", "outcome"),
    buckets=_SECONDS,
    registry=_here,
)


def count(course: Course, body: str, seconds: float) -> None:
    _taken.labels(course.kind, _outcome(course, body)).observe(seconds)


def families() -> Iterable[Metric]:
    """Since the web process of this machine was started."""
    try:
        shared = MultiProcessCollector(None)  # type: ignore[no-untyped-call]
    except ValueError:  # one process, which shares with nobody
        return _here.collect()
    return cast("Iterable[Metric]", shared.collect())  # type: ignore[no-untyped-call]


def _outcome(course: Course, body: str) -> str:
    if course.has_failed:
        return "failed"
    if course.is_sorry:
        return "sorry"
    return "goes on" if body.startswith("CON ") else "ended"
