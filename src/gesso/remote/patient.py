"""An event loop in a thread of its own: for people whose code waits, also inside a notebook that has its own loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine, Iterator
from typing import Any, Self, TypeVar

T = TypeVar("T")


class Patient:
    """Waits for what is asynchronous. A context manager; what still runs at its end is canceled."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gesso waits", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what comes of some work, or raise what it raises."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def each(self, items: AsyncGenerator[T, None]) -> Iterator[T]:
        """Yield what an asynchronous iteration yields. Leaving early closes that one."""
        try:
            while True:
                found = self.wait(_next(items))
                if not found:
                    return
                yield found[0]
        finally:
            self.wait(_cancel_all())  # Ctrl-C comes while one waits for the next
            self.wait(_close(items))


async def _next(items: AsyncGenerator[T, None]) -> list[T]:
    try:
        return [await anext(items)]
    except StopAsyncIteration:
        return []


async def _close(items: AsyncGenerator[Any, None]) -> None:
    await items.aclose()


async def _cancel_all() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others)
