"""Run a model once and bring its outputs to where they go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesso.cli.destination import Destination
from gesso.cli.results import is_readable, shown, write
from gesso.cli.terminal import Terminal
from gesso.errors import GessoError, RunError
from gesso.runtime.host.attempt import Report
from gesso.runtime.host.model import WorkerModel
from gesso.spec.model import Command, Port
from gesso.spec.runnable import Part, Request, Result
from gesso.types.base import Json


@dataclass(frozen=True, kw_only=True)
class Runner:
    """A command of a model, and all that was said about how to run it."""

    model: WorkerModel
    command: Command
    destination: Destination
    terminal: Terminal
    seed: int | None = None
    timeout_s: float | None = None
    is_json: bool = False

    async def run(self, values: Mapping[str, Any], report: Report) -> Result:
        """Run once, and report what it says meanwhile."""
        await self.model.prepare(report)  # outside of the limit: installing takes the time it takes
        with _limited(self.timeout_s):
            async with asyncio.timeout(self.timeout_s):
                return await self._follow(values, report)

    async def run_batch(self, inputs: Sequence[Mapping[str, Any]], report: Report) -> list[Result | GessoError]:
        """Run for several inputs in one call of the model. Returns a result or an error for each, in order."""
        await self.model.prepare(report)
        limit_s = None if self.timeout_s is None else self.timeout_s * len(inputs)
        with _limited(limit_s):
            async with asyncio.timeout(limit_s):
                return await self.model.run_batch([self._request(values) for values in inputs], report)

    def deliver(self, result: Result, *, stem: str) -> dict[str, Json]:
        """Write and print the outputs. Returns them for JSON: what lies in a file only as its path (or paths)."""
        delivered: dict[str, Json] = {}
        for port in self.command.outputs:
            value = result.outputs[port.name]
            path = self.destination.path(port, value, stem=stem)
            written = [] if path is None else self._write(port, value, path=path)
            if is_readable(port.data_type):
                delivered[port.name] = port.data_type.to_wire(value)
            elif path is not None:
                paths = [str(file) for file in written]
                delivered[port.name] = paths if port.type == "list" else paths[0]
        return delivered

    def print(self, delivered: Mapping[str, Json]) -> None:
        """Print the outputs of one run for a person, unless -o has sent them elsewhere."""
        if not self.destination.is_printing:
            return
        for name, wire in delivered.items():
            if name in self._streamed:
                self.terminal.result("" if str(wire).endswith("\n") else "\n", end="")
            else:
                self.terminal.result(f"{name}: {shown(wire)}" if len(delivered) > 1 else shown(wire))

    @property
    def _streamed(self) -> set[str]:
        """The outputs whose parts are printed as they arrive: a text that goes to the terminal."""
        is_printing = self.destination.is_printing and not self.destination.is_folder_run and not self.is_json
        is_streaming = is_printing and self.command.is_streaming
        return {port.name for port in self.command.outputs if is_streaming and port.type == "text"}

    def _request(self, values: Mapping[str, Any]) -> Request:
        return Request(inputs=values, command=self.command.name, seed=self.seed)

    async def _follow(self, values: Mapping[str, Any], report: Report) -> Result:
        async with aclosing(self.model.run(self._request(values))) as events:
            async for event in events:
                if isinstance(event, Result):
                    return event
                if not isinstance(event, Part):
                    report(event)
                elif event.output in self._streamed:
                    self.terminal.result(event.value, end="")
        raise AssertionError("a run ends with a result or an error")

    def _write(self, port: Port, value: Any, *, path: Path) -> list[Path]:
        files = write(port.data_type, value, path=path)
        if not self.destination.is_printing and not self.destination.is_folder_run:
            self.terminal.say(f"{port.name} is in {', '.join(map(str, files))}")
        return files


@contextmanager
def _limited(limit_s: float | None) -> Iterator[None]:
    """Say in words that the time is up."""
    try:
        yield
    except TimeoutError:
        raise RunError(
            f"The run took longer than {limit_s:g} seconds and was ended.",
            hint="Allow it more with --timeout, or give it something smaller.",
        ) from None
