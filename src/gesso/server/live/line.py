"""The line to one client: texts and pictures go out one after the other, and a text with its picture together."""

from __future__ import annotations

import asyncio
from typing import Final

from pydantic import BaseModel
from starlette.websockets import WebSocket, WebSocketDisconnect

from gesso.server.schemas.live import LiveErrorMessage
from gesso.server.schemas.problem import Problem

_LAST_WORD_S: Final = 1.0
"""How long the last word may take: a client that does not read keeps nobody."""


class ClosedError(Exception):
    """The client has left."""


class Line:
    """A WebSocket that several tasks write to."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._turn = asyncio.Lock()

    async def receive(self) -> str | bytes:
        """Return the next message. Raises `ClosedError` when the client leaves."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise ClosedError
        text: str | None = message.get("text")
        return message["bytes"] if text is None else text

    async def say(self, message: BaseModel, data: bytes = b"", *, is_sparse: bool = False) -> None:
        """Send a text, and right after it a picture. Waits as long as the client does not read."""
        text = message.model_dump_json(exclude_none=is_sparse)
        async with self._turn:
            try:
                await self._socket.send_text(text)
                if data:
                    await self._socket.send_bytes(data)
            except (WebSocketDisconnect, RuntimeError) as error:  # RuntimeError: it has left before
                raise ClosedError from error

    async def end(self, problem: Problem, code: int) -> None:
        """Say why the stream is over, and close."""
        last = LiveErrorMessage(**problem.model_dump())
        try:
            async with asyncio.timeout(_LAST_WORD_S):
                await self.say(last, is_sparse=True)
                await self._socket.close(code, problem.message.encode()[:100].decode(errors="ignore"))
        except (TimeoutError, ClosedError, WebSocketDisconnect, RuntimeError):
            pass  # it does not read, has left, or was told already
