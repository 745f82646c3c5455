"""Replicate's HTTP: predictions that are made, fetched, streamed and canceled.

At `/replicate/v1`, and bare at `/v1`. A token is good for one deployment, so that it says which one is meant. The name
of an owner in an address is not looked at.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from gesso.errors import AccessError, GessoError, InputError, NotFoundError
from gesso.hosting.deployment import Deployment, Release
from gesso.hosting.prediction import Prediction
from gesso.hosting.signing import secret_for, shown_secret
from gesso.jobs.history import files_of
from gesso.server.errors import headers_of
from gesso.server.hosted.asked_by import expect_guest, own_deployment
from gesso.server.hosted.caller import Caller
from gesso.server.hosted.prediction_events import PredictionStream, replicate_events
from gesso.server.hosted.predictions import create, find
from gesso.server.hosted.reading import read_json
from gesso.server.hosted.shown import STREAM, Manner, shown
from gesso.server.hosted.versions import release_of, version_of
from gesso.server.hosted.wanted import Preference, address_of
from gesso.server.protocols.shaping import shaped
from gesso.server.rooms import House, Rooms
from gesso.server.schemas import prediction as schemas
from gesso.server.schemas.prediction import PredictionPage, PredictionRequest, PredictionShown, SigningSecret
from gesso.server.schemas.problem import Problem
from gesso.server.serving import serve_file

_TITLES: Final = {401: "Unauthenticated", 403: "Forbidden", 404: "Not Found", 422: "Input validation failed"}
_PAGE: Final = 50
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": PredictionRequest.model_json_schema()}},
    }
}
_CREATED: Final[dict[int | str, dict[str, Any]]] = {
    201: {"model": PredictionShown, "description": "Accepted, and done if that was waited for."},
    202: {"model": PredictionShown, "description": "Not done in the time that it was waited for."},
}
_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    "default": {"model": schemas.ReplicateProblem, "description": "Refused."}
}


def refuse(error: GessoError | None, status: int, *, problem: Problem) -> JSONResponse:
    """Return what Replicate would say."""
    detail = " ".join(part for part in (problem.message, problem.hint) if part)
    fields = (
        [{"type": problem.code, "field": f"input.{problem.where}", "description": detail}] if problem.where else None
    )
    said = schemas.ReplicateProblem(
        title=_TITLES.get(status, "Error"), detail=detail, status=status, invalid_fields=fields
    )
    return JSONResponse(said.model_dump(exclude_none=True), status, headers_of(error) if error else None)


router = APIRouter(tags=["replicate"], route_class=shaped(refuse), responses=_ERRORS)
"""Predictions, and who asks for them."""


# -- predictions ------------------------------------------------------------------------------------------------------


@router.post("/predictions", response_class=JSONResponse, openapi_extra=_BODY, responses=_CREATED)
async def create_prediction(request: Request, house: House) -> Response:
    """Make a prediction with a version of a deployment. Without a token, that of a public one."""
    caller = Caller.of(request)
    token = expect_guest(house.hosting, caller, protocol="replicate")
    asked = await read_json(house.direct, request, kind=PredictionRequest, guest=caller.name(token))
    deployment, release = _meant(house, asked.version, own=None if token is None else token.deployment)
    return await _create(house, request, asked=asked, deployment=deployment, release=release)


@router.post("/models/{owner}/{name}/predictions", response_class=JSONResponse, openapi_extra=_BODY, responses=_CREATED)
async def create_model_prediction(
    owner: str,  # noqa: ARG001 - part of the address alone
    name: str,
    *,
    request: Request,
    house: House,
) -> Response:
    """Make a prediction with the current version of a deployment."""
    return await _create_named(house, request, name=name)


@router.post(
    "/deployments/{owner}/{name}/predictions", response_class=JSONResponse, openapi_extra=_BODY, responses=_CREATED
)
async def create_deployment_prediction(
    owner: str,  # noqa: ARG001 - part of the address alone
    name: str,
    *,
    request: Request,
    house: House,
) -> Response:
    """Make a prediction with the current version of a deployment."""
    return await _create_named(house, request, name=name)


@router.get("/predictions")
async def list_predictions(
    request: Request, house: House, *, cursor: Annotated[str | None, Query(max_length=100)] = None
) -> PredictionPage:
    """List the predictions of a token, the newest first. Files in them are addresses."""
    _, token = own_deployment(house.hosting, Caller.of(request))
    found = await house.app.predictions.of_token(token.id, before=cursor, limit=_PAGE)
    results = [await shown(house.app, each, manner=Manner(files="address")) for each in found]
    more = f"{own_address(house, request)}/predictions?cursor={found[-1].id}" if len(found) == _PAGE else None
    return PredictionPage(results=results, next=more)


@router.get("/predictions/{prediction_id}")
async def get_prediction(prediction_id: str, request: Request, *, house: House) -> PredictionShown:
    """Say how a prediction stands."""
    return await shown(house.app, await find(house, request, prediction_id=prediction_id), manner=Manner())


@router.post("/predictions/{prediction_id}/cancel")
async def cancel_prediction(prediction_id: str, request: Request, *, house: House) -> PredictionShown:
    """Cancel a prediction. One that is over stays as it is."""
    prediction = await find(house, request, prediction_id=prediction_id)
    return await shown(house.app, await house.app.predictions.cancel(prediction), manner=Manner())


@router.get("/predictions/{prediction_id}/stream", status_code=200, response_class=PredictionStream)
async def stream_prediction(prediction_id: str, request: Request, *, house: House) -> Response:
    """Tell how a prediction goes on, as server-sent events."""
    prediction = await find(house, request, prediction_id=prediction_id, purpose=STREAM)
    return PredictionStream(replicate_events(house.app, prediction))


@router.get("/predictions/{prediction_id}/files/{blob}/{name}", response_class=FileResponse)
async def get_prediction_file(
    prediction_id: str, blob: str, *, name: str, request: Request, house: House
) -> FileResponse:
    """Return a file that a prediction was made with, or has made."""
    prediction = await find(house, request, prediction_id=prediction_id, purpose=blob)
    if blob not in _files_of(prediction):
        raise NotFoundError("This prediction has no such file.")
    kept = await asyncio.to_thread(house.app.blobs.refer, blob, name)
    path = await asyncio.to_thread(house.app.blobs.path, blob)
    return serve_file(path, name=kept.name, media_type=kept.media_type, etag=blob)


# -- whose it is ------------------------------------------------------------------------------------------------------


@router.get("/account")
async def get_account(request: Request, house: House) -> schemas.AccountShown:
    """Say who it is: whoever runs this Gesso."""
    own_deployment(house.hosting, Caller.of(request))
    return schemas.AccountShown()


@router.get("/hardware", response_model=list[schemas.HardwareShown])
async def list_hardware(request: Request, house: House) -> list[schemas.HardwareShown]:
    """Say where models run: on this computer."""
    own_deployment(house.hosting, Caller.of(request))
    return [schemas.HardwareShown()]


@router.get("/webhooks/default/secret")
async def get_signing_secret(request: Request, house: House) -> SigningSecret:
    """Return what the webhooks of this token's predictions can be checked with."""
    deployment, token = own_deployment(house.hosting, Caller.of(request))
    if token.kind == "browser":
        raise AccessError("A token that stands in a page has no secret.", hint="Use a secret token.")
    secret = secret_for(await house.hosting.secret_of(deployment.name), token.id)
    return SigningSecret(key=shown_secret(secret))


