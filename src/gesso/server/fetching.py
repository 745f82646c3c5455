"""Where guests have something fetched: a slow address holds up nobody but whoever has named it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeAlias
from weakref import WeakValueDictionary

LINES_OF_ONE: Final = 4
"""So many addresses of one guest are fetched at once."""
_LINES: Final = 16

InThread: TypeAlias = Callable[..., Coroutine[Any, Any, Any]]
"""Calls something in a thread, as `asyncio.to_thread` does."""


class Fetching:
    """Threads for what guests name. The owner's addresses are fetched where everything else is done that blocks."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LINES, thread_name_prefix="gesso-fetch")
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, guest: str | None) -> InThread:
        """Return what calls for a guest, or for the owner."""
        return asyncio.to_thread if guest is None else partial(self._call, guest)

    async def _call(self, guest: str, work: Callable[..., Any], /, *values: Any, **named: Any) -> Any:
        turn = self._turns.setdefault(guest, asyncio.Semaphore(LINES_OF_ONE))
        async with turn:
            call = partial(work, *values, **named)
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
