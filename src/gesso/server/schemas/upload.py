"""What is sent and answered about uploads. A kept file itself is `gesso.storage.blobs.BlobReference`."""

from __future__ import annotations

from pydantic import BaseModel, Field

from gesso.server.schemas.strict import Strict


class UploadRequest(Strict):
    """A file that will come in parts: its size, and its SHA-256 if it is known, which is then checked."""

    name: str = Field(default="file", max_length=500)
    size_bytes: int = Field(ge=0)
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


class Upload(BaseModel):
    """A file on its way: the next part begins at `offset_bytes`. It is forgotten a day after its last part."""

    id: str
    name: str
    size_bytes: int
    offset_bytes: int
    sha256: str | None = None
