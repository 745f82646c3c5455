"""Notice that something has not been used for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any


class IdleTimer:
    """Calls `unload` once nothing has been busy for `after_s` seconds; every new use starts the wait anew."""

    def __init__(self, after_s: float, unload: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._after_s = after_s
        self._unload = unload
        self._uses = 0
        self._timer: asyncio.TimerHandle | None = None
        self._unloading: asyncio.Task[None] | None = None  # held, so that it is not collected before it ends

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count as used for as long as the context lasts."""
        self.stop()
        self._uses += 1
        try:
            yield
        finally:
            self._uses -= 1
            if self._uses == 0:
                self._timer = asyncio.get_running_loop().call_later(self._after_s, self._ring)

    def stop(self) -> None:
        """Wait no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._unloading = asyncio.get_running_loop().create_task(self._unload())
