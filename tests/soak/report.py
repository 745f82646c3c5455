"""What a soak has done and seen, as text for a terminal."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tests.soak.soak import Soak
from tests.soak.watching import Sample, growth

_SHOWN: Final = 30
_LONGEST: Final = 3000
_FIGURES: Final[Mapping[str, Callable[[Sample], float]]] = {
    "own memory, MB": lambda one: one.own_mb,
    "resident memory, MB": lambda one: one.resident_mb,
    "shared memory, MB": lambda one: one.shared_mb,
    "handles": lambda one: one.handles.total(),
    "processes": lambda one: one.processes,
}


def report(soak: Soak) -> str:
    """Return the report."""
    return "\n".join([*_head(soak), *_acts(soak), *_answers(soak), *_server(soak), *_verdict(soak)])


def _head(soak: Soak) -> Iterator[str]:
    plan = soak.plan
    yield (
        f"Soak of {plan.seconds:g} s with {plan.clients} clients, seed {plan.seed}; "
        f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors"
    )
    ends = ", ".join(f"{count} {end}" for end, count in soak.ends.most_common())
    yield f"{len(soak.book.jobs)} jobs accepted, {sum(soak.ends.values())} there at the end: {ends}"
    yield f"the server was killed {len(soak.server.kills)} times, a worker {len(soak.server.worker_kills)} times"


def _acts(soak: Soak) -> Iterator[str]:
    yield f"\n{'act':48} times"
    for name, count in sorted(soak.counts.items()):
        yield f"{name:48} {count:5}"


def _answers(soak: Soak) -> Iterator[str]:
    yield f"\n{'answers':36} {'count':>6} {'p50 ms':>8} {'p99 ms':>8} {'longest':>8}"
    for what, took_s in sorted(soak.answers.took_s.items()):
        in_order = sorted(took_s)
        p99 = in_order[int(0.99 * (len(in_order) - 1))]
        times = (statistics.median(in_order), p99, in_order[-1])
        yield f"{what:36} {len(took_s):6} " + " ".join(f"{1000 * each:8.1f}" for each in times)
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(soak.answers.statuses.items()))
    yield f"by status: {statuses}"


def _server(soak: Soak) -> Iterator[str]:
    yield f"\n{'the server':36} {'start':>8} {'middle':>8} {'end':>8} {'most':>8}"
    calm = soak.calm
    if soak.before is None or soak.after is None or len(calm) < 4:
        yield "did not live long enough to be looked at"
        return
    three = (soak.before, calm[len(calm) // 2], soak.after)
    for name, figure in _FIGURES.items():
        shown = [*map(figure, three), max(map(figure, calm))]
        yield f"{name:36} " + " ".join(f"{each:8.1f}" for each in shown)
    found = growth(calm)
    thirds = f"{found.first_mb:.1f}, {found.middle_mb:.1f}, {found.last_mb:.1f} MB"
    yield f"own memory by thirds: {thirds}; the line rises by {found.slope_mb_per_s * 60:.2f} MB a minute"


def _verdict(soak: Soak) -> Iterator[str]:
    faults = soak.faults
    if not faults:
        yield "\nClean."
        return
    yield f"\n{len(faults)} faults:"
    yield from (f"- {fault[:_LONGEST]}" for fault in faults[:_SHOWN])
