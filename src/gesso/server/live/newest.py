"""The newest frame: one that comes while another waits takes its place."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Frame:
    """A frame as it came: its number, from 1, its bytes, and when it came (`time.perf_counter`)."""

    number: int
    data: bytes
    came: float = field(default_factory=time.perf_counter)


class Newest:
    """Holds at most one frame. `dropped` counts those that a newer one has replaced."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._is_there = asyncio.Event()
        self._count = 0
        self.dropped = 0

    def put(self, data: bytes) -> None:
        """Keep a frame instead of the one that waits."""
        self._count += 1
        self.dropped += self._frame is not None
        self._frame = Frame(self._count, data)
        self._is_there.set()

    async def take(self) -> Frame:
        """Wait for a frame, and take it."""
        await self._is_there.wait()
        self._is_there.clear()
        frame, self._frame = self._frame, None
        assert frame is not None
        return frame
