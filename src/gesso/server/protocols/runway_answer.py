"""The answer to one query over HTTP: everything from its body to the last byte that goes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gesso.server.direct.arrival import MOST_BYTES, QUICK_BYTES, whole_body
from gesso.server.direct.gone import CanceledWhenGone, ClientGoneError
from gesso.server.direct.opening import Opening
from gesso.server.direct.places import STOPPING, Delivery
from gesso.server.direct.room import Direct
from gesso.server.errors import Refusal
from gesso.server.json_parts import check_parts
from gesso.server.layer import Call
from gesso.server.protocols.runway_errors import RAISED, Trouble, refuse
from gesso.server.protocols.runway_query import Query, is_gzip, outputs_of, read_inputs, unpacked
from gesso.server.protocols.runway_values import FORMAT_HEADER, read_formats
from gesso.types.base import Json


class Heard(Protocol):
    """Hears what came of a query: the outputs as JSON, or why there are none."""

    def __call__(self, outputs: bytes | None, *, error: Trouble | None = None) -> None:
        """Hear it."""
        ...


def _ignore(outputs: bytes | None, *, error: Trouble | None = None) -> None:
    """Hear it, and do nothing about it."""


class RunwayAnswer(Response):
    """A response that runs a query while it is sent. Whatever goes wrong is told as Runway's clients know it.

    `opening` lets the request in, and raises if it must not be.
    """

    def __init__(
        self,
        direct: Direct,
        request: Request,
        *,
        opening: Callable[[], Opening],
        command: str | None = None,
        options: Mapping[str, Json] | None = None,
        heard: Heard = _ignore,
    ) -> None:
        super().__init__()
        self._direct = direct
        self._request = request
        self._opening = opening
        self._command = command
        self._options = options or {}
        self._heard = heard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: PLR0917 - as ASGI calls it
        """Let the request in, run, answer; stop as soon as the client leaves."""
        call = Call(scope=scope, receive=receive, send=send)
        try:
            async with self._opening() as opening:
                await self._serve(opening, call)
        except RAISED as error:
            self._heard(None, error=error)
            await call.to(await refuse(error))

    async def _serve(self, opening: Opening, call: Call) -> None:
        places = self._direct.places
        with places.receive(opening.guest) as delivery:
            query = await self._read(delivery)
            with places.take(opening.name, guest=opening.guest):
                try:
                    async with CanceledWhenGone(call.receive) as watch:
                        outputs = await outputs_of(self._direct, opening, query=query)
                        self._heard(outputs)
                        watch.let_go()
                        headers = {"Cache-Control": "no-store"}
                        await call.to(Response(outputs, media_type="application/json", headers=headers))
                except ClientGoneError:
                    pass  # there is nobody to tell
                except asyncio.CancelledError:
                    if not places.is_stopping:  # then whoever has let it in, ends it
                        raise
                    raise Refusal(503, STOPPING, headers={"Connection": "close", "Retry-After": "5"}) from None

    async def _read(self, delivery: Delivery) -> Query:
        is_packed = is_gzip(self._request.headers.get("content-encoding", ""))
        body = await whole_body(self._request, delivery, is_json=not is_packed)
        if is_packed:
            body = await self._direct.threads.call(unpacked, body, limit_bytes=MOST_BYTES)
            delivery.hold(len(check_parts(body, most=delivery.most_parts)))
        if len(body) <= QUICK_BYTES:
            inputs = read_inputs(body)
        else:
            inputs = await self._direct.threads.call(read_inputs, body)
        formats = read_formats(self._request.headers.get(FORMAT_HEADER, ""))
        return Query(inputs=inputs, command=self._command, options=self._options, formats=formats)
