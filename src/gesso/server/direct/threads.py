"""The threads in which pictures are read and written: one for each core, so that they don't fight each other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar

_T = TypeVar("_T")

_ITEMS: Final = 200
_LETTERS_OF_AN_ITEM: Final = 100


class Threads:
    """Runs what takes long off the event loop. What is started goes to its end, also when nobody waits any more."""

    def __init__(self, count: int | None = None) -> None:
        self._pool = ThreadPoolExecutor(count or os.cpu_count() or 1, thread_name_prefix="gesso-codec")

    async def call(self, work: Callable[..., _T], /, *values: Any, **named: Any) -> _T:
        """Call it in a thread and return what it returns."""
        call = partial(work, *values, **named) if named else work
        return await asyncio.get_running_loop().run_in_executor(self._pool, call, *(() if named else values))


def is_small(value: object) -> bool:
    """Say whether a value is plain data and so little of it that a thread would cost more than the work on it."""
    waiting, count = [value], 0
    while waiting:
        item = waiting.pop()
        count += 1 + (len(item) // _LETTERS_OF_AN_ITEM if isinstance(item, str) else 0)
        if count + len(waiting) > _ITEMS:
            return False
        if isinstance(item, list | dict):
            waiting += item[:_ITEMS] if isinstance(item, list) else list(item.values())[:_ITEMS]
        elif not (item is None or isinstance(item, str | int | float)):
            return False
    return True
