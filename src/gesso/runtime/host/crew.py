"""`Crew`: the workers of one model: started when there is need, kept within bounds, replaced, let go."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, TypeAlias

from gesso.errors import GessoError, RunError
from gesso.runtime.host.attempt import Report
from gesso.runtime.host.back_off import BackOff
from gesso.runtime.host.budget import Budget
from gesso.runtime.host.seat import FRESH_S, Seat
from gesso.runtime.host.size import PoolSize
from gesso.runtime.host.worker import WorkerProcess
from gesso.spec.runnable import Event, Progress

_logger: Final = logging.getLogger(__name__)

Room: TypeAlias = Callable[[], AbstractAsyncContextManager[None]]
"""Waits until there is memory for a worker, and keeps it while the block lasts."""

Launch: TypeAlias = Callable[[Report, Room], Awaitable[WorkerProcess]]
"""Brings what a worker needs, starts it when there is room for it and has it load the model."""


@dataclass(frozen=True, kw_only=True)
class CrewRules:
    """What holds for the workers of a model.

    `needed_bytes` is what one is expected to take until it was seen, `idle_unload_s` how long one is kept that nobody
    uses.
    """

    size: PoolSize
    needed_bytes: int
    idle_unload_s: float


class Crew:
    """The workers of one model.

    `changed` is called when one has come or gone, `failed` with the error of one that could not get ready, `tell`
    hears how it goes on with one that gets ready.
    """

    def __init__(
        self,
        launch: Launch,
        rules: CrewRules,
        *,
        budget: Budget,
        changed: Callable[[], None],
        failed: Callable[[GessoError], None],
        tell: Report,
    ) -> None:
        self._launch = launch
        self._rules = rules
        self._budget = budget
        self._changed = changed
        self._failed = failed
        self._tell = tell
        self._seats: list[Seat] = []
        self._starting: asyncio.Task[None] | None = None
        self._is_replacing = False
        self._is_wanted = False
        self._needed_bytes = rules.needed_bytes
        self.is_kept = False
        """Whether the least number of workers is kept up now."""
        self.back_off = BackOff()
        self.news: Event | None = None
        """The latest of a worker that gets ready, for those who come later."""

    @property
    def seats(self) -> Sequence[Seat]:
        """The workers that are ready."""
        return self._seats

    @property
    def spare(self) -> Sequence[Seat]:
        """The workers that could be ended now: nobody uses them, and they are not among those to be kept."""
        if not self.can_shrink:
            return []
        return [seat for seat in self._seats if seat.is_idle and not seat.is_fresh]

    @property
    def can_shrink(self) -> bool:
        """Whether there are more workers than are always to be kept."""
        return len(self._seats) > self._least

    @property
    def is_starting(self) -> bool:
        """Whether one gets ready."""
        return self._starting is not None

    @property
    def needed_bytes(self) -> int:
        """What one more worker is expected to take."""
        return max([self._needed_bytes, *(self._budget.memory_of(seat) for seat in self._seats)])

    @property
    def _least(self) -> int:
        return self._rules.size.min if self.is_kept else 0

    def want(self, *, is_short: bool) -> None:
        """Start a worker if runs find none and there may be another; stop starting one that nobody wants any more."""
        if is_short and not self._is_wanted:
            self._budget.changed()  # one that waits for room waits urgently now
        self._is_wanted = is_short
        is_short = is_short or len(self._seats) < self._least or self._is_replacing
        if self._starting is None:
            if is_short and len(self._seats) < max(self._rules.size.max, 1):
                self._starting = asyncio.create_task(self._start(), name="start a worker")
        elif not is_short and not self._starting.cancelling():
            self._starting.cancel()

    def look_again(self) -> None:
        """Hear that nobody presses for room any more: who had to wait for that may go on."""
        self._changed()

    async def let_go(self, seat: Seat) -> None:
        """End a worker that nobody uses. Nothing happens if somebody does by now, or if it is to be kept."""
        if seat in self._seats and seat.is_idle and self.can_shrink:
            self._forget(seat)
            self._changed()  # somebody may have come a moment ago, and waits for this one
            await seat.worker.stop()
            self._budget.changed()

    async def close(self) -> None:
        """End every worker, and the start of one."""
        self.is_kept = self._is_replacing = False
        if self._starting is not None:
            if not self._starting.cancelling():  # a second one would leave a process behind that nobody waits for
                self._starting.cancel()
            await asyncio.wait([self._starting])
        seats = list(self._seats)
        for seat in seats:
            self._forget(seat)
        await asyncio.gather(*(seat.worker.stop() for seat in seats))
        self._budget.changed()

    async def _start(self) -> None:
        began = time.perf_counter()
        try:
            await self._pause()
            worker = await self._launch(self._hear, self._room)
        except GessoError as error:
            self._give_up(error)
        except Exception as error:  # whatever it was, those who wait must hear of it
            _logger.exception("a worker could not be started, by a fault of Gesso or of the system")
            told = f"Its worker cannot be started: {type(error).__name__}: {error}."
            self._give_up(RunError(told, hint="Look whether the computer has memory and processes left."))
        else:
            seat = Seat(worker, began=began, idle_s=self._rules.idle_unload_s, leave=self.let_go)
            self._seats.append(seat)
            asyncio.get_running_loop().call_later(FRESH_S, self._budget.changed)
            worker.ended.add_done_callback(lambda _: self._ended(seat))
        finally:
            self._starting = self.news = None
            self._is_replacing = False
            self._changed()

    def _room(self) -> AbstractAsyncContextManager[None]:
        return self._budget.room(self.needed_bytes, self._hear, is_urgent=lambda: self._is_urgent)

    @property
    def _is_urgent(self) -> bool:
        """Whether there are too few workers, and not only fewer than would be good."""
        return len(self._seats) < max(self._least, int(self._is_wanted))

    async def _pause(self) -> None:
        left_s = self.back_off.wait_s
        while left_s > 0:
            self._hear(Progress(0.0, f"Its worker has died again and again; starting another in {left_s:.0f} s"))
            await asyncio.sleep(min(1.0, left_s))
            left_s -= 1.0

    def _hear(self, event: Event) -> None:
        self.news = event
        self._tell(event)

    def _give_up(self, error: GessoError) -> None:
        self.back_off.failed()
        if self._seats:
            _logger.warning("another worker could not be started: %s", error)
        else:
            self._failed(error)

    def _ended(self, seat: Seat) -> None:
        """A worker has died, or had to be ended with its run: then whoever canceled wants to run again."""
        if seat not in self._seats:
            return
        self._forget(seat)
        if seat.worker.was_killed:
            self._is_replacing = True
        else:
            self.back_off.failed()
        self._budget.changed()
        self._changed()

    def _forget(self, seat: Seat) -> None:
        self._needed_bytes = self.needed_bytes  # as large as the largest that was seen
        self._seats.remove(seat)
        seat.close()
