"""Runway's protocol of hosted models: `/v1`, `/v1/info` and `/v1/query` below the address of every deployment."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gesso.errors import DeadlineError
from gesso.hosting.deployment import Deployment
from gesso.hosting.hosting import Hosting
from gesso.server.hosted.caller import Caller
from gesso.server.hosted.opening import HostedOpening
from gesso.server.protocols.runway_answer import RunwayAnswer
from gesso.server.protocols.runway_errors import RESPONSES, RunwayRoute
from gesso.server.protocols.runway_fields import command_of
from gesso.server.protocols.runway_query import WAKING_S
from gesso.server.rooms import House, Rooms
from gesso.server.schemas.runway import RunwayCommand, RunwayOutputs, RunwayStatus

router = APIRouter(prefix="/m", tags=["runway"], route_class=RunwayRoute, responses=RESPONSES)
"""`/m/{name}/v1`, and with what Runway's clients add to it: see `runway_addresses.py`."""

BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunwayInputs"}}},
    }
}
"""What the description says of a query: its handler reads it by itself."""
OUTPUTS: Final[dict[int | str, dict[str, Any]]] = {200: {"model": RunwayOutputs, "description": "The outputs by name."}}
"""What a query answers."""


@router.get("/{name}/v1")
async def get_runway_status(name: str, request: Request, *, house: House) -> RunwayStatus:
    """Say at once whether a deployment is awake. One that sleeps is woken by that."""
    _let_in(house.hosting, name, request=request)
    house.hosting.wake(name)
    is_awake = house.hosting.status(name).state == "awake"
    return RunwayStatus(status="running" if is_awake else "starting")


@router.get("/{name}/v1/info")
async def get_runway_info(name: str, request: Request, *, house: House) -> RunwayCommand:
    """Say what a deployment takes and gives, as soon as it is awake."""
    hosting = house.hosting
    deployment = _let_in(hosting, name, request=request)
    try:
        async with asyncio.timeout(WAKING_S) as patience:
            spec = await hosting.until_awake(deployment)
    except TimeoutError as error:
        if not patience.expired():
            raise
        raise DeadlineError(f"{name} is still waking.", hint="Ask again; it goes on meanwhile.") from error
    command = spec.command(deployment.release.command)
    return RunwayCommand.model_validate(command_of(command, description=spec.description))


@router.post("/{name}/v1/query", response_class=Response, openapi_extra=BODY, responses=OUTPUTS)
async def query_runway(name: str, request: Request) -> Response:
    """Run a deployment: inputs by name in, outputs by name out. One that sleeps is woken; the query waits meanwhile."""
    rooms: Rooms = request.app.state.rooms
    opening = partial(HostedOpening, rooms.hosting, name, caller=Caller.of(request), protocol="runway")
    return RunwayAnswer(rooms.direct, request, opening=opening)


def _let_in(hosting: Hosting, name: str, *, request: Request) -> Deployment:
    """Return a deployment to somebody who may ask. One that sleeps is for those who have something left to spend."""
    deployment, caller = hosting.active(name), Caller.of(request)
    if hosting.status(name).state == "awake":
        hosting.door.check(deployment, secret=caller.token, origin=caller.origin)
    else:
        hosting.expect(name, secret=caller.token, origin=caller.origin, protocol="runway")
    return deployment
