"""Server-sent events as an answer: `data:` with the JSON of each message, and a sign of life where nothing happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

QUIET_S: Final = 15.0
"""After so long without a message a comment is sent: proxies wait on, and one who has left is noticed."""
_HEADERS: Final = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}  # the latter: nginx, do not collect


class EventStream(StreamingResponse):
    """What is told, until its end or until the other side leaves; either way `told` is closed at once."""

    media_type = "text/event-stream"

    def __init__(self, told: AsyncGenerator[BaseModel, None]) -> None:
        self._pieces = _pieces(told)
        super().__init__(self._pieces, headers=_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: PLR0917 - as ASGI calls it
        """Send it."""
        async with aclosing(self._pieces):
            await super().__call__(scope, receive, send)


async def _pieces(told: AsyncGenerator[BaseModel, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(told):
        next_one = _next(told)
        try:
            while True:
                await asyncio.wait({next_one}, timeout=QUIET_S)  # and no timeout around it, which would end `told`
                if not next_one.done():
                    yield b": nothing new\n\n"
                elif (message := next_one.result()) is None:
                    return
                else:
                    yield f"data: {message.model_dump_json()}\n\n".encode()
                    next_one = _next(told)
        finally:
            next_one.cancel()
            await asyncio.wait({next_one})


def _next(told: AsyncGenerator[BaseModel, None]) -> asyncio.Task[BaseModel | None]:
    async def wait() -> BaseModel | None:
        return await anext(told, None)

    return asyncio.create_task(wait())
