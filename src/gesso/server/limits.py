"""How large a body may be and how long it may take, unless it is a file: those count by themselves (`bodies.py`)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Message, Receive

from gesso.server.bodies import said_bytes
from gesso.server.errors import Refusal
from gesso.server.json_parts import count_parts, too_many_parts
from gesso.server.layer import Call, Layer
from gesso.server.plain_json import MOST_PARTS
from gesso.server.schemas.problem import Problem
from gesso.types.given import size

MOST_BYTES: Final = 10_000_000
"""The largest body that is no file: JSON with small pictures in it."""
PATIENCE_S: Final = 60.0
"""How long all of such a body may take."""
_FILES: Final = re.compile(
    r"POST /api/v1/files|PATCH /api/v1/uploads/[^/]+|POST /api/v1/models/[^/]+/run|POST /m/[^/]+/run"
    r"|POST /m/[^/]+/predictions|PUT /m/[^/]+/predictions/[^/]+"
    r"|POST (?:/replicate)?/v1/(?:files|predictions|(?:models|deployments)/[^/]+/[^/]+/predictions)"
    r"|POST /m/[^/]+/v1/query|POST /runway/sessions/[^/]+/[^/]+"
)


class Limits(Layer):
    """Refuses a body that says it is too large, and breaks off one that becomes so or takes too long."""

    async def meet(self, call: Call) -> None:
        """Hand a call on with a way in that is limited."""
        if not call.is_request or _FILES.fullmatch(f"{call.scope['method']} {call.scope['path']}"):
            await call.to(self.app)
        elif said_bytes(Headers(scope=call.scope)) > MOST_BYTES:
            refusal = _too_large()
            await call.refuse(refusal.status_code, refusal.problem, headers=refusal.headers)
        else:
            await self.app(call.scope, _limited(call.receive), call.send)


def _limited(receive: Receive) -> Receive:
    """Return a way in that raises `Refusal` after too many bytes or parts of JSON, or too much time."""
    clock: Callable[[], float] = asyncio.get_running_loop().time
    deadline_s, count, parts, is_whole = clock() + PATIENCE_S, 0, 0, False

    async def receive_limited() -> Message:
        nonlocal count, parts, is_whole
        if is_whole:  # whoever waits now waits for the other side to leave
            return await receive()
        try:
            async with asyncio.timeout_at(deadline_s):
                message = await receive()
        except TimeoutError:
            problem = Problem(code="slow", message=f"The request took longer than {PATIENCE_S:g} seconds to arrive.")
            raise Refusal(408, problem, headers={"Connection": "close"}) from None
        count += len(message.get("body", b""))
        parts += count_parts(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if count > MOST_BYTES:
            raise _too_large()
        if parts > MOST_PARTS:
            raise too_many_parts()
        return message

    return receive_limited


def _too_large() -> Refusal:
    message = f"The request is larger than {size(MOST_BYTES)}."
    hint = "Send large files by themselves, to /api/v1/files or /api/v1/uploads, and name them here."
    return Refusal(413, Problem(code="too_large", message=message, hint=hint), headers={"Connection": "close"})
