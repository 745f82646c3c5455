"""A model in a Gesso that serves: the `Runnable` whose runs are jobs there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gesso.errors import CanceledError, FetchError, RunInterruptedError, from_data
from gesso.remote.news import part_of, preview_of, to_json
from gesso.remote.outputs import read_outputs
from gesso.remote.server import Server
from gesso.spec.model import Command, ModelSpec
from gesso.spec.runnable import Event, Log, Progress, Request, Result
from gesso.types.base import Json

_ENDS: Final = frozenset({"succeeded", "failed", "canceled"})


@dataclass(frozen=True)
class JobResult(Result):
    """The result of a run that was a job: which one, and the recipe that it has there, as JSON."""

    job_id: str = ""
    recipe: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RemoteModel:
    """A model that runs in another Gesso, where it is called `reference`. `options` are in wire form.

    Inputs are values of the ports' types or JSON, with `{"blob": sha256, "name": ...}` for a file that the other Gesso
    keeps already. Files of outputs are written below `folder`. `timeout_s` is how long the model itself may run;
    waiting and getting ready do not count.
    """

    server: Server
    reference: str
    spec: ModelSpec
    folder: Path
    options: Mapping[str, Json] = field(default_factory=dict)
    device: str = "auto"
    priority: str = "interactive"
    timeout_s: float | None = None

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Run once; see `Runnable`. Closing the iteration cancels the job; `TimeoutError` says that its time is up."""
        command = self.spec.command(request.command)
        job = _Job(await self._submit(request, command), command)
        try:
            async with aclosing(self._messages(job)) as messages:
                async for message in messages:
                    for event in job.hear(message):
                        yield event
            yield await self._result(job)
        finally:
            if not job.has_ended and not job.is_lost:
                with suppress(FetchError):  # then nobody is there who would go on with it
                    await self.server.cancel(job.id)

    async def _submit(self, request: Request, command: Command) -> str:
        types = {port.name: port.data_type for port in command.inputs}
        order = {
            "model": self.reference,
            "command": command.name,
            "inputs": {name: to_json(types.get(name), value) for name, value in request.inputs.items()},
            "options": dict(self.options),
            "device": self.device,
            "seed": request.seed,
            "priority": self.priority,
        }
        submitting = asyncio.create_task(self.server.submit(order))
        try:
            job = await asyncio.shield(submitting)
        except asyncio.CancelledError:
            await self.server.cancel((await submitting)["id"])  # it is there by now, and nobody would wait for it
            raise
        return str(job["id"])

    async def _messages(self, job: _Job) -> AsyncGenerator[Any, None]:
        """Yield what the job tells, until it has ended, or its time is up, or the other Gesso has ended."""
        ends_at = None
        try:
            async with aclosing(self.server.events(job.id)) as messages:
                while not job.has_ended:
                    async with asyncio.timeout_at(ends_at):
                        message = await anext(messages, None)
                    if message is None:
                        break
                    yield message
                    if ends_at is None and self.timeout_s is not None and job.status == "processing":
                        ends_at = asyncio.get_running_loop().time() + self.timeout_s
        except FetchError as error:
            job.is_lost = True
            raise _interrupted(job) from error
        if not job.has_ended:
            job.is_lost = True
            raise _interrupted(job)

    async def _result(self, job: _Job) -> JobResult:
        if job.status == "canceled":
            raise CanceledError(f"The job {job.id} was canceled.")
        if job.status == "failed":
            raise from_data(job.data["error"])
        outputs = await read_outputs(self.server, job.command, kept=job.data["outputs"], folder=self.folder / job.id)
        spent = {name: job.data["metrics"][name] or 0.0 for name in ("setup_s", "run_s", "total_s")}
        recipe = job.data["recipe"]
        versions = recipe["versions"]
        return JobResult(outputs, recipe["seed"], **spent, versions=versions, job_id=job.id, recipe=recipe)


class _Job:
    """A job as far as it has told of itself. `is_lost`: nobody is there any more who could say how it goes on."""

    def __init__(self, job_id: str, command: Command) -> None:
        self.id = job_id
        self.command = command
        self.data: Mapping[str, Any] = {"status": "queued"}
        self.is_lost = False
        self._has_heard = False

    @property
    def status(self) -> str:
        return str(self.data["status"])

    @property
    def has_ended(self) -> bool:
        return self.status in _ENDS

    def hear(self, message: Mapping[str, Any]) -> Iterator[Event]:
        """Take a message, and yield what it says of the run."""
        match message["type"]:
            case "job":
                yield from self._stand(message["job"])
            case "progress":
                yield Progress(message["fraction"], message["text"])
            case "log":
                yield Log(message["line"]["text"], message["line"]["level"])
            case "part":
                yield part_of(self.command, message["output"], value=message["value"])
            case "preview":
                told = message["preview"]
                if preview := preview_of(told["output"], told["type"], value=told["value"]):
                    yield preview

    def _stand(self, job: Mapping[str, Any]) -> Iterator[Event]:
        self.data = job
        if not self._has_heard:  # what was logged before we listened; later lines come one by one
            self._has_heard = True
            yield from (Log(line["text"], line["level"]) for line in job["logs"])
        if job["status"] == "queued" and job["queue_position"]:
            yield Progress(0.0, f"Waiting, number {job['queue_position']} in the queue")


def _interrupted(job: _Job) -> RunInterruptedError:
    return RunInterruptedError(
        "The Gesso that ran this has ended in the middle of it.",
        hint=f"Start it again, and see what became of it: gesso jobs show {job.id}",
    )
