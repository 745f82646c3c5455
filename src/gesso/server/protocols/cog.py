"""Cog's HTTP, as a container of one model speaks it: every deployment at `/m/<name>`."""

from __future__ import annotations

import asyncio
import platform
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from gesso.errors import ConflictError, GessoError, NotFoundError
from gesso.hosting.prediction import Prediction
from gesso.server.errors import Refusal, headers_of
from gesso.server.hosted.caller import Caller
from gesso.server.hosted.prediction_events import PredictionStream, cog_events
from gesso.server.hosted.predictions import create, named
from gesso.server.hosted.reading import read_json
from gesso.server.hosted.shown import Manner, shown
from gesso.server.hosted.versions import openapi_of
from gesso.server.hosted.wanted import Preference, address_of
from gesso.server.protocols.shaping import shaped
from gesso.server.rooms import House, Rooms
from gesso.server.schemas import prediction as schemas
from gesso.server.schemas.prediction import HealthShown, PredictionRequest, PredictionShown
from gesso.server.schemas.problem import Problem
from gesso.version import VERSION

_ERRORS: Final[dict[int | str, dict[str, Any]]] = {"default": {"model": schemas.CogProblem, "description": "Refused."}}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": PredictionRequest.model_json_schema()}},
    }
}
_MADE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": PredictionShown, "description": "Over, or a stream of what happens."},
    202: {"model": PredictionShown, "description": "Accepted."},
}
_EVENTS: Final = "text/event-stream"


def refuse(error: GessoError | None, status: int, *, problem: Problem) -> JSONResponse:
    """Return what Cog would say."""
    detail: Any = " ".join(part for part in (problem.message, problem.hint) if part)
    if status == 422:
        where = ["body", "input", problem.where] if problem.where else ["body"]
        detail = [{"loc": where, "msg": detail, "type": "value_error"}]
    headers = headers_of(error) if error else None
    return JSONResponse(schemas.CogProblem(detail=detail).model_dump(), status, headers)


router = APIRouter(prefix="/m", tags=["cog"], route_class=shaped(refuse), responses=_ERRORS)
"""`/m/{name}/...`."""


@router.get("/{name}/health-check")
async def get_health(name: str, request: Request, *, house: House) -> HealthShown:
    """Say how a deployment stands. One that sleeps is ready: it wakes for whoever asks."""
    _check(house, request, name=name)
    status = house.hosting.status(name)
    setup = None
    if status.state in {"waking", "awake"}:
        setup = {"status": "succeeded" if status.state == "awake" else "starting", "logs": ""}
    elif status.error is not None:
        setup = {"status": "failed", "logs": status.error.message}
    said = {"inactive": "DEFUNCT", "failed": "SETUP_FAILED", "waking": "STARTING"}.get(status.state, "READY")
    if said == "READY" and _is_busy(house, name):
        said = "BUSY"
    version = {"gesso": VERSION, "python": platform.python_version()}
    return HealthShown.model_validate({"status": said, "setup": setup, "version": version})


@router.get("/{name}/openapi.json", response_class=JSONResponse)
async def get_description(name: str, request: Request, *, house: House) -> Response:
    """Describe what a deployment takes and gives, as Cog describes it."""
    _check(house, request, name=name)
    spec = await house.hosting.spec(name)
    return JSONResponse(openapi_of(spec, await house.hosting.command(name)))


@router.post("/{name}/predictions", response_class=JSONResponse, openapi_extra=_BODY, responses=_MADE)
async def predict(name: str, request: Request, *, house: House) -> Response:
    """Make one prediction: wait for it, or with `Prefer: respond-async` do not, or follow it with `Accept`."""
    asked = await _read(house, request, name=name)
    return await _predict(house, request, name=name, asked=asked)


