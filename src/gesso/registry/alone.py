"""One at a time: what two processes, or two tasks of one, must not make side by side."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

_LOOK_AGAIN_S: Final = 0.2


@contextlib.asynccontextmanager
async def alone(lock_path: Path, *, on_wait: Callable[[], None]) -> AsyncIterator[None]:
    """Wait until nobody else is inside for the same file; then keep them waiting. `on_wait` is called if one waits.

    The system lets go of the lock when its process ends, however that happens; the file stays.
    """
    lock_path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(lock_path)
    is_told = False
    while True:
        try:
            lock.acquire(blocking=False)
            break
        except Timeout:
            if not is_told:
                on_wait()
            is_told = True
            await asyncio.sleep(_LOOK_AGAIN_S)
    try:
        yield
    finally:
        lock.release()
