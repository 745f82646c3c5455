"""`GET /v1/models`, which several protocols claim: one object in which each finds the keys that it knows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from gesso.errors import AccessError
from gesso.server.protocols import openai, replicate_models, runway_daemon
from gesso.server.protocols.runway_errors import RESPONSES, RunwayRoute
from gesso.server.rooms import House, Rooms
from gesso.server.schemas.bare_models import BareModels

Share: TypeAlias = Callable[[Rooms, Request], Awaitable[dict[str, Any]]]
"""What a protocol puts into the answer: keys of its own. Raises `AccessError` if it has nothing for who asks."""

router = APIRouter(prefix="/v1", tags=["protocols"], route_class=RunwayRoute, responses=RESPONSES)
"""`/v1/models`, as the protocols have it. The studio's own interface is elsewhere."""

_SHARES: Final[tuple[Share, ...]] = (openai.share, replicate_models.share, runway_daemon.share)


@router.get("/models", response_class=Response, responses={200: {"model": BareModels}})
async def list_bare_models(request: Request, house: House) -> Response:
    """List what there is for whoever asks, in the words of each protocol.

    `data` is OpenAI's, `results` Replicate's, `models` Runway's.
    """
    found: dict[str, Any] = {}
    refusals: list[AccessError] = []
    for share in _SHARES:
        try:
            found |= await share(house, request)
        except AccessError as error:
            refusals.append(error)
    if not found and refusals:
        raise refusals[0]
    return JSONResponse(found)
