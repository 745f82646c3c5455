"""A model in a worker: the `Runnable` that everything else stands on."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from gesso.errors import GessoError
from gesso.messages.to_worker import Batch, EndSession, Load
from gesso.registry.manifest import Manifest
from gesso.registry.weights import WeightsFolder
from gesso.runtime.host.attempt import Attempt, Order, Pace, Report, check_seed, relay
from gesso.runtime.host.environment import Environments
from gesso.runtime.host.idle import IdleTimer
from gesso.runtime.host.requirements import read_needs
from gesso.runtime.host.worker import WorkerProcess
from gesso.spec.model import ModelSpec
from gesso.spec.runnable import Event, Progress, Request, Result

_END: Final = None
_WAITING_EVENTS: Final = 64
"""So many events wait for whoever reads them; then the worker waits."""
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class WorkerSettings:
    """How workers are run.

    `scratch` is the folder where they pass files, `threads` how many each may compute with. Seconds: `cancel_grace_s`
    is how long a canceled run may take to stop by itself before its process is ended, `idle_unload_s` how long a
    worker is kept that nobody uses.
    """

    scratch: Path
    threads: int
    cancel_grace_s: float = 0.5
    idle_unload_s: float = 600


@dataclass(eq=False, kw_only=True)
class WorkerModel:
    """A model that runs in a process of its own, in its own environment.

    The worker is started by the first run and kept until nobody has used it for a while; a run that finds none, or a
    dead one, starts another. Synchronous commands run one after the other, asynchronous ones side by side. `options`
    are those of the model's `setup` (wire form).
    """

    spec: ModelSpec
    manifest: Manifest
    environments: Environments
    weights: WeightsFolder
    settings: WorkerSettings
    options: Mapping[str, Any] = field(default_factory=dict)
    device: str = "auto"

    def __post_init__(self) -> None:
        self._worker: WorkerProcess | None = None
        self._checking = asyncio.Lock()
        self._turn = asyncio.Lock()
        self._starting = asyncio.Lock()
        self._idle = IdleTimer(self.settings.idle_unload_s, self.close)

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
        """Run several requests for one command (the first request's) as a single call of the model's `_batch`.

        Returns a result or an error for each, in order. Canceling the task cancels all of them.
        """
        orders = await asyncio.to_thread(lambda: [_or_error(partial(self._order, request)) for request in requests])
        async with self._turn:
            with self._idle.busy():
                return await self._run_together(orders, report)

    async def _run_together(self, orders: Sequence[Order | GessoError], report: Report) -> list[Result | GessoError]:
        worker, setup_s = await self._ready(report)
        with contextlib.ExitStack() as listening:
            attempts = [
                order
                if isinstance(order, GessoError)
                else _or_error(partial(self._attempt, worker, order, setup_s=setup_s))
                for order in orders
            ]
            made = [listening.enter_context(attempt) for attempt in attempts if isinstance(attempt, Attempt)]
            worker.send(Batch([attempt.asked for attempt in made]))
            return [
                attempt if isinstance(attempt, GessoError) else await self._outcome(attempt, report)
                for attempt in attempts
            ]

    @property
    def process_id(self) -> int | None:
        """The process that stands for its worker (see `WorkerProcess`), None if there is none now."""
        return self._worker.process_id if self._worker is not None and self._worker.is_alive else None

    async def prepare(self, report: Report) -> None:
        """Get a worker ready without running anything."""
        with self._idle.busy():
            await self._ready(report)

    def end_session(self, session: str) -> None:
        """Have the worker forget what it remembers of a session."""
        if self._worker is not None:
            self._worker.send(EndSession(session))

    async def close(self) -> None:
        """End the worker. A later run starts another."""
        self._idle.stop()
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.stop()

    def _order(self, request: Request) -> Order:
        """Check a request. That may decode large pictures: call it in a thread."""
        began = time.perf_counter()
        command = self.spec.command(request.command)
        values = command.coerce(request.inputs)
        return Order(
            command=command, values=values, seed=check_seed(request.seed), session=request.session, began=began
        )

    def _attempt(self, worker: WorkerProcess, order: Order, *, setup_s: float) -> Attempt:
        return Attempt(worker, order, setup_s=setup_s, scratch=self.settings.scratch)

    async def _run(self, request: Request, report: Report, *, pace: Pace) -> None:
        async with self._checking:  # one after the other, so that frames of a stream do not overtake each other
            order = await asyncio.to_thread(self._order, request)
        async with contextlib.AsyncExitStack() as turn:
            turn.enter_context(self._idle.busy())
            if not order.command.is_async:
                await turn.enter_async_context(self._turn)
            worker, setup_s = await self._ready(report)
            with self._attempt(worker, order, setup_s=setup_s) as attempt:
                worker.send(attempt.asked)
                result = await attempt.follow(report, cancel_grace_s=self.settings.cancel_grace_s, pace=pace)
        report(result)

    async def _outcome(self, attempt: Attempt, report: Report) -> Result | GessoError:
        try:
            return await attempt.follow(report, cancel_grace_s=self.settings.cancel_grace_s, pace=_at_once)
        except GessoError as error:
            return error

    async def _ready(self, report: Report) -> tuple[WorkerProcess, float]:
        """Return a worker that has the model loaded, and how long it took to get it (0 if it was there)."""
        async with self._starting:
            if self._worker is not None and self._worker.is_alive:
                return self._worker, 0.0
            began = time.perf_counter()
            self._worker = await self._start(report)
            return self._worker, time.perf_counter() - began

    async def _start(self, report: Report) -> WorkerProcess:
        environment = await self.environments.prepare(self.manifest.requirements, report=report)
        weights = await self.weights.prepare(self.manifest.weights, report=report)
        report(Progress(0.0, f"Starting {self.spec.title or self.spec.name}"))
        worker = await WorkerProcess.start(
            environment.python, self.settings.scratch, threads=self.settings.threads, cwd=self.manifest.folder
        )
        asked = Load(
            str(self.manifest.entry),
            self.manifest.class_name,
            dict(self.options),
            self.device,
            {name: str(path) for name, path in weights.items()},
            list(read_needs(self.manifest.requirements).names),
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


def _or_error(make: Callable[[], _T]) -> _T | GessoError:
    """Return what `make` returns, or the error of ours that it raises: one of a batch fails by itself."""
    try:
        return make()
    except GessoError as error:
        return error
