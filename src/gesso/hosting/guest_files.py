"""Files that guests send before they ask for anything: kept for a day, each for the token that has sent it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import msgspec

from gesso.errors import DamagedError, LimitError, NotFoundError
from gesso.hosting.deployment import now
from gesso.jobs.identity import is_id, new_id
from gesso.storage import prediction_rows as rows
from gesso.storage.blobs import BlobReference, Blobs
from gesso.storage.database import Connection, Database
from gesso.storage.job_rows import digests_in_use
from gesso.storage.prediction_rows import GuestFileRow
from gesso.types.base import Json

MOST_FILES: Final = 100
"""So many a token may have at once."""
LARGEST_BYTES: Final = 100_000_000
"""The largest file that a guest may send."""


@dataclass(frozen=True, kw_only=True)
class GuestFile:
    """A file of a guest. `created_at` is ISO 8601, `metadata` the guest's own."""

    id: str
    deployment: str
    token_id: str
    file: BlobReference
    metadata: dict[str, Json] = field(default_factory=dict)
    created_at: str = ""

    @classmethod
    def from_row(cls, row: GuestFileRow) -> GuestFile:
        """Return it from its row."""
        try:
            return msgspec.json.decode(row.document, type=cls)
        except msgspec.MsgspecError as error:
            raise DamagedError(f"A guest's file in the database is broken: {error}.") from error


class GuestFiles:
    """The files of all guests."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs
        self._coming: Counter[str] = Counter()

    @asynccontextmanager
    async def room(self, token_id: str) -> AsyncIterator[None]:
        """Keep room for one file that is coming. Raises `LimitError` if a token has as many as it may."""
        self._coming[token_id] += 1
        try:
            if len(await self.of_token(token_id)) + self._coming[token_id] > MOST_FILES:
                message = f"A token may have {MOST_FILES} files at once."
                raise LimitError(message, hint="Delete some, or wait for a day.")
            yield
        finally:
            self._coming[token_id] -= 1
            if not self._coming[token_id]:
                del self._coming[token_id]

    async def add(self, file: BlobReference, *, deployment: str, token_id: str) -> GuestFile:
        """Keep a file for a token."""
        made = GuestFile(id=new_id(), deployment=deployment, token_id=token_id, file=file, created_at=now())
        row = GuestFileRow(
            id=made.id,
            deployment=deployment,
            token_id=token_id,
            digest=file.blob,
            document=msgspec.json.encode(made).decode(),
        )

        def work(connection: Connection) -> None:
            rows.insert_file(connection, row)

        await self._database.run(work)
        return made

    async def get(self, file_id: str, *, token_id: str) -> GuestFile:
        """Return a file of a token, or raise `NotFoundError`."""
        found = None
        if is_id(file_id):
            found = await self._database.run(lambda connection: rows.find_file(connection, file_id), is_reading=True)
        if found is None or found.token_id != token_id:
            raise NotFoundError(f"There is no file {file_id[:40]!r}.", hint="Files are kept for a day.")
        return GuestFile.from_row(found)

    async def of_token(self, token_id: str) -> list[GuestFile]:
        """Return the files of a token, the newest first; those that are broken are left out."""
        found = await self._database.run(
            lambda connection: rows.files_of_token(connection, token_id, limit=MOST_FILES), is_reading=True
        )
        files = []
        for row in found:
            with suppress(DamagedError):
                files.append(GuestFile.from_row(row))
        return files

    async def delete(self, file_id: str, *, token_id: str) -> None:
        """Forget a file of a token, and remove it unless something else refers to it, as its predictions do."""
        digest = (await self.get(file_id, token_id=token_id)).file.blob
        asked = time.time()  # whoever brings the same file later, has it

        def work(connection: Connection) -> bool:
            rows.delete_file(connection, file_id)
            return bool(digests_in_use(connection, [digest]))

        if not await self._database.run(work, is_freeing=True):
            await asyncio.to_thread(self._blobs.remove, digest, unused_since=asked)
