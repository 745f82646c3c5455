"""The bodies of requests as they come: limited, in pieces that are worth a write, given up when nothing comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request

from gesso.server.errors import Refusal
from gesso.server.schemas.problem import Problem
from gesso.types.given import size

PATIENCE_S: Final = 30.0
"""How long nothing may come in the middle of a body."""
_PIECE_BYTES: Final = 1024 * 1024


async def body_of(request: Request, *, limit_bytes: int) -> AsyncIterator[bytes]:
    """Yield a body as it comes. One that is too large, breaks off or stands still raises `Refusal`."""
    if said_bytes(request.headers) > limit_bytes:
        raise too_large(limit_bytes)
    count, stream = 0, aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(PATIENCE_S):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise _broken(408, "slow", message=f"Nothing has come for {PATIENCE_S:g} seconds.") from None
        except ClientDisconnect:
            raise _broken(400, "broken", message="The connection broke off.") from None
        count += len(chunk)
        if count > limit_bytes:
            raise too_large(limit_bytes)
        yield chunk


async def gathered(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Join small chunks to pieces of about a megabyte. What has come before an error is yielded before it is raised."""
    piece = bytearray()
    try:
        async for chunk in chunks:
            piece += chunk
            if len(piece) >= _PIECE_BYTES:
                yield bytes(piece)
                piece.clear()
    except Refusal:
        yield bytes(piece)
        raise
    if piece:
        yield bytes(piece)


def said_bytes(headers: Headers) -> int:
    """Return how large a body says that it is; 0 if it does not, or says nonsense."""
    said = headers.get("content-length", "0")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0


def too_large(limit_bytes: int) -> Refusal:
    """Return the answer to a body that is too large."""
    message = f"The largest file that is taken is {size(limit_bytes)}."
    hint = "The setting upload_limit_bytes says how large a file may be."
    return Refusal(413, Problem(code="too_large", message=message, hint=hint), headers={"Connection": "close"})


def _broken(status: int, code: str, *, message: str) -> Refusal:
    problem = Problem(code=code, message=message, hint="Send it again; a resumable upload goes on where it was.")
    return Refusal(status, problem, headers={"Connection": "close"})
