"""Files that come in parts, so that a broken connection costs only the part that was under way.

Each lies in two files of its own below `uploads/` of the home: what has come, and what was said of it. How much has
come is the size of the first, so that nothing is lost when Gesso ends in the middle.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from gesso.errors import ConflictError, InputError, NotFoundError
from gesso.server.bodies import gathered
from gesso.storage import record
from gesso.storage.blobs import BlobReference, Blobs
from gesso.storage.durable import disk_full, explained, remove_unfinished, sync_file
from gesso.storage.media_types import HEAD_BYTES, media_type_of
from gesso.types.file_names import plain_name

KEPT_S: Final = 24 * 3600
"""How long an upload is kept after its last part."""
MOST_OPEN: Final = 200
"""How many may be open at once."""
_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, kw_only=True)
class OpenUpload:
    """A file on its way: what was said of it, and how much has come."""

    id: str
    name: str
    size_bytes: int
    sha256: str | None = None
    offset_bytes: int = 0


class Uploads:
    """The files on their way to the blobs. Several may come at once, but of each only one part at a time."""

    def __init__(self, folder: Path, blobs: Blobs) -> None:
        self._folder = folder
        self._blobs = blobs
        self._busy: set[str] = set()
        remove_unfinished(folder)

    def open(self, *, name: str, size_bytes: int, sha256: str | None) -> OpenUpload:
        """Begin an upload. Raises `ConflictError` if too many are open and `DiskFullError` if it cannot fit."""
        self.sweep()
        if len(list(self._folder.glob("*.json"))) >= MOST_OPEN:
            raise ConflictError(f"{MOST_OPEN} uploads are open already.", hint="Finish some, or wait for a day.")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(self._folder).free < size_bytes:
            raise disk_full(self._folder)
        upload = OpenUpload(id=secrets.token_hex(16), name=plain_name(name), size_bytes=size_bytes, sha256=sha256)
        with explained(self._folder):
            self._part(upload.id).touch(mode=0o600)
            record.write(self._said(upload.id), asdict(upload))
        return upload

    def get(self, upload_id: str) -> OpenUpload:
        """Return an upload as it stands, or raise `NotFoundError`."""
        if _ID.fullmatch(upload_id):
            try:
                said = msgspec.json.decode(self._said(upload_id).read_bytes(), type=OpenUpload)
                return replace(said, offset_bytes=self._part(upload_id).stat().st_size)
            except (OSError, msgspec.MsgspecError):
                pass
        raise NotFoundError("There is no such upload.", hint="It was finished, or is older than a day. Begin anew.")

    async def append(self, upload_id: str, offset_bytes: int, *, body: AsyncIterator[bytes]) -> OpenUpload:
        """Add a part that begins where the last ended. What has come of it stays, also if the connection breaks.

        Raises `ConflictError` if it begins elsewhere or another part is coming, `InputError` if it is too much.
        """
        with self._alone(upload_id):
            upload = self.get(upload_id)
            if offset_bytes != upload.offset_bytes:
                raise ConflictError(
                    f"The next part begins at byte {upload.offset_bytes}, but this one at {offset_bytes}.",
                    hint="Ask for the upload, and send the rest from its offset_bytes on.",
                )
            await self._write(upload, body)
            return self.get(upload_id)

    async def finish(self, upload_id: str) -> BlobReference:
        """Keep a file that has come whole. Raises `InputError` if bytes are missing or it is another file."""
        with self._alone(upload_id):
            return await asyncio.to_thread(self._finish, self.get(upload_id))

    def drop(self, upload_id: str) -> None:
        """Forget an upload."""
        with self._alone(upload_id):
            self._forget(self.get(upload_id).id)

    def sweep(self) -> None:
        """Forget the uploads of which nothing has come for a day."""
        for part in self._folder.glob("*.part"):
            with explained(part):
                is_old = part.exists() and part.stat().st_mtime < time.time() - KEPT_S
            if is_old and part.stem not in self._busy:
                self._forget(part.stem)

    async def _write(self, upload: OpenUpload, body: AsyncIterator[bytes]) -> None:
        left = upload.size_bytes - upload.offset_bytes
        with explained(self._folder), self._part(upload.id).open("ab") as file:
            async for chunk in gathered(body):
                left -= len(chunk)
                if left < 0:
                    raise InputError(f"{upload.size_bytes} bytes in all", "more", where="body")
                await asyncio.to_thread(file.write, chunk)

    def _finish(self, upload: OpenUpload) -> BlobReference:
        path = self._part(upload.id)
        if upload.offset_bytes != upload.size_bytes:
            raise InputError(f"{upload.size_bytes} bytes", f"{upload.offset_bytes} so far", where="size_bytes")
        with explained(path), path.open("r+b") as file:
            head = file.read(HEAD_BYTES)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            sync_file(file)
        if upload.sha256 not in (None, digest):
            self._forget(upload.id)
            raise InputError(f"a file with the SHA-256 {upload.sha256}", f"one with {digest}", where="sha256")
        self._blobs.take(path, digest)
        self._forget(upload.id)
        kind = media_type_of(head, upload.name)
        return BlobReference(blob=digest, name=upload.name, media_type=kind, size_bytes=upload.size_bytes)

    @contextmanager
    def _alone(self, upload_id: str) -> Iterator[None]:
        if upload_id in self._busy:
            raise ConflictError("Another part of this upload is coming.", hint="Wait until it is there, or broke off.")
        self._busy.add(upload_id)
        try:
            yield
        finally:
            self._busy.discard(upload_id)

    def _forget(self, upload_id: str) -> None:
        for path in (self._said(upload_id), self._part(upload_id)):
            with explained(path):
                path.unlink(missing_ok=True)

    def _said(self, upload_id: str) -> Path:
        return self._folder / f"{upload_id}.json"

    def _part(self, upload_id: str) -> Path:
        return self._folder / f"{upload_id}.part"
