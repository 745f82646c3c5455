"""One direct run, from the inputs as they came to the result."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any

from gesso.errors import GessoError, RunError
from gesso.server.direct.given import is_quick, open_inputs
from gesso.server.direct.room import Direct
from gesso.server.direct.timings import Timings
from gesso.spec.model import Command
from gesso.spec.runnable import Event, Request, Result, Runnable


class DirectRun:
    """A direct run; `aclose` it when its outputs are not needed any more. It is counted once it has ended.

    `begin_work` hears that the model gets it, `hear` what it says, before anybody else does.
    """

    def __init__(
        self,
        direct: Direct,
        runnable: Runnable,
        *,
        command: Command,
        timings: Timings,
        begin_work: Callable[[], None] = lambda: None,
        hear: Callable[[Event], None] = lambda _: None,
    ) -> None:
        self._direct = direct
        self._runnable = runnable
        self.threads = direct.threads
        self._folder = direct.runs / f"direct-{secrets.token_hex(8)}"
        self._has_files = False
        self.command = command
        self.timings = timings
        self._begin_work = begin_work
        self._hear = hear

    async def open(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Read the inputs. Raises `InputError` and `NotFoundError`."""
        began = time.perf_counter()
        ports, blobs = self.command.inputs, self._direct.blobs
        self._has_files = not is_quick(ports, given)
        if not self._has_files:
            values = open_inputs(ports, given, blobs=blobs, folder=self._folder)
        else:
            values = await self.threads.call(open_inputs, ports, given, blobs=blobs, folder=self._folder)
        self.timings.decode_s += time.perf_counter() - began
        return values

    async def follow(self, values: Mapping[str, Any], *, seed: int | None) -> AsyncGenerator[Event, None]:
        """Yield the news of the run and last its `Result`. Closing the iteration cancels the run."""
        request = Request(inputs=values, command=self.command.name, seed=seed)
        outcome = "canceled"
        self._begin_work()
        try:
            async with aclosing(self._runnable.run(request)) as events:
                async for event in events:
                    self._hear(event)
                    if isinstance(event, Result):
                        outcome = "succeeded"
                        self.timings.result = event
                    yield event
            if outcome != "succeeded":
                raise RunError("The run ended without a result.", hint="Please report it.")
        except GessoError:
            outcome = "failed"
            raise
        finally:
            run_s = self.timings.result.run_s if self.timings.result else 0.0
            self._direct.metrics.count_run(self._runnable.spec.name, outcome, run_s=run_s)

    async def result(self, values: Mapping[str, Any], *, seed: int | None) -> Result:
        """Run to the end and return the result."""
        async with aclosing(self.follow(values, seed=seed)) as events:
            async for event in events:
                if isinstance(event, Result):
                    return event
        raise AssertionError("a run ends with a result or an error")

    async def aclose(self) -> None:
        """Remove the files that the inputs have needed."""
        if self._has_files and self._folder.exists():
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
