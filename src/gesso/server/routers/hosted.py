"""A deployment's own address, as Gesso's clients use it: run it, stream to it, ask what it is and how it stands."""

from __future__ import annotations

from fastapi import APIRouter, Request, WebSocket
from fastapi.responses import Response

from gesso.errors import GessoError, NotFoundError
from gesso.server.direct.answer import DirectAnswer
from gesso.server.direct.described import EXTRA, RESPONSES
from gesso.server.hosted.caller import Caller
from gesso.server.hosted.opening import HostedOpening
from gesso.server.live.visit import refuse_visit, serve_visit
from gesso.server.rooms import House, Rooms
from gesso.server.schemas.deployment import DeploymentStatus, HostedSpec

router = APIRouter(prefix="/m", tags=["hosted"])
"""`/m/{name}`, beside the interface of the studio: whoever has a deployment's token may ask here, and nothing else."""


@router.post("/{name}/run", response_class=Response, openapi_extra=EXTRA, responses=RESPONSES)
async def run_deployment(request: Request) -> Response:
    """Run a deployment and answer with what it makes, as `/api/v1/models/{name}/run` does.

    One that sleeps is woken; the request waits meanwhile. The token comes as `Authorization: Bearer ...`.
    """
    rooms: Rooms = request.app.state.rooms
    name, caller = request.path_params["name"], Caller.of(request)
    opening = HostedOpening(rooms.hosting, name, caller=caller, protocol="gesso")
    return DirectAnswer(rooms.direct, request, opening=opening)


@router.websocket("/{name}/live")
async def live_deployment(name: str, house: House, *, socket: WebSocket) -> None:
    """Run a deployment on frames as they come. A page, which sends no headers, has its token in the first message."""
    caller = Caller.of(socket)
    try:
        house.hosting.active(name)
        if caller.token is not None:
            house.hosting.expect(name, secret=caller.token, origin=caller.origin, protocol="live")
    except GessoError as error:  # before anything is open
        await refuse_visit(socket, error)
        return
    await socket.accept()

    def opening_for(token: str | None) -> HostedOpening:
        who = Caller(token=caller.token or token, origin=caller.origin, client=caller.client)
        return HostedOpening(house.hosting, name, caller=who, protocol="live", is_stream=True)

    await serve_visit(house.direct, socket, opening_for=opening_for)


@router.get("/{name}/status")
async def get_hosted_status(name: str, request: Request, *, house: House) -> DeploymentStatus:
    """Say how a deployment stands, at once: asleep, waking with how far it is, awake. It is not woken by that."""
    hosting, caller = house.hosting, Caller.of(request)
    hosting.door.check(hosting.get(name), secret=caller.token, origin=caller.origin)
    return DeploymentStatus.of(hosting.status(name))


@router.post("/{name}/wake")
async def wake_hosted(name: str, request: Request, *, house: House) -> DeploymentStatus:
    """Begin to wake a deployment before it is needed, and say how it stands. One that is switched off stays so."""
    hosting, caller = house.hosting, Caller.of(request)
    hosting.door.check(hosting.get(name), secret=caller.token, origin=caller.origin)
    if hosting.get(name).is_active:
        hosting.expect(name, secret=caller.token, origin=caller.origin, protocol="gesso")
        hosting.wake(name)
    return DeploymentStatus.of(hosting.status(name))


@router.get("/{name}/spec")
async def get_hosted_spec(name: str, request: Request, *, house: House) -> HostedSpec:
    """Say what a deployment takes and gives. It is not woken by that."""
    hosting, caller = house.hosting, Caller.of(request)
    hosting.door.check(hosting.get(name), secret=caller.token, origin=caller.origin)
    return HostedSpec.of(hosting.get(name), await hosting.spec(name))


@router.get("/{name}/page")
async def get_hosted_page(name: str, house: House) -> HostedSpec:
    """Return what the page of a deployment has to show, if its owner wants one: anybody may look at it."""
    deployment = house.hosting.get(name)
    if not (deployment.has_page and deployment.is_active):
        raise NotFoundError(f"There is no page for {name[:80]!r}.", hint="Its owner can switch one on, under Hosting.")
    return HostedSpec.of(deployment, await house.hosting.spec(name))
