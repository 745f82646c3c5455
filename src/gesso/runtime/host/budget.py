"""`Budget`: how much memory all workers may take together, and who goes when another needs the room."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
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

    @property
    def can_shrink(self) -> bool:
        """Whether one of them could be ended at least later, when it rests."""

    async def let_go(self, seat: Seat) -> None:
        """End one of them, if it still can be."""

    def look_again(self) -> None:
        """Hear that nobody presses for room any more."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Demand:
    """Somebody who waits for room. `is_urgent` says whether runs wait that no worker there is can take."""

    needed_bytes: int
    is_urgent: Callable[[], bool]
    since: float = field(default_factory=time.perf_counter)


class Budget:
    """The memory that all workers may take together, in bytes.

    When there is no room for another, the one goes that has not been used for longest. If all are at work, the new one
    waits until one of them rests: who waits urgently in the order in which they came, and after them the others. A
    worker may take what it wants if it is alone, or if only those are there that are always kept: then waiting is for
    nothing.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._tenants: list[Tenant] = []
        self._seen: dict[Seat, int] = {}
        self._demands: list[Demand] = []
        self._promised: dict[Demand, int] = {}  # to workers that are being started
        self._pulse = asyncio.Event()  # a new one for each change, so that nobody who looks just now misses it
        self._deciding = asyncio.Lock()
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
        pulse, self._pulse = self._pulse, asyncio.Event()
        pulse.set()

    @property
    def is_pressing(self) -> bool:
        """Whether somebody has waited long for room: then workers that have a moment's rest begin nothing new."""
        latest = time.perf_counter() - _PATIENCE_S
        return any(demand.since < latest and demand.is_urgent() for demand in self._demands)

    @asynccontextmanager
    async def room(
        self, needed_bytes: int, report: Report, *, is_urgent: Callable[[], bool] = lambda: True
    ) -> AsyncIterator[None]:
        """Wait until a worker that needs so much may be started, and keep the room for it while the block lasts.

        `report` hears if that takes a while. One that is not urgent takes nobody's turn: it has others that work.
        """
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch(), name="watch the workers' memory")
        demand = Demand(needed_bytes=needed_bytes, is_urgent=is_urgent)
        self._demands.append(demand)
        try:
            await self._wait(demand, report)
        finally:
            self._demands.remove(demand)
            self._look_again()
        try:
            yield
        finally:
            del self._promised[demand]
            self.changed()

    async def close(self) -> None:
        """Look no more."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])

    async def _wait(self, demand: Demand, report: Report) -> None:
        is_told = False
        while True:
            pulse = self._pulse
            async with self._deciding:
                if self._next() is demand and await self._has_room(demand):
                    self._promised[demand] = demand.needed_bytes
                    return
            if not is_told:
                report(Progress(0.0, "Waiting for memory: other models are at work"))
                is_told = True
            with contextlib.suppress(TimeoutError):  # a worker may have shrunk, and tells nobody
                async with asyncio.timeout(_LOOK_S):
                    await pulse.wait()

    def _next(self) -> Demand:
        return min(self._demands, key=lambda demand: not demand.is_urgent())  # of equal ones the first

    def _look_again(self) -> None:
        self.changed()
        for tenant in self._tenants:
            tenant.look_again()

    async def _has_room(self, demand: Demand) -> bool:
        while True:
            promised = sum(self._promised.values())
            if await self.look() + promised + demand.needed_bytes <= self._limit_bytes:
                return True
            if not await self._send_away_one():
                is_waiting_vain = not self._promised and not any(tenant.can_shrink for tenant in self._tenants)
                return is_waiting_vain and demand.is_urgent()

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
