"""A model in a worker: the `Runnable` that everything else stands on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gesso.errors import GessoError
from gesso.messages.to_worker import Load
from gesso.registry.manifest import Manifest
from gesso.registry.weights import WeightsFolder
from gesso.runtime.host.attempt import Pace, Report, relay
from gesso.runtime.host.budget import Budget
from gesso.runtime.host.crew import CrewRules, Room
from gesso.runtime.host.environment import Environments
from gesso.runtime.host.needs import prepare_needs
from gesso.runtime.host.order import Order, take_order
from gesso.runtime.host.pool import Pool, PoolFigures
from gesso.runtime.host.requirements import read_needs
from gesso.runtime.host.size import PoolSize
from gesso.runtime.host.worker import WorkerProcess
from gesso.runtime.transport.passing import Held
from gesso.spec.model import ModelSpec
from gesso.spec.runnable import Event, Progress, Request, Result

_END: Final = None
_WAITING_EVENTS: Final = 64
"""So many events wait for whoever reads them; then the worker waits."""
_USUAL_BYTES: Final = 200 * 2**20
"""What a worker is expected to take whose model does not say it, until it was seen."""


@dataclass(frozen=True, kw_only=True)
class WorkerSettings:
    """How workers are run.

    `scratch` is the folder where they pass files, `threads` how many each may compute with. Seconds: `cancel_grace_s`
    is how long a canceled run may take to stop by itself before its process is ended, `idle_unload_s` how long a
    worker is kept that nobody uses. `held` is what frames are passed on by from one worker to another. `cache` is the
    folder in which each model has one, by its name, for what it can make again.
    """

    scratch: Path
    threads: int
    cancel_grace_s: float = 0.5
    idle_unload_s: float = 600
    held: Held = field(default_factory=Held)
    cache: Path | None = None


@dataclass(eq=False, kw_only=True)
class WorkerModel:
    """A model that runs in a process of its own, in its own environment.

    A worker is started by the first run and kept until nobody has used it for a while; a run that finds none, or a dead
    one, starts another. Synchronous commands run one after the other in each worker, asynchronous ones side by side.
    `options` are those of the model's `setup` (wire form).
    """

    spec: ModelSpec
    manifest: Manifest
    environments: Environments
    weights: WeightsFolder
    settings: WorkerSettings
    budget: Budget
    size: PoolSize = field(default_factory=PoolSize)
    options: Mapping[str, Any] = field(default_factory=dict)
    device: str = "auto"

    def __post_init__(self) -> None:
        rules = CrewRules(
            size=self.size,
            needed_bytes=self.spec.card.memory_mb * 2**20 or _USUAL_BYTES,
            idle_unload_s=self.settings.idle_unload_s,
        )
        self._pool = Pool(
            self.spec.name,
            launch=self._start,
            rules=rules,
            budget=self.budget,
            scratch=self.settings.scratch,
            cancel_grace_s=self.settings.cancel_grace_s,
        )
        self._in_order = asyncio.Lock()

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Run once; see `Runnable`. Closing the iteration cancels the run."""
        events: asyncio.Queue[Event | None] = asyncio.Queue()

        async def pace() -> None:
            while events.qsize() > _WAITING_EVENTS:  # noqa: ASYNC110 - rare, and a queue tells nobody that it shrinks
                await asyncio.sleep(0.005)

        work = asyncio.create_task(self._run(request, events.put_nowait, pace=pace))
        work.add_done_callback(lambda _: events.put_nowait(_END))
        try:
            while (event := await events.get()) is not _END:
                yield event
            work.result()
        finally:
            work.cancel()
            await asyncio.wait([work])

    async def run_batch(self, requests: Sequence[Request], report: Report) -> list[Result | GessoError]:
        """Run several requests together; those for one command that can batch go in as few calls as may be.

        Returns a result or an error for each, in order. Canceling the task cancels all of them.
        """
        orders = await asyncio.gather(*(self._order_or_error(request) for request in requests))
        return await asyncio.gather(*(self._outcome(order, report) for order in orders))

    async def prepare(self, report: Report) -> None:
        """Get a worker ready without running anything."""
        await self._pool.prepare(report)

    def keep_ready(self) -> None:
        """Start the workers that are always to be there, without waiting for them."""
        self._pool.keep_ready()

    def end_session(self, session: str) -> None:
        """Have the worker forget what it remembers of a session."""
        self._pool.end_session(session)

    @property
    def workers(self) -> Sequence[WorkerProcess]:
        """The processes that are ready."""
        return self._pool.workers

    def figures(self) -> PoolFigures:
        """Return how its workers stand."""
        return self._pool.figures()

    async def close(self) -> None:
        """End the workers. A later run starts another."""
        await self._pool.close()

    async def _run(self, request: Request, report: Report, *, pace: Pace) -> None:
        if request.session is None:
            order = await take_order(self.spec, request)
        else:
            async with self._in_order:  # frames of a stream must not overtake each other
                order = await take_order(self.spec, request)
        report(await self._pool.run(order, report, pace=pace))

    @property
    def _threads(self) -> int:
        """How many threads each worker gets: those that may work side by side share the processors."""
        return max(1, self.settings.threads // self.size.max)

    async def _order_or_error(self, request: Request) -> Order | GessoError:
        try:
            return await take_order(self.spec, request)
        except GessoError as error:
            return error

    async def _outcome(self, order: Order | GessoError, report: Report) -> Result | GessoError:
        if isinstance(order, GessoError):
            return order
        try:
            return await self._pool.run(order, report, pace=_at_once)
        except GessoError as error:
            return error

    async def _start(self, report: Report, room: Room) -> WorkerProcess:
        environment = await prepare_needs(self.manifest, self.environments, report=report)
        weights = await self.weights.prepare(self.manifest.weights, report=report)
        asked = Load(
            str(self.manifest.entry),
            self.manifest.class_name,
            dict(self.options),
            self.device,
            {name: str(path) for name, path in weights.items()},
            list(read_needs(self.manifest.requirements).names),
            kind=self.manifest.kind,
            cache=str((self.settings.cache or self.settings.scratch / "cache") / self.manifest.name),
        )
        async with room():
            report(Progress(0.0, f"Starting {self.spec.title or self.spec.name}"))
            worker = await WorkerProcess.start(
                environment.python,
                self.settings.scratch,
                threads=self._threads,
                cwd=self.manifest.folder,
                held=self.settings.held,
            )
            try:
                async for message in worker.load(asked):
                    relay(message, worker, report=report)
            except BaseException:  # also a cancel: a worker that is half ready is of no use
                await worker.kill()
                raise
            return worker


async def _at_once() -> None:
    """Go on at once: nobody reads a batch's news as they come."""
