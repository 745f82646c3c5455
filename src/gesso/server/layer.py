"""What lies around the handlers: layers that every request and WebSocket passes, written against ASGI itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from starlette.types import ASGIApp, Receive, Scope, Send

from gesso.server.errors import answer
from gesso.server.schemas.problem import Problem


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request or a WebSocket on its way in: the three things that ASGI hands on."""

    scope: Scope
    receive: Receive
    send: Send

    @property
    def is_request(self) -> bool:
        """Whether it is a request, and no WebSocket."""
        return bool(self.scope["type"] == "http")

    async def to(self, app: ASGIApp) -> None:
        """Hand it to an app, or to a response."""
        await app(self.scope, self.receive, self.send)

    def sending(self, send: Send) -> Self:
        """Return the same with another way back."""
        return replace(self, send=send)

    async def refuse(self, status: int, problem: Problem, *, headers: Mapping[str, str] | None = None) -> None:
        """Answer with a problem; a WebSocket is closed before it is open, which a browser sees as 403."""
        if self.is_request:
            await self.to(answer(status, problem, headers=headers))
        else:
            await self.send({"type": "websocket.close", "code": 1008, "reason": ""})


class Layer(ABC):
    """A layer around an app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: PLR0917 - as ASGI calls it
        """Meet a call; the news of starting and stopping is no business of ours."""
        if scope["type"] in {"http", "websocket"}:
            await self.meet(Call(scope=scope, receive=receive, send=send))
        else:
            await self.app(scope, receive, send)

    @abstractmethod
    async def meet(self, call: Call) -> None:
        """Answer a call, or hand it on to `self.app`."""
