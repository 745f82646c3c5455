"""The body of a request, whole: what a run begins with. Nothing is kept for it but memory until it is there."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from gesso.server.bodies import body_of
from gesso.server.direct.places import Delivery
from gesso.server.json_parts import count_parts, too_many_parts

MOST_BYTES: Final = 100_000_000
"""The largest body of a direct run: it lies in memory."""
QUICK_BYTES: Final = 65_536
"""Up to so many are read on the event loop."""
_BYTES_OF_A_PART: Final = 250


async def whole_body(request: Request, delivery: Delivery, *, is_json: bool, limit_bytes: int = MOST_BYTES) -> bytes:
    """Return the body. `is_json`: it will be read as JSON, which takes more memory the more parts it has.

    Raises `Refusal` for one that is too large, too slow, or has too many parts, and `QueueFullError`.
    """
    pieces, parts = [], 0
    async for piece in body_of(request, limit_bytes=limit_bytes, is_awaited=True):
        more = count_parts(piece) if is_json else 0
        parts += more
        if parts > delivery.most_parts:
            raise too_many_parts(delivery.most_parts)
        delivery.hold(len(piece) + more * _BYTES_OF_A_PART)
        pieces.append(piece)
    delivery.arrive()
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
