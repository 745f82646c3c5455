"""`Budget`: how much memory all workers may take together, and who goes when another needs the room."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Final, Protocol

from gesso.runtime.host import memory_use
from gesso.runtime.host.attempt import Report
from gesso.runtime.host.seat import Seat
from gesso.spec.runnable import Progress

_LOOK_S: Final = 5.0
"""So often the workers' memory is looked at."""
_LEAST_AVAILABLE: Final = 0.05
"""If the computer has less than this share of its memory left, workers that nobody uses go too."""
_PATIENCE_S: Final = 2.0
"""After this long, whoever waits for room gets that of the next worker that has a moment's rest."""


class Tenant(Protocol):
    """Who has workers: what the budget must know of it."""

    @property
    def seats(self) -> Sequence[Seat]:
        """Its workers."""

    @property
    def spare(self) -> Sequence[Seat]:
        """Those that could be ended now."""

    async def let_go(self, seat: Seat) -> None:
        """End one of them, if it still can be."""


class Budget:
    """The memory that all workers may take together, in bytes.

    When there is no room for another, the one goes that has not been used for longest. If all are at work, the new one
    waits until one of them rests. A worker that is alone may take what it wants.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._tenants: list[Tenant] = []
        self._seen: dict[Seat, int] = {}
        self._changed = asyncio.Event()
        self._deciding = asyncio.Lock()
        self._wanted_since: float | None = None
        self._watching: asyncio.Task[None] | None = None

    def join(self, tenant: Tenant) -> None:
        """Take in somebody who will have workers."""
        self._tenants.append(tenant)

    def memory_of(self, seat: Seat) -> int:
        """Return what a worker took when it was last looked at, in bytes."""
        return self._seen.get(seat, 0)

    async def look(self) -> int:
        """Look how much memory each worker takes, and return what all take together, in bytes."""
        seats = [seat for tenant in self._tenants for seat in tenant.seats]
        sizes = await asyncio.to_thread(lambda: [memory_use.of_process(seat.worker.process_id) for seat in seats])
        self._seen = dict(zip(seats, sizes, strict=True))
        return sum(sizes)

    def changed(self) -> None:
        """Look again: a worker has ended, or has nothing to do now."""
        self._changed.set()

    @property
    def is_pressing(self) -> bool:
        """Whether somebody has waited long for room: then workers that have a moment's rest begin nothing new."""
        return self._wanted_since is not None and time.perf_counter() - self._wanted_since > _PATIENCE_S

    async def make_room(self, needed_bytes: int, report: Report) -> None:
        """Return when a worker that needs so much may be started; `report` hears if that takes a while."""
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch(), name="watch the workers' memory")
        async with self._deciding:
            try:
                while not await self._has_room(needed_bytes):
                    self._changed.clear()
                    report(Progress(0.0, "Waiting for memory: other models are at work"))
                    self._wanted_since = self._wanted_since or time.perf_counter()
                    with contextlib.suppress(TimeoutError):  # it may have shrunk, and tells nobody
                        async with asyncio.timeout(_LOOK_S):
                            await self._changed.wait()
            finally:
                self._wanted_since = None

    async def close(self) -> None:
        """Look no more."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])

    async def _has_room(self, needed_bytes: int) -> bool:
        while True:
            seats = [seat for tenant in self._tenants for seat in tenant.seats]
            if not seats or await self.look() + needed_bytes <= self._limit_bytes:
                return True
            if not await self._send_away_one():
                return not any(tenant.seats for tenant in self._tenants)

    async def _send_away_one(self) -> bool:
        """End the worker that has not been used for longest. Says whether there was one."""
        spare = [(seat.free_since, tenant, seat) for tenant in self._tenants for seat in tenant.spare]
        if not spare:
            return False
        _, tenant, seat = min(spare, key=lambda one: one[0])
        await tenant.let_go(seat)
        return True

    async def _watch(self) -> None:
        least = memory_use.total() * _LEAST_AVAILABLE
        while True:
            await asyncio.sleep(_LOOK_S)
            while await self.look() > self._limit_bytes or memory_use.available() < least:
                if not await self._send_away_one():
                    break
