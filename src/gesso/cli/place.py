"""Where a model runs: here, in a process of its own, or as jobs of the Gesso that serves this home."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

import msgspec

from gesso.cli.given import Input, Unkept, describe
from gesso.errors import GessoError, InputError, RunError, SetupError
from gesso.jobs.recipe import Recipe
from gesso.registry.source import ModelSource
from gesso.remote.model import JobResult, RemoteModel
from gesso.runtime.host.model import WorkerModel
from gesso.spec.model import Command
from gesso.spec.runnable import Event, Request, Result
from gesso.types.base import Json

Inputs = Mapping[str, Input]
"""The inputs of one run by name."""


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
    """The model in a process of its own, which ends with this command."""

    model: WorkerModel
    command: Command
    source: ModelSource
    seed: int | None = None
    timeout_s: float | None = None

    async def run(self, inputs: Inputs, hear: Callable[[Event], None]) -> Result:
        """Run once."""
        await self.model.prepare(hear)
        async with asyncio.timeout(self.timeout_s):
            return await _result(self.model.run(self._request(inputs)), hear)

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
        return await _result(self.model.run(request), hear)

    async def run_batch(self, inputs: Sequence[Inputs], hear: Callable[[Event], None]) -> list[Result | GessoError]:
        """Run one after the other: each is a job of its own."""
        outcomes: list[Result | GessoError] = []
        for one in inputs:
            try:
                outcomes.append(await self.run(one, hear))
            except (InputError, RunError) as error:
                if isinstance(error, SetupError):
                    raise
                outcomes.append(error)
        return outcomes

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


async def _result(events: AsyncGenerator[Event, None], hear: Callable[[Event], None]) -> Result:
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Result):
                return event
            hear(event)
    raise AssertionError("a run ends with a result or an error")
