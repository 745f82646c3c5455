"""Notice that something has not been used for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class IdleTimer:
    """Calls `unload` once `after_s` seconds have gone by since `start`, unless `stop` comes first."""

    def __init__(self, after_s: float, unload: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._after_s = after_s
        self._unload = unload
        self._timer: asyncio.TimerHandle | None = None
        self._unloading: asyncio.Task[None] | None = None  # held, so that it is not collected before it ends

    def start(self) -> None:
        """Begin to wait, anew if it waits already."""
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(self._after_s, self._ring)

    def stop(self) -> None:
        """Wait no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._unloading = asyncio.get_running_loop().create_task(self._unload())
