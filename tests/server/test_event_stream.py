from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, MutableMapping
from typing import Any

import pytest
from pydantic import BaseModel

from gesso.server import event_stream
from gesso.server.event_stream import EventStream


class Said(BaseModel):
    text: str


class Line:
    """A connection that takes what is sent, and leaves when it is told to."""

    def __init__(self) -> None:
        self.body = b""
        self.headers: dict[bytes, bytes] = {}
        self.gone = asyncio.Event()
        self.got = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        self.headers |= dict(message.get("headers", ()))
        self.body += message.get("body", b"")
        if self.body:
            self.got.set()

    async def take(self, stream: EventStream) -> None:
        await stream({"type": "http", "asgi": {"spec_version": "2.3"}}, self.receive, self.send)


async def test_each_message_is_an_event() -> None:
    async def told() -> AsyncGenerator[BaseModel, None]:
        for text in ("snow", "one\nline, ü"):
            yield Said(text=text)

    line = Line()
    await line.take(EventStream(told()))
    assert line.body.decode() == 'data: {"text":"snow"}\n\ndata: {"text":"one\\nline, ü"}\n\n'
    assert line.headers[b"content-type"].startswith(b"text/event-stream")
    assert line.headers[b"cache-control"] == b"no-cache"


async def test_a_sign_of_life_is_sent_and_loses_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "QUIET_S", 0.01)
    line = Line()

    async def told() -> AsyncGenerator[BaseModel, None]:
        await line.got.wait()
        yield Said(text="late")

    await line.take(EventStream(told()))
    assert line.body.startswith(b": nothing new\n\n")
    assert line.body.endswith(b'data: {"text":"late"}\n\n')


@pytest.mark.parametrize("quiet_s", [0.01, 60])
async def test_whoever_leaves_ends_the_telling_at_once(monkeypatch: pytest.MonkeyPatch, quiet_s: float) -> None:
    monkeypatch.setattr(event_stream, "QUIET_S", quiet_s)
    ended = asyncio.Event()

    async def told() -> AsyncGenerator[BaseModel, None]:
        try:
            yield Said(text="first")
            await asyncio.Event().wait()
        finally:
            ended.set()

    line = Line()
    taking = asyncio.create_task(line.take(EventStream(told())))
    await line.got.wait()
    await asyncio.sleep(0.05)  # it waits for the next message now, or has sent signs of life
    line.gone.set()
    await taking
    assert ended.is_set()


async def test_whoever_does_not_read_any_more_ends_it_too() -> None:
    ended = asyncio.Event()

    async def told() -> AsyncGenerator[BaseModel, None]:
        try:
            while True:
                yield Said(text="more")
        finally:
            ended.set()

    class Stuck(Line):
        async def send(self, message: MutableMapping[str, Any]) -> None:
            await super().send(message)
            if self.body:
                await asyncio.Event().wait()

    line = Stuck()
    taking = asyncio.create_task(line.take(EventStream(told())))
    await line.got.wait()
    line.gone.set()
    await taking
    assert ended.is_set()
