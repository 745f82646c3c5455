from __future__ import annotations

import asyncio

from gesso.server.live.newest import Newest


async def test_the_newest_frame_wins_and_the_others_are_counted() -> None:
    newest = Newest()
    for data in (b"one", b"two", b"three"):
        newest.put(data)
    frame = await newest.take()
    assert (frame.number, frame.data, newest.dropped) == (3, b"three", 2)
    newest.put(b"four")
    assert ((await newest.take()).number, newest.dropped) == (4, 2)


async def test_whoever_takes_waits_for_a_frame() -> None:
    newest = Newest()
    taking = asyncio.create_task(newest.take())
    await asyncio.sleep(0.01)
    assert not taking.done()
    newest.put(b"one")
    assert (await taking).data == b"one"
