from __future__ import annotations

import asyncio
import threading

from gesso.server.fetching import LINES_OF_ONE, Fetching


async def test_a_slow_address_holds_up_whoever_named_it_and_nobody_else() -> None:
    fetching, is_over, lock = Fetching(), threading.Event(), threading.Lock()
    under_way = 0

    def wait(answer: str) -> str:
        nonlocal under_way
        with lock:
            under_way += 1
        is_over.wait(60)
        return answer

    slow = [asyncio.create_task(fetching.of("anna")(wait, str(number))) for number in range(20)]
    async with asyncio.timeout(10):
        while under_way < LINES_OF_ONE:
            await asyncio.sleep(0.01)
        assert await fetching.of("ben")(str, 7) == "7"
        assert await fetching.of(None)(int, "8") == 8
    assert under_way == LINES_OF_ONE
    is_over.set()
    assert await asyncio.gather(*slow) == [str(number) for number in range(20)]
