"""A client of live streams, as a program would write it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import PIL.Image
from websockets.asyncio.client import ClientConnection, connect

from tests.server.program import Program

PATIENCE_S = 90


@dataclass
class Client:
    """Speaks to one stream."""

    socket: ClientConnection

    async def say(self, **said: Any) -> None:
        """Send a text."""
        await self.socket.send(json.dumps(said))

    async def show(self, data: bytes) -> None:
        """Send a frame."""
        await self.socket.send(data)

    async def hear(self) -> Any:
        """Return the next text that is no progress, and under "data" the picture that belongs to it."""
        async with asyncio.timeout(PATIENCE_S):
            while (told := json.loads(await self.socket.recv()))["type"] == "progress":
                pass
            if told.get("picture"):
                told["data"] = await self.socket.recv()
        return told

    async def until_ready(self, **opening: Any) -> Any:
        """Open the stream, and return what the server says when the model is ready."""
        await self.say(**opening)
        ready = await self.hear()
        assert ready["type"] == "ready", ready
        return ready


@contextlib.asynccontextmanager
async def live(program: Program, model: str = "many", **how: Any) -> AsyncIterator[Client]:
    """Connect to the live stream of a model."""
    address = f"ws://127.0.0.1:{program.port}/api/v1/models/{model}/live"
    async with connect(address, compression=None, max_size=None, **how) as socket:
        yield Client(socket)


def frame(value: int = 100, *, size: tuple[int, int] = (64, 48), kind: str = "PNG") -> bytes:
    """Return a picture of one grey."""
    file = io.BytesIO()
    PIL.Image.new("RGB", size, (value, value, value)).save(file, kind)
    return file.getvalue()
