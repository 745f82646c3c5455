"""`Jobs`: the durable queue. Whatever it accepts is kept until it is done, whatever happens to this process."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import logging
import shutil
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from gesso.errors import ConflictError, GessoError, NotFoundError, QueueFullError
from gesso.jobs.acceptance import Acceptance
from gesso.jobs.events import JobEvent
from gesso.jobs.execution import Workshop
from gesso.jobs.history import Also, History, Log, search_words
from gesso.jobs.identity import begin_after, is_id
from gesso.jobs.job import Job, JobOrder, Status
from gesso.jobs.kept import KeptFolders
from gesso.jobs.kinds import GO_ON, GUESTS
from gesso.jobs.line import Line
from gesso.jobs.live import Live
from gesso.jobs.outputs import Outputs
from gesso.jobs.resolving import Resolve
from gesso.storage.blobs import Blobs
from gesso.storage.database import Database
from gesso.storage.job_rows import Filter

MOST_LISTED: Final = 200
"""The most jobs that one call lists."""

_SWEEP_EVERY_S: Final = 6 * 3600.0
_logger: Final = logging.getLogger(__name__)


class Jobs:
    """The durable queue of one home. Made and used in one event loop.

    `resolve` turns a reference into what can be run, `runs` is the folder where files of runs lie for a while, `kept`
    the one with the folders of jobs that go on.
    `max_queued` jobs may wait; `max_running` run side by side, one of each model. While `is_private` says so,
    texts and names are left out of the recipes that files carry.
    """

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        *,
        resolve: Resolve,
        runs: Path,
        kept: Path,
        max_queued: int = 1000,
        max_running: int = 2,
        is_private: Callable[[], bool] = lambda: False,
    ) -> None:
        self._history = History(database)
        self._blobs = blobs
        self._acceptance = Acceptance(resolve, blobs, runs=runs)
        self._runs = runs
        self.kept = KeptFolders(kept)
        self._max_queued = max_queued
        self._lives: dict[str, Live] = {}
        outputs = Outputs(blobs, is_private=is_private)
        workshop = Workshop(history=self._history, resolve=resolve, outputs=outputs, runs=runs, kept=self.kept)
        self._line = Line(workshop, live=self._live, changed=self._places_moved, max_running=max_running)
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_open = False

    # -- begin and end ------------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Say of what an earlier process was running how it ended, for who only looks: `start` does more."""
        await self._line.settle()

    async def start(self) -> None:
        """Take up what an earlier process has left: what was running follows its kind, what waits runs."""
        await asyncio.to_thread(shutil.rmtree, self._runs, ignore_errors=True)
        await asyncio.to_thread(self._blobs.remove_unfinished)
        known = await self._history.known(await asyncio.to_thread(self.kept.job_ids))
        await asyncio.to_thread(self.kept.remove_all_but, known)
        if newest := await self._history.newest():
            begin_after(newest)
        await self._line.start()
        self._is_open = True
        self._spawn(self._sweep_now_and_then())

    async def stop(self, grace_s: float = 5.0) -> None:
        """Accept nothing more; runs finish within `grace_s` seconds or go back to the queue. Ends all `events`."""
        self._is_open = False
        await self._line.stop(grace_s)
        for live in self._lives.values():
            live.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    # -- submit -------------------------------------------------------------------------------------------------------

    async def submit(self, order: JobOrder, *, also: Also | None = None) -> Job:
        """Check an order and accept it. The job is durable when this returns, and so is what `also` writes.

        The same `idempotency_key` gives the same job again. Raises `InputError` or `NotFoundError` for an order that
        cannot be carried out, `TrustError` for a model that nobody trusts yet, `ConflictError` for a key that already
        means something else, `QueueFullError` if too many wait, `StorageError` if it cannot be kept.
        """
        return await self._accept(order, also=also)

    async def retry(self, job_id: str) -> Job:
        """Submit a job that has ended once more, with the same inputs and seed: a new job, with `retry_of`.

        Raises `ConflictError` if it has not ended, and what `submit` raises.
        """
        job = await self.get(job_id)
        if not job.has_ended:
            raise ConflictError(f"The job is still {job.status}.", hint="Wait for its end, or cancel it.")
        if job.kind in GO_ON:
            raise ConflictError("A training is not run again, but taken up.", hint=f"gesso train resume {job.id}")
        order = JobOrder(
            model=job.model,
            inputs=job.inputs,
            command=job.command,
            options=job.options,
            device=job.device,
            seed=job.seed,
            priority=job.priority,
            kind=job.kind,
            deadline_s=job.deadline_s,
            parent_id=job.parent_id,
        )
        return await self._accept(order, retry_of=job.id)

    async def _accept(self, order: JobOrder, *, retry_of: str | None = None, also: Also | None = None) -> Job:
        if not self._is_open:
            raise QueueFullError("Gesso is about to end, and takes no more jobs.", hint="Start it again.")
        job = await self._acceptance.check(order, retry_of=retry_of)
        return await asyncio.shield(self._add(job, also))  # who goes away meanwhile has still submitted it

    async def _add(self, job: Job, also: Also | None) -> Job:
        accepted = await self._history.add(job, max_queued=self._max_queued, also=also)
        self._line.wake()
        return await self.get(accepted.id)

    # -- look ---------------------------------------------------------------------------------------------------------

    async def get(self, job_id: str) -> Job:
        """Return a job as it stands, with logs and previews; `NotFoundError` if there is none."""
        job, log = await self._history.get(_known(job_id))
        live = self._lives.get(job_id)
        if live is not None and not job.has_ended and live.job.status != "queued":
            return replace(live.snapshot, child_ids=job.child_ids)
        return replace(job, logs=log.lines, logs_left_out=log.left_out)

    async def list(
        self,
        *,
        search: str = "",
        status: tuple[Status, ...] = (),
        model: str | None = None,
        kind: str | None = None,
        parent_id: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> tuple[Job, ...]:
        """List jobs, the newest first, without logs and previews.

        `search`: every word must occur in the model, the command, a text that was given or the name of a file.
        `before`: only jobs older than the one with this id (the last of the page before). `limit` 1..200. What guests
        have asked for is there only if `kind` names it.
        """
        wanted = Filter(
            words=search_words(search),
            statuses=status,
            model=model,
            kind=kind,
            without_kinds=() if kind else GUESTS,
            parent_id=parent_id,
            before=before,
            limit=min(max(1, limit), MOST_LISTED),
        )
        return tuple(self._as_it_stands(job) for job in await self._history.search(wanted))

    async def open_counts(self) -> dict[tuple[str, str], int]:
        """Return how many jobs wait or run, by status and model; where there are none, it is left out."""
        return await self._history.open_counts()

    def on_end(self, hear: Callable[[Job], None]) -> None:
        """Have somebody hear of every job that ends from now on, as it ended."""
        self._line.on_end.append(hear)

    async def events(self, job_id: str) -> AsyncGenerator[JobEvent, None]:
        """Tell how a job stands and then what happens, until it has ended, is deleted, or the queue stops.

        Raises `NotFoundError` at the first step if there is none. Any number may listen, however slowly.
        """
        live = self._lives.get(_known(job_id))
        is_new = live is None
        if live is None:
            live = self._live(*await self._history.get(job_id))  # or the one that came first meanwhile
        live.listeners += 1
        try:
            if is_new:
                live.catch_up(await self._history.get(job_id))  # it may have begun, or ended, before we listened
            if not self._is_open:
                live.close()
            async with contextlib.aclosing(live.events()) as events:
                async for event in events:
                    yield event
        finally:
            live.listeners -= 1
            self._forget(live)

    # -- change -------------------------------------------------------------------------------------------------------

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job and return it when it has ended. One that has ended already stays as it is."""
        job, _ = await self._history.get(_known(job_id))
        if not job.has_ended:
            await self._line.cancel(job)
        return await self.get(job_id)

    async def pause(self, job_id: str) -> Job:
        """Have a job that goes on pause, and return it when it does: it keeps what it has first.

        It pauses until somebody resumes it, also over restarts and crashes. Raises `ConflictError` for one that has
        ended or is of another kind; one that pauses already stays as it is.
        """
        job = await self._going_on(job_id)
        if job.status != "paused":
            await self._line.pause(job)
        return await self.get(job_id)

    async def resume(self, job_id: str) -> Job:
        """Have a job that pauses go on where it was, when its turn comes. Raises as `pause` does."""
        job = await self._going_on(job_id)
        if job.status == "paused" or job.wanted == "pause":
            await self._line.resume(job)
        return await self.get(job_id)

    async def finish(self, job_id: str) -> Job:
        """Have a job make the best of what it has, and end; one that pauses goes on for that. Raises like `pause`."""
        await self._line.finish(await self._going_on(job_id))
        return await self.get(job_id)

    async def _going_on(self, job_id: str) -> Job:
        job = await self.get(job_id)
        if job.kind not in GO_ON:
            raise ConflictError(f"A {job.kind} cannot pause.", hint="Cancel it, and run it again later.")
        if job.has_ended:
            raise ConflictError(f"The job is {job.status} already.")
        return replace(job, child_ids=(), logs=(), previews=())

    async def delete(self, job_id: str) -> None:
        """Forget a job, and remove the files that nothing else refers to. One that has not ended is canceled first."""
        job = await self.cancel(job_id)
        digests = await self._history.delete(job_id)
        unused_since = (job.completed_at or datetime.now(UTC)).timestamp()
        await asyncio.to_thread(self._remove_files, digests, unused_since=unused_since)
        await asyncio.to_thread(self.kept.remove, job_id)
        live = self._lives.pop(job_id, None)
        if live is not None:
            live.close()

    def _remove_files(self, digests: builtins.list[str], *, unused_since: float) -> None:
        for digest in digests:
            self._blobs.remove(digest, unused_since=unused_since)  # a file that came again since belongs to its sender

    # -- memory -------------------------------------------------------------------------------------------------------

    def _live(self, job: Job, log: Log | None = None) -> Live:
        live = self._lives.get(job.id)
        if live is None:
            live = self._lives[job.id] = Live(job, log)
        return live

    def _forget(self, live: Live) -> None:
        is_needed = live.listeners or self._line.execution(live.job.id) is not None
        if not is_needed and self._lives.get(live.job.id) is live:
            del self._lives[live.job.id]

    def _as_it_stands(self, job: Job) -> Job:
        live = self._lives.get(job.id)
        return live.job if live is not None and self._line.execution(job.id) is not None else job

    def _places_moved(self) -> None:
        """Forget what has ended, and tell those who listen to a waiting job its new place."""
        for live in [*self._lives.values()]:
            self._forget(live)
        if any(live.job.status == "queued" for live in self._lives.values()):
            self._spawn(self._tell_places())

    async def _tell_places(self) -> None:
        try:
            places = await self._history.places()
        except GessoError:
            _logger.exception("the places in the queue cannot be read")
            return
        for live in self._lives.values():
            place = places.get(live.job.id)
            if live.job.status == "queued" and place != live.job.queue_position:
                live.change(queue_position=place)

    async def _sweep_now_and_then(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._blobs.sweep, self._files_in_use)
            except GessoError:
                _logger.exception("files that nothing needs could not be removed")
            await asyncio.sleep(_SWEEP_EVERY_S)

    def _files_in_use(self, digests: Collection[str]) -> Collection[str]:
        """Say which of some files must stay. When the queue stops, all: the database may be closed at any moment."""
        return self._history.files_in_use(digests) if self._is_open else digests

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _known(job_id: str) -> str:
    if not is_id(job_id):
        raise NotFoundError(f"There is no job {job_id[:40]!r}.", hint="An id has 26 letters and digits.")
    return job_id
