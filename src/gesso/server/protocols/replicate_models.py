"""Replicate's models, versions, deployments and files: the same deployments, seen from each side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from gesso.hosting.deployment import Deployment, Release
from gesso.hosting.guest_files import LARGEST_BYTES, GuestFile
from gesso.hosting.predictions import KEPT_S
from gesso.hosting.tokens import Token
from gesso.server.bodies import body_of, gathered
from gesso.server.hosted.asked_by import own_deployment, seen_deployment, seen_deployments
from gesso.server.hosted.caller import Caller
from gesso.server.hosted.shown import OWNER
from gesso.server.hosted.versions import COG_VERSION, openapi_of, release_of, version_of
from gesso.server.multipart import first_file
from gesso.server.protocols.replicate import own_address, refuse
from gesso.server.protocols.shaping import shaped
from gesso.server.rooms import House, Rooms
from gesso.server.schemas import prediction as schemas
from gesso.server.schemas.prediction import (
    DeployedPage,
    DeployedShown,
    GuestFilePage,
    GuestFileShown,
    ModelCard,
    ModelPage,
    VersionPage,
    VersionShown,
)
from gesso.server.serving import serve_file
from gesso.storage.blobs import BlobReference

_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    "default": {"model": schemas.ReplicateProblem, "description": "Refused."}
}
_FORM: Final = {"type": "object", "properties": {"content": {"type": "string", "format": "binary"}}}
_UPLOAD: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
}

listing = APIRouter(tags=["replicate"], route_class=shaped(refuse), responses=_ERRORS)
"""The list of models, which the bare address shares with others."""
router = APIRouter(tags=["replicate"], route_class=shaped(refuse), responses=_ERRORS)
"""Everything else."""


# -- models -----------------------------------------------------------------------------------------------------------


@listing.get("/models")
async def list_replicate_models(request: Request, house: House) -> ModelPage:
    """List the deployments that a caller may use."""
    return ModelPage(results=await _cards(house, request))


@router.get("/models/{owner}/{name}")
async def get_replicate_model(
    owner: str,  # noqa: ARG001 - part of the address alone
    name: str,
    *,
    request: Request,
    house: House,
) -> ModelCard:
    """Say what a deployment is."""
    return await _card(house, request, deployment=seen_deployment(house.hosting, name, caller=Caller.of(request)))


@router.get("/models/{owner}/{name}/versions")
async def list_versions(
    owner: str,  # noqa: ARG001 - part of the address alone
    name: str,
    *,
    request: Request,
    house: House,
) -> VersionPage:
    """List the versions of a deployment that answer or have answered, the newest first."""
    deployment = seen_deployment(house.hosting, name, caller=Caller.of(request))
    releases = [each for each in reversed(deployment.releases) if each.number <= deployment.current]
    return VersionPage(results=[await _version(house, deployment, release=each) for each in releases])


@router.get("/models/{owner}/{name}/versions/{version}")
async def get_version(
    owner: str,  # noqa: ARG001 - part of the address alone
    name: str,
    *,
    version: str,
    request: Request,
    house: House,
) -> VersionShown:
    """Say what a version of a deployment takes and gives."""
    deployment = seen_deployment(house.hosting, name, caller=Caller.of(request))
    return await _version(house, deployment, release=release_of(deployment, version))


@router.get("/deployments")
async def list_replicate_deployments(request: Request, house: House) -> DeployedPage:
    """List the deployments that a caller may use."""
    found = seen_deployments(house.hosting, Caller.of(request))
    return DeployedPage(results=[_deployed(house, each) for each in found])


@router.get("/deployments/{owner}/{name}")
async def get_replicate_deployment(
    owner: str,  # noqa: ARG001 - part of the address alone
    name: str,
    *,
    request: Request,
    house: House,
) -> DeployedShown:
    """Say which version of a deployment answers."""
    return _deployed(house, seen_deployment(house.hosting, name, caller=Caller.of(request)))


async def share(house: Rooms, request: Request) -> dict[str, Any]:
    """Return what a client of Replicate looks for in the list of models that all protocols share."""
    return ModelPage(results=await _cards(house, request)).model_dump()


async def _cards(house: Rooms, request: Request) -> list[ModelCard]:
    found = seen_deployments(house.hosting, Caller.of(request))
    return [await _card(house, request, deployment=each) for each in found]


async def _card(house: Rooms, request: Request, *, deployment: Deployment) -> ModelCard:
    spec = await house.hosting.spec(deployment.name)
    minutes = await house.hosting.minutes(deployment.name, since=0)
    return ModelCard(
        url=f"{own_address(house, request)}/models/{OWNER}/{deployment.name}",
        owner=OWNER,
        name=deployment.name,
        description=spec.description or None,
        visibility="public" if deployment.is_public else "private",
        run_count=sum(minute.requests for minute in minutes.values()),
        latest_version=await _version(house, deployment, release=deployment.release),
    )


async def _version(house: Rooms, deployment: Deployment, *, release: Release) -> VersionShown:
    runnable, _ = await house.hosting.runnable(deployment.name, release.number)
    spec = runnable.spec
    return VersionShown(
        id=version_of(release),
        created_at=release.created_at,
        cog_version=COG_VERSION,
        openapi_schema=openapi_of(spec, spec.command(release.command)),
    )


def _deployed(house: Rooms, deployment: Deployment) -> DeployedShown:
    release = deployment.release
    size = house.app.settings.pools.get(release.model)
    return DeployedShown(
        owner=OWNER,
        name=deployment.name,
        current_release=schemas.DeployedRelease(
            number=release.number,
            model=f"{OWNER}/{deployment.name}",
            version=version_of(release),
            created_at=release.created_at,
            created_by=schemas.AccountShown(),
            configuration=schemas.ConfigurationShown(
                min_instances=size.min if size else 0, max_instances=size.max if size else 1
            ),
        ),
    )


# -- files ------------------------------------------------------------------------------------------------------------


@router.post("/files", status_code=201, openapi_extra=_UPLOAD)
async def create_file(request: Request, house: House) -> GuestFileShown:
    """Keep a file for predictions to come, for a day. It goes to the disk as it comes."""
    caller, files = Caller.of(request), house.app.predictions.files
    deployment, token = own_deployment(house.hosting, caller)
    house.hosting.expect(
        deployment.name, secret=caller.token, origin=caller.origin, protocol="replicate", client=caller.client
    )
    kind = request.headers.get("content-type", "")
    with house.direct.places.receive(caller.name(token)):
        async with files.room(token.id):
            body = body_of(request, limit_bytes=LARGEST_BYTES, is_awaited=True)
            made = await files.add(await _kept(house, body, kind=kind), deployment=deployment.name, token_id=token.id)
    return _file(made, house, request=request)


@router.get("/files")
async def list_files(request: Request, house: House) -> GuestFilePage:
    """List the files of a token, the newest first."""
    found = await house.app.predictions.files.of_token(_token(house, request).id)
    return GuestFilePage(results=[_file(each, house, request=request) for each in found])


@router.get("/files/{file_id}")
async def get_file_of_guest(file_id: str, request: Request, *, house: House) -> GuestFileShown:
    """Say of a file what it is."""
    return _file(
        await house.app.predictions.files.get(file_id, token_id=_token(house, request).id), house, request=request
    )


@router.get("/files/{file_id}/download", response_class=FileResponse)
async def download_file(file_id: str, request: Request, *, house: House) -> FileResponse:
    """Return a file."""
    kept = (await house.app.predictions.files.get(file_id, token_id=_token(house, request).id)).file
    path = await asyncio.to_thread(house.app.blobs.path, kept.blob)
    return serve_file(path, name=kept.name, media_type=kept.media_type, etag=kept.blob)


@router.delete("/files/{file_id}", status_code=204, response_class=Response)
async def delete_file(file_id: str, request: Request, *, house: House) -> None:
    """Forget a file."""
    await house.app.predictions.files.delete(file_id, token_id=_token(house, request).id)


async def _kept(house: Rooms, body: AsyncIterator[bytes], *, kind: str) -> BlobReference:
    """Keep the file of a form, on the disk as it comes."""
    name, chunks = await first_file(body, kind, name="file")
    with house.app.blobs.writer() as writer:
        async for piece in gathered(chunks):
            await asyncio.to_thread(writer.write, piece)
        return await asyncio.to_thread(writer.finish, name)


def _token(house: Rooms, request: Request) -> Token:
    return own_deployment(house.hosting, Caller.of(request))[1]


def _file(made: GuestFile, house: Rooms, *, request: Request) -> GuestFileShown:
    ends = datetime.fromisoformat(made.created_at) + timedelta(seconds=KEPT_S)
    return GuestFileShown(
        id=made.id,
        name=made.file.name,
        content_type=made.file.media_type,
        size=made.file.size_bytes,
        etag=made.file.blob,
        checksums={"sha256": made.file.blob},
        metadata=made.metadata,
        created_at=made.created_at,
        expires_at=ends.isoformat().replace("+00:00", "Z"),
        urls={"get": f"{own_address(house, request)}/files/{made.id}"},
    )
