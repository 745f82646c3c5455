"""How figures are taken and shown."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table. Times in milliseconds; `aim_ms` is the most that it should be, on top of the limit.

    What is no time says its `unit`, in which the "times" then are.
    """

    what: str
    times_ms: Sequence[float]
    limit_ms: float = 0.0
    aim_ms: float | None = None
    unit: str = "ms"

    @property
    def median_ms(self) -> float:
        """The median time."""
        return statistics.median(self.times_ms)

    @property
    def p99_ms(self) -> float:
        """The time that 99 of 100 stay under."""
        return sorted(self.times_ms)[int(0.99 * (len(self.times_ms) - 1))]

    @property
    def over_ms(self) -> float:
        """How much the median is over the limit."""
        return self.median_ms - self.limit_ms


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table."""
    head = "| what | median | p99 | limit | over the limit | aim |\n|---|---:|---:|---:|---:|---:|\n"
    return head + "".join(map(_row, figures))


def _row(figure: Figure) -> str:
    unit = figure.unit
    limit = f"{figure.limit_ms:.2f} {unit}" if figure.limit_ms else ""
    over = f"{figure.over_ms:.2f} {unit}" if figure.limit_ms else ""
    aim = ""
    if figure.aim_ms is not None:
        aim = f"< {figure.aim_ms:g} {unit}: {'met' if figure.over_ms < figure.aim_ms else 'MISSED'}"
    return (
        f"| {figure.what} | {figure.median_ms:.2f} {unit} | {figure.p99_ms:.2f} {unit} | {limit} | {over} | {aim} |\n"
    )


async def time_awaited(work: Callable[[], Awaitable[object]], *, times: int) -> list[float]:
    """Await something `times` times, after a tenth as many to get warm. Returns milliseconds each."""
    for _ in range(max(1, times // 10)):
        await work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def time_called(work: Callable[[], object], *, times: int) -> list[float]:
    """Call something `times` times, after a tenth as many to get warm. Returns milliseconds each."""
    for _ in range(max(1, times // 10)):
        work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return taken
