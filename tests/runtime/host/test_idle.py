"""What nobody uses is unloaded, once, and not while somebody does."""

from __future__ import annotations

import asyncio

from gesso.runtime.host.idle import IdleTimer


async def test_it_rings_once_after_the_last_use() -> None:
    rung: list[int] = []

    async def unload() -> None:
        rung.append(1)

    timer = IdleTimer(0.05, unload)
    with timer.busy():
        with timer.busy():
            pass
        await asyncio.sleep(0.1)
        assert rung == []
    await asyncio.sleep(0.15)
    assert rung == [1]


async def test_a_new_use_starts_the_wait_anew_and_stop_ends_it() -> None:
    rung: list[int] = []

    async def unload() -> None:
        rung.append(1)

    timer = IdleTimer(0.2, unload)
    for _ in range(3):
        with timer.busy():
            pass
        await asyncio.sleep(0.1)
    timer.stop()
    await asyncio.sleep(0.3)
    assert rung == []
