"""A seat: a worker that is ready, and how much runs in it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, Final

from gesso.runtime.host.idle import IdleTimer
from gesso.runtime.host.worker import WorkerProcess
from gesso.spec.model import Command

FRESH_S: Final = 1.0
"""So long a new worker waits for those who wanted it, before it must make room for others."""
_SIDE_BY_SIDE: Final = 64
"""So many runs of asynchronous commands wait side by side in one worker."""


class Seat:
    """A worker that is ready, and how much runs in it. Times are those of `time.perf_counter`.

    `began` and `ready` say when its start began and ended, `free_since` when it last had nothing to do. `leave` is
    called when nobody has used it for `idle_s` seconds.
    """

    def __init__(
        self, worker: WorkerProcess, *, began: float, idle_s: float, leave: Callable[[Seat], Coroutine[Any, Any, None]]
    ) -> None:
        self.worker = worker
        self.began = began
        self.ready = self.free_since = time.perf_counter()
        self._runs: Counter[bool] = Counter()  # by whether their command is asynchronous
        self._idle = IdleTimer(idle_s, lambda: leave(self))
        self._is_closed = self._was_used = False
        self._idle.start()

    @property
    def load(self) -> int:
        """How many runs are in it."""
        return self._runs.total()

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs in it."""
        return self.load == 0

    @property
    def is_fresh(self) -> bool:
        """Whether it got ready just now, and those who waited for it have not come yet."""
        return not self._was_used and time.perf_counter() - self.ready < FRESH_S

    def has_room_for(self, command: Command) -> bool:
        """Say whether a run may begin: asynchronous commands run side by side, others one call after the other."""
        if not self.worker.is_alive:
            return False
        return self.load < _SIDE_BY_SIDE if command.is_async else self._runs[False] == 0

    def take(self, command: Command) -> None:
        """A run begins."""
        self._idle.stop()
        self._was_used = True
        self._runs[command.is_async] += 1

    def free(self, command: Command) -> None:
        """A run has ended."""
        self._runs[command.is_async] -= 1
        if self.is_idle:
            self.free_since = time.perf_counter()
            if not self._is_closed:
                self._idle.start()

    def close(self) -> None:
        """Ask nobody to leave any more."""
        self._is_closed = True
        self._idle.stop()
