"""How many may stay: listeners hold a connection for as long as they like, and others want to be answered meanwhile."""

from __future__ import annotations

from collections import Counter
from typing import Final

from starlette.types import ASGIApp, Scope

from gesso.server.layer import Call, Layer
from gesso.server.schemas.problem import Problem

_WAIT_S: Final = "5"
_OWNERS: Final = "/api/"
_LISTENING: Final = ("/events", "/stream")
_GUESTS: Final = 2
_OF_ONE: Final = 4


class Crowd(Layer):
    """Refuses a listener, to events or on a WebSocket, where `most` are there already.

    Guests (who ask elsewhere than at the studio's own interface) have half of that, those from one address a quarter of
    the half: so none of them keeps the owner out, and one alone not the others.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        super().__init__(app)
        self._limits = (most, most // _GUESTS, max(1, most // _GUESTS // _OF_ONE))
        self._counts: Counter[str] = Counter()

    async def meet(self, call: Call) -> None:
        """Let in whoever asks and goes, and listeners as long as there is room."""
        if call.is_request and not call.scope["path"].endswith(_LISTENING):
            await call.to(self.app)
            return
        groups = _groups(call.scope)
        if any(self._counts[group] >= most for group, most in zip(groups, self._limits, strict=False)):
            message = "So many listen already that no more are taken."
            problem = Problem(code="crowded", message=message, hint="Ask for the job itself now and then instead.")
            await call.refuse(503, problem, headers={"Retry-After": _WAIT_S})
            return
        self._counts.update(groups)
        try:
            await call.to(self.app)
        finally:
            self._counts.subtract(groups)
            self._counts = +self._counts


def _groups(scope: Scope) -> tuple[str, ...]:
    """Return what a listener counts under: all, and if it is a guest, guests, and those from one address."""
    if scope["path"].startswith(_OWNERS):
        return ("all",)
    client = scope.get("client") or ("", 0)
    return ("all", "guests", f"from {client[0]}")
