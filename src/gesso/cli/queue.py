"""The jobs of this home: through the Gesso that serves it, or, where none runs, from the database itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol
from urllib.parse import urlencode

import msgspec

from gesso import settings
from gesso.app import App
from gesso.cli.running import running_server
from gesso.cli.terminal import Terminal
from gesso.errors import ConflictError, NotFoundError
from gesso.jobs.identity import is_id
from gesso.jobs.job import Job, Status
from gesso.jobs.jobs import Jobs
from gesso.remote.server import Server


class Queue(Protocol):
    """What the terminal does with jobs. Ids that there are none of raise `NotFoundError`."""

    async def find(self, search: str, *, statuses: tuple[Status, ...], limit: int) -> tuple[Job, ...]:
        """List jobs, the newest first."""
        ...

    async def get(self, job_id: str) -> Job:
        """Return a job with its log."""
        ...

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job, and return it when it has ended."""
        ...

    async def retry(self, job_id: str) -> Job:
        """Submit a job once more, and return the new one."""
        ...

    async def delete(self, job_id: str) -> None:
        """Forget a job, and the files that nothing else needs."""
        ...


@asynccontextmanager
async def open_queue(terminal: Terminal) -> AsyncIterator[Queue]:
    """Open the jobs of this home. Raises `HomeInUseError` if another Gesso has it and cannot be asked."""
    loaded = settings.load()
    server = await running_server(loaded.home, terminal)
    if server is not None:
        yield _Served(server)
        return
    async with App(loaded, report=terminal.report) as app:
        jobs = await app.open_jobs()
        await jobs.settle()
        yield _Kept(jobs)


class _Served:
    """The jobs of a Gesso that runs."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def find(self, search: str, *, statuses: tuple[Status, ...], limit: int) -> tuple[Job, ...]:
        asked = [("search", search), ("limit", limit), *(("status", status) for status in statuses)]
        page = await self._server.ask("GET", f"/jobs?{urlencode(asked)}")
        return tuple(_job(data) for data in page["jobs"])

    async def get(self, job_id: str) -> Job:
        return _job(await self._server.ask("GET", _path(job_id)))

    async def cancel(self, job_id: str) -> Job:
        return _job(await self._server.ask("POST", f"{_path(job_id)}/cancel"))

    async def retry(self, job_id: str) -> Job:
        return _job(await self._server.ask("POST", f"{_path(job_id)}/retry"))

    async def delete(self, job_id: str) -> None:
        await self._server.ask("DELETE", _path(job_id))


class _Kept:
    """The jobs in the database, while nothing runs them."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self.get = jobs.get
        self.cancel = jobs.cancel
        self.delete = jobs.delete

    async def find(self, search: str, *, statuses: tuple[Status, ...], limit: int) -> tuple[Job, ...]:
        return await self._jobs.list(search=search, status=statuses, limit=limit)

    async def retry(self, job_id: str) -> Job:
        job = await self._jobs.get(job_id)
        raise ConflictError(
            f"Nothing is there that would run {job.id}.",
            hint="Start Gesso, with `gesso studio` or `gesso serve`, first.",
        )


def _path(job_id: str) -> str:
    if not is_id(job_id):
        raise NotFoundError(f"There is no job {job_id[:40]!r}.", hint="`gesso jobs` shows their ids.")
    return f"/jobs/{job_id}"


def _job(data: Any) -> Job:
    return msgspec.convert(data, Job)
