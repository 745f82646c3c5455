"""Live streams: a WebSocket for frames, in and out."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket

from gesso.server.direct.opening import ByName
from gesso.server.live.visit import serve_visit
from gesso.server.rooms import House

router = APIRouter(prefix="/models", tags=["live"])
"""`/models/{name}/live`."""


@router.websocket("/{name}/live")
async def live_model(name: str, house: House, *, socket: WebSocket) -> None:
    """Run a model on frames as they come. The first message says what for, each binary one is a frame."""
    await socket.accept()
    await serve_visit(house.direct, socket, opening_for=lambda _: ByName(house.direct.models, name))
