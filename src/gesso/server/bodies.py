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
GRACE_S: Final = 60.0
"""How long all of a body may take that others wait for, and besides the time that `SLOWEST` gives it."""
SLOWEST: Final = 50_000
"""Bytes a second that such a body has to bring on the whole."""
_PIECE_BYTES: Final = 1024 * 1024


async def body_of(request: Request, *, limit_bytes: int, is_awaited: bool = False) -> AsyncIterator[bytes]:
    """Yield a body as it comes. One that is too large, breaks off or stands still raises `Refusal`.

    `is_awaited`: something is kept for it meanwhile, so that it must not go on for as long as it likes either.
    """
    if said_bytes(request.headers) > limit_bytes:
        raise too_large(limit_bytes)
    count, stream, clock = 0, aiter(request.stream()), asyncio.get_running_loop().time
    began = clock()
    while True:
        left_s = began + GRACE_S + count / SLOWEST - clock() if is_awaited else PATIENCE_S
        try:
            async with asyncio.timeout(min(PATIENCE_S, left_s)):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            is_still = left_s >= PATIENCE_S
            message = f"Nothing has come for {PATIENCE_S:g} seconds." if is_still else "The request comes too slowly."
            raise _broken(408, "slow", message=message) from None
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
