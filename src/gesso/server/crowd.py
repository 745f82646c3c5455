"""How many may stay: who listens holds a connection for as long as they like, and others want to be answered meanwhile.

Guests of deployments have a share of all connections, and those from one address a share of that: so none of them keeps
the owner out, and one alone not the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp

from gesso.server.layer import Call, Layer
from gesso.server.schemas.problem import Problem

_WAIT_S: Final = "5"
_LISTENING: Final = ("/events", "/stream")
_GUESTS: Final = ("/m/", "/v1/", "/openai/", "/replicate/", "/runway/")


class Crowd(Layer):
    """Refuses a listener, to events or on a WebSocket, where `most` are there already, and guests earlier."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        super().__init__(app)
        self._most = most
        self._counts: Counter[str] = Counter()

    async def meet(self, call: Call) -> None:
        """Let in whoever finds room."""
        shares = _shares(call)
        if any(self._counts[group] >= max(1, self._most * share) for group, share in shares.items()):
            problem = Problem(
                code="crowded", message="So many are here already that no more are taken.", hint="Come again later."
            )
            await call.refuse(503, problem, headers={"Retry-After": _WAIT_S})
            return
        self._counts.update(shares.keys())
        try:
            await call.to(self.app)
        finally:
            for group in shares:
                self._counts[group] -= 1
                if not self._counts[group]:
                    del self._counts[group]


def _shares(call: Call) -> Mapping[str, float]:
    """Return what a call counts under, and how large a share of `most` each of these may have."""
    path, client = call.scope["path"], (call.scope.get("client") or ("", 0))[0]
    shares: dict[str, float] = {}
    is_guest = path.startswith(_GUESTS)
    if is_guest:
        shares |= {"guests": 0.75, f"guests from {client}": 0.5}
    if not call.is_request or path.endswith(_LISTENING):
        shares["listeners"] = 1.0
        if is_guest:
            shares |= {"listening guests": 0.5, f"listening guests from {client}": 0.125}
    return shares