@router.put("/{name}/predictions/{prediction_id}", response_class=JSONResponse, openapi_extra=_BODY, responses=_MADE)
async def predict_once(name: str, prediction_id: str, *, request: Request, house: House) -> Response:
    """Make one prediction of this id. The same again answers with the same one, and makes no other."""
    is_known = await named(house, request, name=name, prediction_id=prediction_id) is not None
    asked = await _read(house, request, name=name, is_known=is_known)
    if asked.id is not None and asked.id != prediction_id:
        problem = Problem(code="input", message="The id in the body is not the one in the address.", where="id")
        raise Refusal(422, problem)
    return await _predict(house, request, name=name, asked=asked.model_copy(update={"id": prediction_id}))


@router.post("/{name}/predictions/{prediction_id}/cancel", response_class=JSONResponse)
async def cancel_one(name: str, prediction_id: str, *, request: Request, house: House) -> Response:
    """Cancel a prediction that is under way."""
    prediction = await named(house, request, name=name, prediction_id=prediction_id)
    if prediction is None or prediction.has_ended:
        raise NotFoundError(f"No prediction {prediction_id[:40]!r} is under way.")
    await house.app.predictions.cancel(prediction)
    return JSONResponse({})


async def form(house: Rooms, prediction: Prediction) -> bytes:
    """Return a prediction as a webhook gets it."""
    return (await shown(house.app, prediction, manner=Manner(files="data"))).model_dump_json(exclude={"urls"}).encode()


async def _predict(house: Rooms, request: Request, *, name: str, asked: PredictionRequest) -> Response:
    is_stream = _EVENTS in request.headers.get("accept", "")
    if is_stream and not (await house.hosting.command(name)).is_streaming:
        problem = Problem(code="not_acceptable", message=f"{name} has no output that comes in parts.")
        raise Refusal(406, problem)
    preference = Preference.of(request)
    prediction = None
    if asked.id is not None:
        prediction = await named(house, request, name=name, prediction_id=asked.id)
    if prediction is None:
        if _is_busy(house, name):
            raise ConflictError("Already running a prediction.", hint="Ask again when it is over.")
        prediction = await create(
            house,
            request,
            name=name,
            asked=asked,
            preference=preference,
            protocol="cog",
            base=address_of(house, request),
        )
    if is_stream:
        return PredictionStream(cog_events(house.app, prediction))
    if preference.is_async:
        return await _told(house, prediction, status=202)
    return await _told(house, await _until_over(house, request, prediction=prediction), status=200)


async def _until_over(house: Rooms, request: Request, *, prediction: Prediction) -> Prediction:
    """Wait for a prediction; a client that leaves before its end has it canceled."""
    ending = asyncio.create_task(house.app.predictions.ended(prediction.id, within_s=None))
    leaving = asyncio.create_task(_until_gone(request))
    try:
        await asyncio.wait({ending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not ending.done():
            return await house.app.predictions.cancel(prediction)
        return ending.result()
    finally:
        for task in (ending, leaving):
            task.cancel()
        await asyncio.wait({ending, leaving})


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _told(house: Rooms, prediction: Prediction, *, status: int) -> Response:
    told = await shown(house.app, prediction, manner=Manner(files="data"))
    return JSONResponse(told.model_dump(exclude={"urls", "source", "data_removed"}), status)


async def _read(house: Rooms, request: Request, *, name: str, is_known: bool = False) -> PredictionRequest:
    """Return what somebody wants, if they may ask for it. What `is_known` costs nothing again."""
    caller, hosting = Caller.of(request), house.hosting
    if is_known:
        token = hosting.door.check(hosting.active(name), secret=caller.token, origin=caller.origin)
    else:
        token = hosting.expect(name, secret=caller.token, origin=caller.origin, protocol="cog")
    return await read_json(house.direct, request, kind=PredictionRequest, guest=caller.name(token))


def _check(house: Rooms, request: Request, *, name: str) -> None:
    caller = Caller.of(request)
    house.hosting.door.check(house.hosting.get(name), secret=caller.token, origin=caller.origin)


def _is_busy(house: Rooms, name: str) -> bool:
    """Say whether as many predictions are under way as there may be workers."""
    size = house.app.settings.pools.get(house.hosting.get(name).release.model)
    return house.app.predictions.running(name, protocol="cog") >= (size.max if size else 1)
