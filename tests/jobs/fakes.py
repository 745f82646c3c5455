"""A model that does what a test tells it, and a queue in which it runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gesso.errors import NotFoundError
from gesso.jobs.job import Job
from gesso.jobs.jobs import Jobs
from gesso.jobs.resolving import Resolved
from gesso.spec.model import Command, ModelSpec, Port
from gesso.spec.runnable import Event, Progress, Request, Result
from gesso.storage.home import Home
from gesso.types.base import Json

SPEC = ModelSpec(
    name="dream",
    title="Dream",
    commands=(
        Command(
            name="run",
            inputs=(
                Port(name="photo", type="image", is_required=False),
                Port(name="words", type="text", is_required=False),
                Port(name="film", type="video", is_required=False),
                Port(name="photos", type="list", constraints={"items": {"type": "image"}}, is_required=False),
                Port(name="folder", type="directory", is_required=False),
                Port(name="settings", type="json", is_required=False),
            ),
            outputs=(
                Port(name="picture", type="image"),
                Port(name="told", type="text"),
                Port(name="facts", type="json"),
            ),
        ),
    ),
    options=(Port(name="strength", type="number", is_required=False),),
)
"""What the model of the tests takes and gives; every input may be left out, and so may every output."""


class Fake:
    """A `Runnable` that tells `events`, waits until `gate` is open, and gives the outputs of `answer`."""

    def __init__(self, spec: ModelSpec = SPEC) -> None:
        self.spec = spec
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()
        self.events: list[Event] = []
        self.answer: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda inputs: {"told": inputs.get("words", "")}
        self.error: Exception | None = None
        self.requests: list[Request] = []
        self.running = self.most_running = 0
        self.setup = 0

    async def prepare(self, report: Callable[[Event], None]) -> None:
        self.setup += 1
        report(Progress(0.0, "Getting ready"))

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        self.requests.append(request)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.begun.set()
        try:
            for event in self.events:
                yield event
                await asyncio.sleep(0)
            await self.gate.wait()
            if self.error is not None:
                raise self.error
            yield Result(self.answer(request.inputs), request.seed or 0, run_s=0.5)
        finally:
            self.running -= 1


class Models:
    """What references mean: `dream`, `second` and `third` are three models."""

    def __init__(self) -> None:
        self.fakes = {"dream": Fake(), "second": Fake(), "third": Fake()}

    async def __call__(self, reference: str, *, options: Mapping[str, Json], device: str) -> Resolved:
        if reference not in self.fakes:
            raise NotFoundError(f"There is no model {reference!r}.")
        return Resolved(self.fakes[reference], f"digest of {reference}")


class Queue:
    """A queue in a home of its own, with the models of the tests."""

    def __init__(self, home: Home, models: Models, **settings: Any) -> None:
        self.home = home
        self.models = models
        self.dream = models.fakes["dream"]
        self.blobs = home.blobs
        self.jobs = Jobs(
            home.database, home.blobs, resolve=models, runs=home.path / "runs", kept=home.path / "training", **settings
        )

    async def ended(self, job_id: str) -> Job:
        """Wait for a job, and return it as it ended."""
        async with asyncio.timeout(20):
            async for _ in self.jobs.events(job_id):
                pass
        return await self.jobs.get(job_id)


@asynccontextmanager
async def open_queue(path: Path, models: Models | None = None, **settings: Any) -> AsyncIterator[Queue]:
    """Open a queue in a home, and stop it without a grace at the end."""
    with Home(path) as home:
        queue = Queue(home, models or Models(), **settings)
        await queue.jobs.start()
        try:
            yield queue
        finally:
            await queue.jobs.stop(0)