# -- how it is done ---------------------------------------------------------------------------------------------------


def own_address(house: Rooms, request: Request) -> str:
    """Return the address by which somebody has come, up to this protocol."""
    prefix = "/replicate/v1" if request.url.path.startswith("/replicate/") else "/v1"
    return address_of(house, request, prefix=prefix)


def _meant(house: Rooms, version: str | None, *, own: str | None) -> tuple[Deployment, Release | None]:
    """Return the deployment and the release that are meant: by the token, or by the version of a public one."""
    said, _, identity = (version or "").rpartition(":")
    if own is not None:
        deployment = house.hosting.get(own)
        is_name = version is None or version == own or version.endswith(f"/{own}")
        return deployment, None if is_name else release_of(deployment, identity)
    for deployment in house.hosting.all():
        if deployment.is_public and (version_of(deployment.release) == identity or said.endswith(deployment.name)):
            return deployment, release_of(deployment, identity)
    raise NotFoundError(f"There is no version {(version or '')[:80]!r}.", hint="Send a deployment's token.")


async def _create_named(house: Rooms, request: Request, *, name: str) -> Response:
    caller = Caller.of(request)
    token = house.hosting.expect(name, secret=caller.token, origin=caller.origin, protocol="replicate")
    asked = await read_json(house.direct, request, kind=PredictionRequest, guest=caller.name(token))
    return await _create(house, request, asked=asked, deployment=house.hosting.get(name), release=None)


async def _create(
    house: Rooms, request: Request, *, asked: PredictionRequest, deployment: Deployment, release: Release | None
) -> Response:
    preference = Preference.of(request)
    if asked.id is not None:
        raise InputError("no id: it is given here", f'"{asked.id[:40]}"', where="id")
    prediction = await create(
        house,
        request,
        name=deployment.name,
        asked=asked,
        preference=preference,
        protocol="replicate",
        base=own_address(house, request),
        release=release,
    )
    wait_s = None if preference.is_async else preference.wait_s
    if wait_s is not None:
        prediction = await house.app.predictions.ended(prediction.id, within_s=wait_s)
    told = await shown(house.app, prediction, manner=Manner(is_waited_for=wait_s is not None))
    status = 201 if wait_s is None or prediction.has_ended else 202
    return JSONResponse(told.model_dump(), status)


def _files_of(prediction: Prediction) -> set[str]:
    made = {file.blob for output in prediction.job.outputs for file in output.files}
    return made | set(files_of(prediction.job.inputs))


async def form(house: Rooms, prediction: Prediction) -> bytes:
    """Return a prediction as a webhook gets it."""
    return (await shown(house.app, prediction, manner=Manner())).model_dump_json().encode()
