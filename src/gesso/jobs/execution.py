"""`Execution`: one job carried out, from the worker that gets ready to the outputs that are kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from gesso.errors import CanceledError, DeadlineError, GessoError, RunError, StorageError
from gesso.jobs.forms import is_media
from gesso.jobs.history import History, deadline_of
from gesso.jobs.inputs import Inputs
from gesso.jobs.job import ACTIVE, Job, JobError, LogLine, Metrics, Output, Wanted, seconds
from gesso.jobs.kept import KeptFolders
from gesso.jobs.kinds import GO_ON
from gesso.jobs.live import Live, TextPiece
from gesso.jobs.outputs import Outputs
from gesso.jobs.previews import Previews
from gesso.jobs.recipe import Recipe
from gesso.jobs.resolving import Resolve, Resolved
from gesso.spec.model import Command, ModelSpec
from gesso.spec.runnable import Event, Log, Part, Preparable, Preview, Progress, Request, Result
from gesso.types.list import ListType

_LOG_SAVED_S: Final = 2.0
_logger: Final = logging.getLogger(__name__)

Stop: TypeAlias = Literal["cancel", "requeue", "pause"]
"""Why somebody stops an execution: the job was canceled, Gesso ends and the job waits for the next, or it pauses."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What every execution works with. `runs` is the folder under which each run has its files.

    `kept` are the folders of those that go on.
    """

    history: History
    resolve: Resolve
    outputs: Outputs
    runs: Path
    kept: KeptFolders


class Execution:
    """Carries out one job that was claimed. `run` never raises, but for a cancel that nobody has announced."""

    def __init__(self, live: Live, workshop: Workshop) -> None:
        self.live = live
        self._workshop = workshop
        self._folder = workshop.runs / live.job.id
        self._previews = Previews(live)
        self._task: asyncio.Task[None] | None = None
        self._stop: Stop | None = None
        self._aside: Stop | None = None
        self._is_finishing = False
        self.unsaved: Job | None = None
        """How the job ended, if the database could not take it."""
        self._setup_s = 0.0
        self._log_saved = time.monotonic()

    # -- from outside -------------------------------------------------------------------------------------------------

    def begin(self) -> asyncio.Task[None]:
        """Start the work."""
        self._task = asyncio.create_task(self._run(), name=f"job {self.live.job.id}")
        return self._task

    async def stop(self, why: Stop) -> None:
        """Stop the work, and return when it has ended. What is done already and only being kept is not stopped."""
        assert self._task is not None
        await asyncio.sleep(0)  # a task that is canceled before its first step never runs, and would not end the job
        if not self._is_finishing and self._stop is None:
            self._stop = why
            self._task.cancel()
        await asyncio.wait([self._task])

    async def put_aside(self, why: Literal["requeue", "pause"], *, patience_s: float) -> None:
        """Have the work keep what it has and stop, and return when it has; after `patience_s` seconds it is stopped."""
        assert self._task is not None
        if self.live.job.status == "processing" and self._stop is None:
            self._aside = why
            with contextlib.suppress(StorageError):  # on a full disk it cannot be told, nor keep anything
                await self.tell("pause")
                await asyncio.wait([self._task], timeout=patience_s)
        await self.stop(why)

    async def tell(self, wanted: Wanted) -> None:
        """Tell the run what is wanted of it. Raises `StorageError`."""
        await asyncio.to_thread(self._workshop.kept.tell, self.live.job.id, wanted)

    async def wait(self) -> None:
        """Return when the work has ended."""
        assert self._task is not None
        await asyncio.wait([self._task])

    # -- the run ------------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            await self._carry_out()
        except asyncio.CancelledError:
            if self._stop is None:
                raise
            await self._stopped()
        except CanceledError as error:  # the model says so itself
            if self._aside is None:
                await self._end("canceled", error=error)
            else:
                self._stop = self._stop or self._aside
                await self._stopped()
        except GessoError as error:
            await self._end("failed", error=error)
        except Exception as error:  # a fault of Gesso must end as a failed job, not as one that never ends
            _logger.exception("job %s failed by a fault of Gesso", self.live.job.id)
            fault = RunError(f"Gesso itself failed: {type(error).__name__}: {error}.", hint="Please report it.")
            await self._end("failed", error=fault)
        finally:
            self._previews.close()
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _carry_out(self) -> None:
        deadline = deadline_of(self.live.job)
        left_s = None if deadline is None else (deadline - datetime.now(UTC)).total_seconds()
        try:
            async with asyncio.timeout(left_s) as limit:
                spec, result = await self._work()
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise too_late(self.live.job) from error
        self._is_finishing = True  # outside of the limit: what is done is kept
        await self._keep(spec, result)

    async def _work(self) -> tuple[ModelSpec, Result]:
        began = time.perf_counter()
        job = self.live.job
        resolved = await self._workshop.resolve(job.model, options=job.options, device=job.device)
        spec = resolved.runnable.spec
        command = spec.command(job.command)
        inputs = Inputs(self._workshop.outputs.blobs, self._folder)
        values = await asyncio.to_thread(inputs.open, command.inputs, job.inputs)
        if isinstance(resolved.runnable, Preparable):
            await resolved.runnable.prepare(lambda event: self._hear(event, command))
        self._setup_s = time.perf_counter() - began
        if self._goes_on:
            await self.tell(self.live.job.wanted)
        job = self.live.change(status="processing", model_digest=resolved.digest)
        await self._workshop.history.change(job, only_from=ACTIVE)
        return spec, await self._follow(resolved, command, values=values)

    async def _follow(self, resolved: Resolved, command: Command, *, values: Mapping[str, Any]) -> Result:
        job = self.live.job
        request = Request(
            inputs=values,
            command=command.name,
            seed=job.seed,
            is_background=job.priority == "batch",
            checkpoints=self._workshop.kept.path(job.id) if self._goes_on else None,
        )
        async with aclosing(resolved.runnable.run(request)) as events:
            async for event in events:
                if isinstance(event, Result):
                    return event
                if isinstance(event, Part):
                    await self._hear_part(event, command)
                else:
                    self._hear(event, command)
                await self._save_log_now_and_then()
        raise RunError("The run ended without a result.", hint="This is a fault of what was run; please report it.")

    def _hear(self, event: Event, command: Command) -> None:
        if isinstance(event, Progress):
            self.live.progress(event.fraction, event.text)
        elif isinstance(event, Log):
            self.live.log(LogLine(at=datetime.now(UTC), text=event.text, level=event.level))
        elif isinstance(event, Preview):
            self._previews.take(event, command)

    async def _hear_part(self, part: Part, command: Command) -> None:
        data_type = command.output(part.output).data_type
        if not isinstance(data_type, ListType):
            self.live.part(part.output, TextPiece(part.value))
        elif is_media(data_type.item):
            self.live.part(part.output, await asyncio.to_thread(data_type.item.to_wire, part.value))
        else:
            self.live.part(part.output, data_type.item.to_wire(part.value))

    async def _save_log_now_and_then(self) -> None:
        """Keep what was logged so far, so that a crash does not take along why it happened."""
        now = time.monotonic()
        if now - self._log_saved >= _LOG_SAVED_S:
            self._log_saved = now
            with contextlib.suppress(StorageError):  # the end of the run will say so
                await self._workshop.history.save_log(self.live.job.id, self.live.log_lines)

    # -- the end ------------------------------------------------------------------------------------------------------

    async def _keep(self, spec: ModelSpec, result: Result) -> None:
        job = self.live.job
        recipe = await asyncio.to_thread(
            Recipe.of,
            spec,
            result,
            model=job.model,
            model_digest=job.model_digest,
            command=spec.command(job.command),
            inputs=job.inputs,
            options=job.options,
        )
        kept = await asyncio.to_thread(self._workshop.outputs.keep, spec, recipe, values=result.outputs)
        await self._end("succeeded", recipe=recipe, outputs=kept, result=result)

    async def _stopped(self) -> None:
        if self._stop == "cancel":
            await self._end("canceled", error=CanceledError("The job was canceled."))
            return
        done: dict[str, Any] = {} if self._goes_on else {"progress": 0.0, "progress_text": ""}
        job = self.live.change(status="paused" if self._stop == "pause" else "queued", started_at=None, **done)
        try:
            await self._workshop.history.change(job, only_from=ACTIVE, log=self.live.log_lines)
        except StorageError:  # the next start finds it as it was, and does what its kind says
            _logger.exception("job %s could not be put back", job.id)

    async def _end(
        self,
        status: Literal["succeeded", "failed", "canceled"],
        *,
        error: GessoError | None = None,
        recipe: Recipe | None = None,
        outputs: tuple[Output, ...] = (),
        result: Result | None = None,
    ) -> None:
        self._is_finishing = True
        job = replace(
            self.live.job,
            status=status,
            completed_at=datetime.now(UTC),
            progress=1.0 if status == "succeeded" else self.live.job.progress,
            error=None if error is None else JobError.of(error),
            outputs=outputs,
            recipe=recipe,
        )
        job = replace(job, metrics=self._metrics(job, result))
        try:
            await self._workshop.history.change(job, only_from=ACTIVE, log=self.live.log_lines)
        except StorageError as trouble:  # it is over all the same
            _logger.exception("the end of job %s could not be kept", job.id)
            job = replace(job, status="failed", outputs=(), recipe=None, error=JobError.of(trouble))
            self.unsaved = job
        self.live.become(job)

    @property
    def _goes_on(self) -> bool:
        return self.live.job.kind in GO_ON

    def _metrics(self, job: Job, result: Result | None) -> Metrics:
        assert job.started_at is not None
        assert job.completed_at is not None
        return Metrics(
            queue_s=seconds(job.created_at, job.started_at),
            setup_s=self._setup_s + (result.setup_s if result else 0),
            run_s=result.run_s if result else None,
            total_s=seconds(job.created_at, job.completed_at),
        )


def too_late(job: Job) -> DeadlineError:
    """Return the error of a job that was not done in time."""
    return DeadlineError(
        f"The job was not done within {job.deadline_s:g} seconds.",
        hint="Give it more time, or something smaller.",
    )
