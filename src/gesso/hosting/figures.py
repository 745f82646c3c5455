"""What is asked of deployments, minute by minute: counted in memory, written together now and then."""

from __future__ import annotations

import bisect
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import msgspec

from gesso.storage.hosting_rows import MinuteRow

KEPT_MINUTES: Final = 60 * 24 * 90
"""For so long figures are kept."""
BOUNDS_MS: Final = tuple(round(2 ** (step / 2), 1) for step in range(43))
"""Upper bounds by which requests are counted, each half an octave above the last: 1 ms to 35 minutes."""


@dataclass(kw_only=True)
class Minute:
    """One minute of a deployment. `latencies[i]` requests took up to `BOUNDS_MS[i]`, the last of them took longer.

    `refused` are none of the `requests`: they were not let in, or asked for what cannot be.
    """

    requests: int = 0
    errors: int = 0
    refused: int = 0
    compute_ms: int = 0
    latencies: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_MS) + 1))

    def count(self, *, is_error: bool, took_s: float, compute_s: float) -> None:
        """Count a request that was carried out, whatever came of it."""
        self.requests += 1
        self.errors += is_error
        self.compute_ms += round(compute_s * 1000)
        self.latencies[bisect.bisect_left(BOUNDS_MS, took_s * 1000)] += 1

    def refuse(self, *, compute_s: float = 0.0) -> None:
        """Count a request that was refused, also one that was broken off after some work."""
        self.refused += 1
        self.compute_ms += round(compute_s * 1000)

    def add(self, other: Minute) -> None:
        """Add the figures of another."""
        self.requests += other.requests
        self.errors += other.errors
        self.refused += other.refused
        self.compute_ms += other.compute_ms
        self.latencies = [one + two for one, two in zip(self.latencies, other.latencies, strict=True)]

    def quantile_ms(self, share: float) -> float | None:
        """Return how long all but the slowest took: `share` 0.5 is the median. At most 41 % above the true one."""
        wanted, seen = share * sum(self.latencies), 0
        for bound, count in zip((*BOUNDS_MS, BOUNDS_MS[-1]), self.latencies, strict=True):
            seen += count
            if count and seen >= wanted:
                return bound
        return None


class Figures:
    """The minutes of all deployments that are not written yet, or not over."""

    def __init__(self) -> None:
        self._minutes: dict[tuple[str, int], Minute] = {}
        self._changed: set[tuple[str, int]] = set()

    def now(self, name: str) -> Minute:
        """Return the minute that it is now, to be counted in."""
        key = (name, this_minute())
        self._changed.add(key)
        return self._minutes.setdefault(key, Minute())

    def take_changed(self) -> list[MinuteRow]:
        """Return what is to be written, and forget what is over."""
        rows = [_row(key, self._minutes[key]) for key in sorted(self._changed)]
        self._changed.clear()
        self._minutes = {key: minute for key, minute in self._minutes.items() if key[1] >= this_minute()}
        return rows

    def load(self, rows: Iterable[MinuteRow]) -> None:
        """Go on with a minute that another process has begun, or that could not be written."""
        for row in rows:
            minute = read_minute(row)
            key = (row.deployment, row.minute)
            if key in self._minutes:
                continue
            self._minutes[key] = minute
            self._changed.add(key)

    def forget(self, name: str) -> None:
        """Forget a deployment."""
        self._minutes = {key: minute for key, minute in self._minutes.items() if key[0] != name}
        self._changed = {key for key in self._changed if key[0] != name}


def this_minute() -> int:
    """Return the minutes since 1970."""
    return int(time.time() // 60)


def read_minute(row: MinuteRow) -> Minute:
    """Return a row's figures. Latencies that are broken are left out."""
    try:
        latencies = msgspec.json.decode(row.latencies, type=list[int])
    except msgspec.MsgspecError:
        latencies = []
    return Minute(
        requests=row.requests,
        errors=row.errors,
        refused=row.refused,
        compute_ms=row.compute_ms,
        latencies=latencies if len(latencies) == len(BOUNDS_MS) + 1 else [0] * (len(BOUNDS_MS) + 1),
    )


def _row(key: tuple[str, int], minute: Minute) -> MinuteRow:
    return MinuteRow(
        deployment=key[0],
        minute=key[1],
        requests=minute.requests,
        errors=minute.errors,
        refused=minute.refused,
        compute_ms=minute.compute_ms,
        latencies=msgspec.json.encode(minute.latencies).decode(),
    )
