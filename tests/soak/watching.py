"""What the server holds while it works: memory, handles, processes, shared memory; and whether that grows."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from tests.soak.server import Server

_EVERY_S: Final = 0.5
_MB: Final = 1_000_000
_DATABASE: Final = ("gesso.db", "gesso.db-wal", "gesso.db-shm")
GROWTH_MB: Final = 24.0
"""How much more the server may hold in the last third of the time than in the middle one, on the line through both."""


@dataclass(frozen=True)
class Sample:
    """What a server holds at one moment. `own_mb` is what it takes for itself alone, `shared_mb` its workers' slots.

    `memories` are the shared memories, two for each worker. They do not count among the `handles`, because each
    mapping of one has a handle of its own; nor do connections to the database: up to five, opened as they are needed.
    """

    at_s: float
    life: int
    own_mb: float
    resident_mb: float
    shared_mb: float
    memories: int
    handles: Counter[str]
    processes: int


def sample(server: Server) -> Sample | None:
    """Look at the server now; None if it has just gone."""
    with contextlib.suppress(psutil.Error, OSError):
        process = server.process
        memory = process.memory_full_info()
        shared, handles = _open_files(process.pid)
        return Sample(
            at_s=time.monotonic(),
            life=server.life,
            own_mb=memory.uss / _MB,
            resident_mb=memory.rss / _MB,
            shared_mb=sum(shared.values()) / _MB,
            memories=len(shared),
            handles=handles,
            processes=len(process.children(recursive=True)),
        )
    return None


async def watch(server: Server, samples: list[Sample]) -> None:
    """Look again and again."""
    while True:
        if server.is_up.is_set() and (taken := await asyncio.to_thread(sample, server)):
            samples.append(taken)
        await asyncio.sleep(_EVERY_S)


def _open_files(pid: int) -> tuple[Mapping[int, int], Counter[str]]:
    """Return the bytes of each shared memory that a process holds, and count its other handles by what they are."""
    shared: dict[int, int] = {}
    handles: Counter[str] = Counter()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            target = str(descriptor.readlink())
            if target.startswith("/memfd:gesso"):
                found = descriptor.stat()
                shared[found.st_ino] = found.st_blocks * 512
            elif not target.endswith(_DATABASE):
                handles[target.partition(":[")[0]] += 1
    return shared, handles


@dataclass(frozen=True)
class Growth:
    """How memory moved: medians of the thirds of a server's life, and the slope of the line through the last two."""

    first_mb: float
    middle_mb: float
    last_mb: float
    slope_mb_per_s: float
    seconds: float

    @property
    def grown_mb(self) -> float:
        """How much the line rises from the middle of the middle third to the middle of the last."""
        return self.slope_mb_per_s * self.seconds / 3


def growth(samples: Sequence[Sample]) -> Growth:
    """Fit a line through the last two thirds of the samples of one life."""
    seconds = samples[-1].at_s - samples[0].at_s
    thirds = [
        [one for one in samples if low <= (one.at_s - samples[0].at_s) / seconds * 3 <= low + 1] for low in range(3)
    ]
    later = thirds[1] + thirds[2]
    slope, _ = statistics.linear_regression([one.at_s for one in later], [one.own_mb for one in later])
    first, middle, last = (statistics.median(one.own_mb for one in third) for third in thirds)
    return Growth(first, middle, last, slope, seconds)
