from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from benchmarks.race.live import Watched, watch
from benchmarks.race.payloads import number_in


class EchoCamera:
    """A camera whose server sends back what a test says, as often as it says."""

    def __init__(self, times: Callable[[int], int]) -> None:
        self._times = times
        self._back: asyncio.Queue[bytes] = asyncio.Queue()

    async def open(self) -> None:
        """There is nothing to open."""

    async def send(self, frame: bytes) -> None:
        for _ in range(self._times(number_in(frame))):
            self._back.put_nowait(frame)

    async def receive(self) -> bytes:
        return await self._back.get()

    async def close(self) -> None:
        """There is nothing to close."""


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.race.live._WARM_S", 0.2)
    monkeypatch.setattr("benchmarks.race.live._LAST_S", 0.1)


async def watched(times: Callable[[int], int]) -> Watched:
    return await watch(EchoCamera(times), fps=10, seconds=0.6)


async def test_each_frame_that_comes_back_is_counted_once() -> None:
    seen = await watched(lambda _: 3)
    assert seen.due == 6  # those of the time to get warm are not in it
    assert 0 < len(seen.times_ms) <= 6
    assert all(time >= 0 for time in seen.times_ms)
    assert not seen.differs


async def test_frames_that_do_not_come_back_are_missing() -> None:
    seen = await watched(lambda number: number % 2)
    assert seen.due == 6
    assert 0 < len(seen.times_ms) <= 3


async def test_a_server_that_answers_nothing_has_no_times() -> None:
    assert not (await watched(lambda _: 0)).times_ms
