from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from gesso.server.direct.events import EventStream, with_pings


async def test_pings_come_while_nothing_else_does_and_nothing_is_lost() -> None:
    go_on = asyncio.Event()

    async def news() -> AsyncGenerator[bytes, None]:
        yield b"one"
        await go_on.wait()
        yield b"two"

    told = []
    async for piece in with_pings(news(), every_s=0.02):
        told.append(piece)
        if told.count(None) == 2:
            go_on.set()
    assert [piece for piece in told if piece] == [b"one", b"two"]
    assert told.count(None) >= 2


async def test_whoever_stops_listening_ends_the_news() -> None:
    ended = asyncio.Event()

    async def news() -> AsyncGenerator[bytes, None]:
        try:
            yield b"one"
            await asyncio.sleep(600)
        finally:
            ended.set()

    async def listen() -> None:
        async for _ in with_pings(news()):
            pass

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.01)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert ended.is_set()


async def test_an_error_of_the_news_is_raised() -> None:
    async def news() -> AsyncGenerator[bytes, None]:
        yield b"one"
        raise ValueError("two")

    with pytest.raises(ValueError, match="two"):
        async for _ in with_pings(news()):
            pass


async def test_events_are_written_as_they_should_be() -> None:
    sent: list[bytes] = []

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message.get("body", b""))

    async def news() -> AsyncGenerator[bytes, None]:
        yield b'{"a": 1}'

    stream = EventStream()
    await stream.send_all(news(), send)
    await stream.end(send, b'{"b": 2}')
    assert b"".join(sent) == b'data: {"a": 1}\n\ndata: {"b": 2}\n\n'
