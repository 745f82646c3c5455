from __future__ import annotations

import asyncio

import pytest

from gesso.server.direct.gone import CanceledWhenGone, ClientGoneError


class Line:
    """What a connection tells, when the test says so."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    async def receive(self) -> dict[str, str]:
        await self.gone.wait()
        return {"type": "http.disconnect"}


async def test_a_client_that_leaves_cancels_what_is_done() -> None:
    line = Line()
    asyncio.get_running_loop().call_later(0.01, line.gone.set)
    with pytest.raises(ClientGoneError):
        async with CanceledWhenGone(line.receive):
            await asyncio.sleep(600)
    await asyncio.sleep(0)  # and the task can go on


async def test_once_it_lets_go_nothing_is_canceled() -> None:
    line = Line()
    async with CanceledWhenGone(line.receive) as watch:
        watch.let_go()
        line.gone.set()
        await asyncio.sleep(0.01)


async def test_somebody_elses_cancel_stays_one() -> None:
    line = Line()

    async def work() -> None:
        async with CanceledWhenGone(line.receive):
            await asyncio.sleep(600)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_goes_its_way() -> None:
    with pytest.raises(ValueError, match="broken"):
        async with CanceledWhenGone(Line().receive):
            raise ValueError("broken")
