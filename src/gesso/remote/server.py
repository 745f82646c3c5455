"""A Gesso that serves, as others see it: its files and its jobs. Everything is JSON as its OpenAPI says."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from gesso.errors import DamagedError
from gesso.net.line import Line
from gesso.remote.answers import read
from gesso.types.base import Json

_API: Final = "/api/v1"
_BYTES: Final = "application/octet-stream"


class Server:
    """A Gesso that serves. Every method raises what the other side has answered, as the error that it was there.

    `FetchError` says that it does not answer.
    """

    def __init__(self, line: Line) -> None:
        self._line = line

    async def version(self) -> str:
        """Return which Gesso it is."""
        return str((await self.ask("GET", "/health"))["version"])

    async def ask(self, method: str, path: str, *, body: Json = None) -> Any:
        """Ask with JSON for JSON. Returns None if there is nothing to answer."""
        data = None if body is None else json.dumps(body).encode()
        reply = await self._line.ask(method, _API + path, body=data)
        return read(reply)

    # -- files --------------------------------------------------------------------------------------------------------

    async def keep(self, digest: str, source: Path | bytes) -> None:
        """See that it keeps a file with this SHA-256; what it has already is not sent again."""
        reply = await self._line.ask("GET", f"{_API}/files/{digest}/information")
        if reply.status == 200:
            return
        reply = await self._line.ask("POST", f"{_API}/files", body=source, media_type=_BYTES)
        if read(reply)["blob"] != digest:
            raise DamagedError("A file has changed while it was read.", hint="Run it again.")

    async def fetch(self, digest: str, target: Path) -> None:
        """Write one of its files into a new one here."""
        if await self._line.download(f"{_API}/files/{quote(digest)}", target) != digest:
            raise DamagedError("A file came broken from the server.", hint="Run it again.")

    # -- jobs ---------------------------------------------------------------------------------------------------------

    async def submit(self, order: Mapping[str, Json]) -> dict[str, Any]:
        """Submit a job, and return it as it was accepted."""
        job: dict[str, Any] = await self.ask("POST", "/jobs", body=dict(order))
        return job

    async def cancel(self, job_id: str) -> dict[str, Any]:
        """Cancel a job, and return it when it has ended."""
        job: dict[str, Any] = await self.ask("POST", f"/jobs/{quote(job_id)}/cancel")
        return job

    def events(self, job_id: str) -> AsyncGenerator[Any, None]:
        """Yield what a job tells, from how it stands to its end or to the end of the server."""
        return self.events_of(f"/jobs/{quote(job_id)}/events")

    # -- what happens -------------------------------------------------------------------------------------------------

    def events_of(self, path: str) -> AsyncGenerator[Any, None]:
        """Yield the events of an address, until the other side ends them."""
        return self._line.events(_API + path)
