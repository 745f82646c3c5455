"""`Line`: takes jobs out of the queue, in their order, and carries them out side by side."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from gesso.errors import RunInterruptedError, StorageError
from gesso.jobs.execution import Execution, Workshop, too_late
from gesso.jobs.history import lane
from gesso.jobs.job import ACTIVE, Job, JobError, Metrics, Status, seconds
from gesso.jobs.kinds import KINDS
from gesso.jobs.live import Live

_RETRY_S: Final = 5.0  # after the database could not be read or written
_logger: Final = logging.getLogger(__name__)


class Line:
    """The work of one queue. `live` returns the memory of a job that begins.

    One job of each lane runs at a time, `max_running` in all besides those of kinds with a number of their own.
    `changed` hears when the places in the queue move.
    """

    def __init__(
        self,
        workshop: Workshop,
        *,
        live: Callable[[Job], Live],
        changed: Callable[[], None],
        max_running: int,
    ) -> None:
        self._workshop = workshop
        self._history = workshop.history
        self._live = live
        self._changed = changed
        self._max_running = max_running
        self._running: dict[str, Execution] = {}
        self._lanes: set[str] = set()
        self._unsaved: list[Job] = []
        self.on_end: list[Callable[[Job], None]] = []
        """Who hears of a job that has ended."""
        self._wake = asyncio.Event()
        self._claiming = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def execution(self, job_id: str) -> Execution | None:
        """Return the execution of a job that is under way here."""
        return self._running.get(job_id)

    def wake(self) -> None:
        """Look again: a job has come, or one has gone."""
        self._wake.set()

    async def settle(self) -> None:
        """Do what the kind of each job says about those that an earlier process was running."""
        for job in await self._history.active():
            await self._settle(job)

    async def start(self) -> None:
        """Settle what an earlier process was running, and begin to work."""
        await self.settle()
        self._task = asyncio.create_task(self._work(), name="the queue")

    async def stop(self, grace_s: float) -> None:
        """Begin nothing more; what runs may finish within `grace_s` seconds or goes back to the queue."""
        async with self._claiming:  # so that nothing is between the queue and its execution
            if self._task is not None:
                self._task.cancel()
        running = list(self._running.values())
        if running:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(grace_s):
                    await asyncio.gather(*(execution.wait() for execution in running))
            await asyncio.gather(*(execution.stop("requeue") for execution in running))
        if self._task is not None:
            await asyncio.wait([self._task])

    async def cancel(self, job: Job) -> None:
        """Cancel a job that waits or runs, and return when it has ended."""
        async with self._claiming:
            execution = self._running.get(job.id)
            if execution is None:
                await self._end_waiting(job, "canceled", error=None)
        if execution is not None:
            await execution.stop("cancel")
        self.wake()

    # -- the work -----------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            pause_s: float | None = _RETRY_S
            try:
                await self._save_late()
                await self._expire()
                while await self._begin_next():
                    pass
                deadline = await self._history.next_deadline()
                pause_s = None if deadline is None else max(0.0, (deadline - datetime.now(UTC)).total_seconds())
            except StorageError:
                _logger.exception("the queue cannot be read; trying again in %g s", _RETRY_S)
            self._changed()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._wake.wait()

    async def _begin_next(self) -> bool:
        async with self._claiming:
            job = await self._history.claim(busy_lanes=frozenset(self._lanes), full_kinds=self._full_kinds())
            if job is None:
                return False
            live = self._live(job)
            live.become(replace(job, queue_position=None))
            execution = Execution(live, self._workshop)
            self._running[job.id] = execution
            self._lanes.add(lane(job))
            execution.begin().add_done_callback(lambda _: self._ended(job))
            return True

    def _full_kinds(self) -> set[str]:
        """Return the kinds of which no more may begin now."""
        counts = Counter(execution.live.job.kind for execution in self._running.values())
        shared = sum(counts[kind.name] for kind in KINDS.values() if kind.most_running is None)
        return {
            kind.name
            for kind in KINDS.values()
            if (shared >= self._max_running if kind.most_running is None else counts[kind.name] >= kind.most_running)
        }

    def _ended(self, job: Job) -> None:
        execution = self._running.pop(job.id)
        if execution.unsaved is not None:
            self._unsaved.append(execution.unsaved)
        self._lanes.discard(lane(job))
        if execution.live.job.has_ended:  # and has not gone back to the queue
            self._tell_end(execution.live.job)
        self.wake()

    def _tell_end(self, job: Job) -> None:
        for hear in self.on_end:
            hear(job)

    async def _save_late(self) -> None:
        """Keep the ends of jobs that the database could not take when they came."""
        while self._unsaved:
            await self._history.change(self._unsaved[-1], only_from=ACTIVE)
            self._unsaved.pop()

    async def _expire(self) -> None:
        for job in await self._history.overdue():
            await self._end_waiting(job, "failed", error=JobError.of(too_late(job)))

    async def _end_waiting(self, job: Job, status: Status, *, error: JobError | None) -> None:
        """End a job that waits. Nothing happens if it waits no longer."""
        now = datetime.now(UTC)
        total_s = seconds(job.created_at, now)
        metrics = Metrics(queue_s=total_s, total_s=total_s)
        ended = replace(job, status=status, completed_at=now, error=error, metrics=metrics, queue_position=None)
        if await self._history.change(ended, only_from=("queued",)):
            self._live(ended).become(ended)
            self._tell_end(ended)

    async def _settle(self, job: Job) -> None:
        """Do what a job's kind says about one that was running when Gesso ended."""
        kind = KINDS.get(job.kind)
        if kind is not None and kind.after_crash == "requeue":
            settled = replace(job, status="queued", started_at=None, progress=0.0, progress_text="")
        else:
            error = RunInterruptedError("Gesso ended in the middle of this job.", hint="Run it again.")
            settled = replace(job, status="failed", completed_at=datetime.now(UTC), error=JobError.of(error))
        await self._history.change(settled, only_from=(job.status,))
