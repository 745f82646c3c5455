"""Where a model runs: here, in a process of its own, or as jobs of the Gesso that serves this home."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Protocol

import msgspec

from gesso.cli.given import Input, Unkept, describe
from gesso.errors import GessoError, InputError, RunError, SetupError
from gesso.jobs.recipe import Recipe
from gesso.registry.source import ModelSource
from gesso.remote.model import JobResult, RemoteModel
from gesso.remote.runway import RunwayServerModel
from gesso.runtime.host.model import WorkerModel
from gesso.spec.model import Command
from gesso.spec.runnable import Event, Progress, Request, Result
from gesso.types.base import Json

Inputs = Mapping[str, Input]
"""The inputs of one run by name."""
_JOBS_AT_ONCE: Final = 4  # enough that none waits for files, and few enough for everybody else's jobs


class Place(Protocol):
    """Runs one command of a model. A run that takes too long raises `TimeoutError`; getting ready does not count."""

    async def run(self, inputs: Inputs, hear: Callable[[Event], None]) -> Result:
        """Run once. `hear` gets what the run says meanwhile."""
        ...

    async def run_batch(self, inputs: Sequence[Inputs], hear: Callable[[Event], None]) -> list[Result | GessoError]:
        """Run for several inputs, in one call of the model where it can. Returns a result or an error for each."""
        ...

    async def recipe(self, inputs: Inputs, result: Result) -> Recipe:
        """Return how a result of this place was made."""
        ...


@dataclass(frozen=True, kw_only=True)
class Here:
    """The model in a process of its own, which ends with this command; or one that serves itself, and goes on."""

    model: WorkerModel | RunwayServerModel
    command: Command
    source: ModelSource
    seed: int | None = None
    timeout_s: float | None = None

    async def run(self, inputs: Inputs, hear: Callable[[Event], None]) -> Result:
        """Run once."""
        await self.model.prepare(hear)
        async with asyncio.timeout(self.timeout_s):
            return await result_of(self.model.run(self._request(inputs)), hear)

    async def run_batch(self, inputs: Sequence[Inputs], hear: Callable[[Event], None]) -> list[Result | GessoError]:
        """Run for several inputs in one call of the model."""
        await self.model.prepare(hear)
        async with asyncio.timeout(None if self.timeout_s is None else self.timeout_s * len(inputs)):
            return await self.model.run_batch([self._request(one) for one in inputs], hear)

    async def recipe(self, inputs: Inputs, result: Result) -> Recipe:
        """Write down how a result was made, as a job would have done. Nothing is kept of it."""

        def write() -> Recipe:
            return Recipe.of(
                self.model.spec,
                result,
                model=self.source.reference,
                model_digest=self.source.digest,
                command=self.command,
                inputs=describe(self.command.inputs, inputs, blobs=Unkept()),
                options=self.model.options,
            )

        return await asyncio.to_thread(write)

    def _request(self, inputs: Inputs) -> Request:
        values = {name: one.value for name, one in inputs.items()}
        return Request(inputs=values, command=self.command.name, seed=self.seed)


@dataclass(frozen=True, kw_only=True)
class There:
    """The model in the Gesso that serves this home: its worker stays warm, and each run is a job with a history."""

    model: RemoteModel
    command: Command
    seed: int | None = None

    async def run(self, inputs: Inputs, hear: Callable[[Event], None]) -> Result:
        """Send the files that the other Gesso has not got yet, and run once."""
        request = Request(inputs=await self._sent(inputs), command=self.command.name, seed=self.seed)
        return await result_of(self.model.run(request), hear)

    async def run_batch(self, inputs: Sequence[Inputs], hear: Callable[[Event], None]) -> list[Result | GessoError]:
        """Run several as jobs that wait together: while one runs, files of others come and go."""
        return await side_by_side(self.run, inputs, hear=hear)

    async def recipe(self, inputs: Inputs, result: Result) -> Recipe:  # noqa: ARG002 - the job knows them itself
        """Return the recipe that the job has."""
        assert isinstance(result, JobResult)
        return msgspec.convert(dict(result.recipe), Recipe)

    async def _sent(self, inputs: Inputs) -> dict[str, Json]:
        files = Unkept()
        described = await asyncio.to_thread(describe, self.command.inputs, inputs, blobs=files)
        for digest, source in files.sources.items():
            await self.model.server.keep(digest, source)
        return described


async def side_by_side(
    run: Callable[[Inputs, Callable[[Event], None]], Awaitable[Result]],
    inputs: Sequence[Inputs],
    *,
    hear: Callable[[Event], None],
) -> list[Result | GessoError]:
    """Run for several inputs, a few at a time. Returns a result or an error for each."""
    turn = asyncio.Semaphore(_JOBS_AT_ONCE)
    telling = _Telling(len(inputs), hear)

    async def run_one(number: int, one: Inputs) -> Result | GessoError:
        async with turn:
            try:
                return await run(one, partial(telling.hear, number))
            except (InputError, RunError) as error:
                if isinstance(error, SetupError):
                    raise
                return error
            finally:
                telling.end(number)

    tasks = [asyncio.create_task(run_one(number, one)) for number, one in enumerate(inputs)]
    try:
        return await asyncio.gather(*tasks)
    finally:  # what goes wrong for one goes wrong for all, and whoever leaves cancels all
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Telling:
    """What several jobs say, as if they were one: the progress of all, in the words of the first that goes on."""

    def __init__(self, count: int, hear: Callable[[Event], None]) -> None:
        self._fractions = [0.0] * count
        self._going_on = list(range(count))
        self._hear = hear

    def hear(self, number: int, event: Event) -> None:
        if not isinstance(event, Progress):
            self._hear(event)
            return
        self._fractions[number] = event.fraction
        if number == self._going_on[0]:
            self._hear(replace(event, fraction=sum(self._fractions) / len(self._fractions)))

    def end(self, number: int) -> None:
        self._fractions[number] = 1.0
        self._going_on.remove(number)


async def result_of(events: AsyncGenerator[Event, None], hear: Callable[[Event], None]) -> Result:
    """Return the result of a run; `hear` gets what it says before."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Result):
                return event
            hear(event)
    raise AssertionError("a run ends with a result or an error")
