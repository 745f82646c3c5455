"""What nobody uses is unloaded, once, and not while somebody does."""

from __future__ import annotations

import asyncio

from gesso.runtime.host.idle import IdleTimer


class Rung:
    """Counts how often a timer has rung."""

    def __init__(self) -> None:
        self.times = 0
        self.heard = asyncio.Event()

    async def ring(self) -> None:
        self.times += 1
        self.heard.set()


async def test_it_rings_once() -> None:
    rung = Rung()
    timer = IdleTimer(0.01, rung.ring)
    timer.start()
    timer.start()
    await rung.heard.wait()
    await asyncio.sleep(0.05)
    assert rung.times == 1


async def test_stop_ends_the_wait_and_start_begins_it_anew() -> None:
    rung, other = Rung(), Rung()
    timer, clock = IdleTimer(0.05, rung.ring), IdleTimer(0.2, other.ring)
    clock.start()
    timer.start()
    timer.stop()
    await other.heard.wait()
    assert rung.times == 0
    timer.start()
    await rung.heard.wait()
    assert rung.times == 1
