"""Live frames over a WebSocket: sent faster than they are answered, stalled, left without a word."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any, Final

import numpy as np
import PIL.Image
from websockets.asyncio.client import ClientConnection

from tests.soak.stage import API, Stage
from tests.soak.visitor import Away

ROUTE: Final = f"{API}/models/{{name}}/live"
"""The route."""

_MODEL: Final = "mirror"


async def send_frames(stage: Stage) -> None:
    """Send frames and take the answers: for each a result in words and the frame behind it, or why there is none."""
    async with stage.visitor.socket(ROUTE.format(name=_MODEL)) as socket:
        await _begin(stage, socket)
        for _ in range(stage.chance.choice((3, 30))):
            for _ in range(stage.chance.choice((1, 1, 4))):
                await socket.send(_frame(stage))
            said = await _hear(socket)
            if said["type"] == "error" and said["code"] == "worker_died":  # another visitor has killed it
                continue
            stage.expect(said["type"] == "result", f"live: {said}")
            frame = await socket.recv()
            stage.expect(isinstance(frame, bytes), f"live: no frame but {frame!r:.200}")


async def stall_and_leave(stage: Stage) -> None:
    """Send frames, read no answer, and break the connection off."""
    async with stage.visitor.socket(ROUTE.format(name=_MODEL)) as socket:
        await _begin(stage, socket)
        for _ in range(50):
            await socket.send(_frame(stage))
        await asyncio.sleep(stage.chance.choice((0.1, 2)))
        socket.transport.abort()


async def _begin(stage: Stage, socket: ClientConnection) -> None:
    await socket.send("{}")
    said = await _hear(socket)
    if said["type"] == "error" and said["code"] == "worker_died" and stage.server.has_killed(_MODEL):
        raise Away("live")  # killed while it got ready: then there are no frames at all
    stage.expect(said["type"] == "ready", f"live: {said}")


async def _hear(socket: ClientConnection) -> dict[str, Any]:
    """Return the next message in words that is not about the worker getting ready."""
    while True:
        said: dict[str, Any] = json.loads(await socket.recv())
        if said["type"] == "error" and said["code"] == "stopping":
            raise Away("live")
        if said["type"] != "progress":
            return said


def _frame(stage: Stage) -> bytes:
    pixels = np.full((240, 320, 3), stage.chance.randrange(256), np.uint8)
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()
