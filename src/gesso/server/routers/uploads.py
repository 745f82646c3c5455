"""Uploads: a large file in parts, each where the last ended; a broken connection costs only the part under way."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request, Response

from gesso.server.bodies import body_of, too_large
from gesso.server.rooms import House
from gesso.server.schemas.upload import Upload, UploadRequest
from gesso.server.uploads import OpenUpload
from gesso.storage.blobs import BlobReference

router = APIRouter(prefix="/uploads", tags=["uploads"])
"""`/uploads`."""
_PART: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("", status_code=201)
async def create_upload(request: UploadRequest, house: House, *, response: Response) -> Upload:
    """Say that a file will come: its size, and its SHA-256 if it is known."""
    limit_bytes = house.app.settings.upload_limit_bytes
    if request.size_bytes > limit_bytes:
        raise too_large(limit_bytes)
    upload = await asyncio.to_thread(
        house.uploads.open, name=request.name, size_bytes=request.size_bytes, sha256=request.sha256
    )
    response.headers["Location"] = f"/api/v1/uploads/{upload.id}"
    return _shown(upload, response)


@router.get("/{upload_id}")
async def get_upload(upload_id: str, house: House, *, response: Response) -> Upload:
    """Say how much has come; the next part begins there. `Upload-Offset` and `Upload-Length` say it too."""
    return _shown(house.uploads.get(upload_id), response)


@router.patch("/{upload_id}", openapi_extra=_PART)
async def append_to_upload(
    upload_id: str,
    request: Request,
    *,
    house: House,
    response: Response,
    upload_offset: Annotated[int, Header(ge=0, le=2**62, description="Where this part begins.")],
) -> Upload:
    """Send the next part, as large or small as you like. What has come of it stays, also if the connection breaks."""
    body = body_of(request, limit_bytes=house.app.settings.upload_limit_bytes)
    return _shown(await house.uploads.append(upload_id, upload_offset, body=body), response)


@router.post("/{upload_id}/finish", status_code=201)
async def finish_upload(upload_id: str, house: House) -> BlobReference:
    """Keep the file, once all of it has come. If its SHA-256 is not the one that was said, nothing is kept."""
    return await house.uploads.finish(upload_id)


@router.delete("/{upload_id}", status_code=204)
async def delete_upload(upload_id: str, house: House) -> None:
    """Forget what has come."""
    house.uploads.drop(upload_id)


def _shown(upload: OpenUpload, response: Response) -> Upload:
    response.headers["Upload-Offset"] = str(upload.offset_bytes)
    response.headers["Upload-Length"] = str(upload.size_bytes)
    response.headers["Cache-Control"] = "no-store"
    return Upload(
        id=upload.id,
        name=upload.name,
        size_bytes=upload.size_bytes,
        offset_bytes=upload.offset_bytes,
        sha256=upload.sha256,
    )
