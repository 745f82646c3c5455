"""The answer to a request to a deployment by an open protocol: a run that ends with its connection."""

from __future__ import annotations

import asyncio
from abc import abstractmethod

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gesso.errors import GessoError
from gesso.server.direct.gone import CanceledWhenGone, ClientGoneError
from gesso.server.direct.places import STOPPING
from gesso.server.direct.room import Direct
from gesso.server.errors import Refusal, problem_of, status_of
from gesso.server.hosted.opening import HostedOpening
from gesso.server.layer import Call
from gesso.server.schemas.problem import Problem


class HostedAnswer(Response):
    """A response that runs a deployment while it is sent. Its request must have been read whole."""

    def __init__(self, direct: Direct, opening: HostedOpening) -> None:
        super().__init__()
        self.direct = direct
        self.opening = opening
        self.has_begun = False
        """Whether something was sent already."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: PLR0917 - as ASGI calls it
        """Run and answer; stop as soon as the client leaves. What goes wrong is told in the protocol's own shape."""
        call = Call(scope=scope, receive=receive, send=send)
        try:
            async with self.opening:
                await self._serve(call)
        except GessoError as error:
            await self.fail(error, status_of(error), problem=problem_of(error), call=call)
        except Refusal as refusal:
            await self.fail(None, refusal.status_code, problem=refusal.problem, call=call)

    async def _serve(self, call: Call) -> None:
        places = self.direct.places
        with places.take(self.opening.name, guest=self.opening.guest):
            try:
                async with CanceledWhenGone(call.receive) as watch:
                    await self.carry_out(watch, call)
            except ClientGoneError:
                pass  # there is nobody to tell
            except asyncio.CancelledError:
                if not places.is_stopping:  # then whoever has let it in, ends it
                    raise
                raise Refusal(503, STOPPING, headers={"Connection": "close", "Retry-After": "5"}) from None

    @abstractmethod
    async def carry_out(self, watch: CanceledWhenGone, call: Call) -> None:
        """Run, and send what comes of it."""

    @abstractmethod
    async def fail(self, error: GessoError | None, status: int, *, problem: Problem, call: Call) -> None:
        """Say what went wrong, also in the middle of a stream."""
