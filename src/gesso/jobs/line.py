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
from gesso.jobs.history import Log, lane
from gesso.jobs.job import ACTIVE, RUNNING, Job, JobError, Metrics, Status, Wanted, seconds
from gesso.jobs.kinds import GO_ON, KINDS
from gesso.jobs.live import Live

_PATIENCE_S: Final = 120.0  # for a run that is to keep what it has: a large checkpoint on a slow disk takes its time
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
        live: Callable[[Job, Log | None], Live],
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
        for job in await self._history.running():
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
            await asyncio.gather(*(self._end_for_now(execution, grace_s) for execution in running))
        if self._task is not None:
            await asyncio.wait([self._task])

    async def cancel(self, job: Job) -> None:
        """Cancel a job that waits or runs, and return when it has ended."""
        async with self._claiming:
            execution = self._running.get(job.id)
            if execution is None:
                await self._end_waiting(job, "canceled", error=None, only_from=("queued", "paused"))
        if execution is not None:
            await execution.stop("cancel")
        self.wake()

    # -- of jobs that go on -------------------------------------------------------------------------------------------

    async def pause(self, job: Job) -> None:
        """Have a job wait until somebody resumes it, and return when it does: one that runs keeps what it has first."""
        async with self._claiming:
            execution = self._running.get(job.id)
            if execution is None:
                await self._set_waiting(job, "paused", wanted="pause")
        if execution is not None:
            await self._want(execution, "pause")
            await execution.put_aside("pause", patience_s=_PATIENCE_S)
        self.wake()

    async def resume(self, job: Job) -> None:
        """Put a job that pauses back into the queue; one that is about to pause does so first."""
        execution = self._running.get(job.id)
        if execution is not None and execution.live.job.wanted == "pause":
            await execution.wait()
        await self._set_waiting(job, "queued", wanted="go on")
        self.wake()

    async def finish(self, job: Job) -> None:
        """Have a job make the best of what it has and end. It is not waited for."""
        async with self._claiming:
            execution = self._running.get(job.id)
            if execution is None:
                await self._set_waiting(job, "queued", wanted="finish")
        if execution is not None:
            await self._want(execution, "finish")
            await execution.tell("finish")
        self.wake()

    async def _want(self, execution: Execution, wanted: Wanted) -> None:
        """Write down what is wanted of a job: it holds also if this process ends before it is so."""
        await self._history.change(execution.live.change(wanted=wanted), only_from=RUNNING)

    async def _set_waiting(self, job: Job, status: Status, *, wanted: Wanted) -> None:
        """Change how a job waits: in the queue, or for somebody who resumes it."""
        changed = replace(job, status=status, wanted=wanted)
        if await self._history.change(changed, only_from=("queued", "paused")):
            placed, log = await self._history.get(job.id)
            self._live(placed, log).become(placed)

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
            live = self._live(job, await self._history.log(job.id) if job.kind in GO_ON else None)
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

    async def _end_for_now(self, execution: Execution, grace_s: float) -> None:
        """Let a run finish within some seconds, or keep what it has, and put its job back into the queue."""
        if execution.live.job.kind in GO_ON:
            await execution.put_aside("requeue", patience_s=grace_s)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                await execution.wait()
        await execution.stop("requeue")

    async def _expire(self) -> None:
        for job in await self._history.overdue():
            await self._end_waiting(job, "failed", error=JobError.of(too_late(job)))

    async def _end_waiting(
        self, job: Job, status: Status, *, error: JobError | None, only_from: tuple[Status, ...] = ("queued",)
    ) -> None:
        """End a job that waits. Nothing happens if it waits no longer."""
        now = datetime.now(UTC)
        total_s = seconds(job.created_at, now)
        metrics = Metrics(queue_s=total_s, total_s=total_s)
        ended = replace(job, status=status, completed_at=now, error=error, metrics=metrics, queue_position=None)
        if await self._history.change(ended, only_from=only_from):
            self._live(ended, None).become(ended)
            self._tell_end(ended)

    async def _settle(self, job: Job) -> None:
        """Do what a job's kind says about one that was running when Gesso ended."""
        kind = KINDS.get(job.kind)
        if kind is not None and kind.after_crash == "requeue":
            settled = replace(job, status="paused" if job.wanted == "pause" else "queued", started_at=None)
            settled = settled if kind.goes_on else replace(settled, progress=0.0, progress_text="")
        else:
            error = RunInterruptedError("Gesso ended in the middle of this job.", hint="Run it again.")
            settled = replace(job, status="failed", completed_at=datetime.now(UTC), error=JobError.of(error))
        await self._history.change(settled, only_from=(job.status,))
