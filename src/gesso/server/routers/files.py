"""Files: take them in one go, hand them out in whole or in part, small pictures of them."""

from __future__ import annotations

import asyncio
from enum import IntEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import FileResponse

from gesso.server import inputs
from gesso.server.bodies import body_of, gathered
from gesso.server.multipart import first_file
from gesso.server.rooms import House
from gesso.server.schemas.file import FetchRequest
from gesso.server.serving import serve_file
from gesso.storage.blobs import BlobReference

router = APIRouter(prefix="/files", tags=["files"])
"""`/files`."""

_BYTES: Final = {"schema": {"type": "string", "format": "binary"}}
_FORM: Final = {"schema": {"type": "object", "properties": {"file": _BYTES["schema"]}, "required": ["file"]}}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": _BYTES, "multipart/form-data": _FORM},
    }
}
_ANY_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/octet-stream": _BYTES}, "description": "The file."},
    206: {"content": {"application/octet-stream": _BYTES}, "description": "The part that `Range` asked for."},
    416: {"description": "The file has no such part."},
}


class ThumbnailSize(IntEnum):
    """Pixels on the longer side."""

    SMALL = 128
    MEDIUM = 256
    LARGE = 512
    HUGE = 1024


@router.post("", status_code=201, openapi_extra=_BODY)
async def upload_file(
    request: Request, house: House, *, name: Annotated[str, Query(max_length=500)] = "file"
) -> BlobReference:
    """Keep a file: its bytes as the body, or a form with one file. It goes to the disk as it comes.

    What this answers is good as an input of a job. A file that no job refers to goes after a day.
    """
    body = body_of(request, limit_bytes=house.app.settings.upload_limit_bytes)
    kind = request.headers.get("content-type", "")
    if kind.lower().startswith("multipart/form-data"):
        name, body = await first_file(body, kind, name=name)
    with house.app.blobs.writer() as writer:
        async for piece in gathered(body):
            await asyncio.to_thread(writer.write, piece)
        return await asyncio.to_thread(writer.finish, name)


@router.post("/fetched", status_code=201)
async def fetch_file(asked: FetchRequest, house: House) -> BlobReference:
    """Fetch what lies at an address, and keep it: what is shown before a model runs has to be here first."""
    return await inputs.fetch_file(house.app, asked.url, what_for="a file that somebody named in the studio")


@router.get("/{blob}", response_class=FileResponse, responses=_ANY_FILE)
async def get_file(
    blob: str,
    house: House,
    *,
    name: Annotated[str, Query(max_length=500, description="What it is called when it is saved.")] = "file",
    is_download: Annotated[bool, Query(alias="download")] = False,
    part: Annotated[str | None, Header(alias="range")] = None,  # noqa: ARG001 - described here, read in `serving.py`
) -> FileResponse:
    """Return a file, or the part of it that `Range` asks for. What a browser could run is never shown, only saved."""
    kept = await asyncio.to_thread(house.app.blobs.refer, blob, name)
    path = await asyncio.to_thread(house.app.blobs.path, blob)
    return serve_file(path, name=kept.name, media_type=kept.media_type, etag=blob, is_download=is_download)


@router.get("/{blob}/information")
async def get_file_information(
    blob: str, house: House, *, name: Annotated[str, Query(max_length=500)] = "file"
) -> BlobReference:
    """Say of a file what it is and how large; it is kept for another day."""
    return await asyncio.to_thread(house.app.blobs.refer, blob, name)


@router.get(
    "/{blob}/thumbnail",
    response_class=FileResponse,
    responses={200: {"content": {"image/webp": _BYTES}, "description": "A small picture."}},
)
async def get_file_thumbnail(
    blob: str, house: House, *, size: Annotated[ThumbnailSize, Query()] = ThumbnailSize.MEDIUM
) -> FileResponse:
    """Return a small picture of a picture."""
    path = await house.thumbnails.get(blob, size)
    return serve_file(path, name="thumbnail.webp", media_type="image/webp", etag=f"{blob}-{size.value}")
