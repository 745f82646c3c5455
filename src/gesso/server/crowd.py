"""How many may stay: listeners hold a connection for as long as they like, and others want to be answered meanwhile."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp

from gesso.server.layer import Call, Layer
from gesso.server.schemas.problem import Problem

_WAIT_S: Final = "5"


class Crowd(Layer):
    """Refuses a listener, to events or on a WebSocket, where `most` are there already."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        super().__init__(app)
        self._most = most
        self._count = 0

    async def meet(self, call: Call) -> None:
        """Let in whoever asks and goes, and listeners as long as there is room."""
        if call.is_request and not call.scope["path"].endswith("/events"):
            await call.to(self.app)
        elif self._count >= self._most:
            message = f"{self._most} listen already, and no more are taken."
            problem = Problem(code="crowded", message=message, hint="Ask for the job itself now and then instead.")
            await call.refuse(503, problem, headers={"Retry-After": _WAIT_S})
        else:
            self._count += 1
            try:
                await call.to(self.app)
            finally:
                self._count -= 1
