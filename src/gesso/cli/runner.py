"""Run a model once and bring its outputs to where they go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from gesso.cli.destination import Destination
from gesso.cli.place import Inputs, Place
from gesso.cli.recipes import with_recipe, write_recipe
from gesso.cli.results import ending_of, is_readable, loses_transparency, shown, write
from gesso.cli.terminal import Terminal
from gesso.errors import GessoError, RunError
from gesso.jobs.recipe import Recipe
from gesso.spec.model import Command, ModelSpec, Port
from gesso.spec.runnable import Event, Part, Result
from gesso.types.base import Json

Report: TypeAlias = Callable[[Event], None]
"""Takes the news of a run as it happens."""


@dataclass(frozen=True, kw_only=True)
class Runner:
    """A command of a model, and all that was said about how to run it.

    `is_private`: the recipes in files leave out texts that somebody wrote, and names.
    """

    place: Place
    spec: ModelSpec
    command: Command
    destination: Destination
    terminal: Terminal
    timeout_s: float | None = None
    is_json: bool = False
    is_private: bool = False

    async def run(self, inputs: Inputs, report: Report) -> Result:
        """Run once, and report what it says meanwhile."""

        def hear(event: Event) -> None:
            if not isinstance(event, Part):
                report(event)
            elif event.output in self._streamed:
                self.terminal.result(event.value, end="")

        with _limited(self.timeout_s):
            return await self.place.run(inputs, hear)

    async def run_batch(self, inputs: Sequence[Inputs], report: Report) -> list[Result | GessoError]:
        """Run for several inputs. Returns a result or an error for each, in order."""
        with _limited(None if self.timeout_s is None else self.timeout_s * len(inputs)):
            return await self.place.run_batch(inputs, report)

    async def deliver(self, result: Result, inputs: Inputs, *, stem: str) -> dict[str, Json]:
        """Write and print the outputs. Returns them for JSON: what lies in a file only as its path (or paths)."""
        delivered: dict[str, Json] = {}
        ports, outputs = self.command.outputs, result.outputs
        paths = {port.name: self.destination.path(port, outputs[port.name], stem=stem) for port in ports}
        is_kept = any(paths.values()) or self.destination.streamed
        recipe = await self._recipe(result, inputs) if is_kept else None
        for port in ports:
            value, path = outputs[port.name], paths[port.name]
            if port.name == self.destination.streamed and recipe is not None:
                data = port.data_type.encode(value, ending_of(port.data_type, value))
                self.terminal.raw(with_recipe(data, recipe, data_type=port.data_type))
            written = [] if path is None else self._write(port, value, path=path, recipe=recipe)
            if is_readable(port.data_type):
                delivered[port.name] = port.data_type.to_wire(value)
            elif path is not None:
                names = [str(file) for file in written]
                delivered[port.name] = names if port.type == "list" else names[0]
        return delivered

    def print(self, delivered: Mapping[str, Json]) -> None:
        """Print the outputs of one run for a person, unless -o has sent them elsewhere."""
        if not self.destination.is_printing:
            return
        readable = {port.name for port in self.command.outputs if is_readable(port.data_type)}
        for name, wire in sorted(delivered.items(), key=lambda item: item[0] not in readable):  # where files lie: last
            if name in self._streamed:
                self.terminal.result("" if str(wire).endswith("\n") else "\n", end="")
            else:
                self.terminal.result(f"{name}: {self.shown(wire)}" if len(delivered) > 1 else self.shown(wire))

    def shown(self, wire: Json) -> str:
        """Return a value as it is printed: whole for a program, and for a person so much as can be looked through."""
        return shown(wire, is_whole=not sys.stdout.isatty())

    @property
    def _streamed(self) -> set[str]:
        """The outputs whose parts are printed as they arrive: a text that goes to the terminal."""
        is_printing = self.destination.is_printing and not self.destination.is_folder_run and not self.is_json
        is_streaming = is_printing and self.command.is_streaming
        return {port.name for port in self.command.outputs if is_streaming and port.type == "text"}

    async def _recipe(self, result: Result, inputs: Inputs) -> Recipe:
        recipe = await self.place.recipe(inputs, result)
        return recipe.without_words(self.spec) if self.is_private else recipe

    def _write(self, port: Port, value: Any, *, path: Path, recipe: Recipe | None) -> list[Path]:
        files = write(port.data_type, value, path=path)
        for file in files:
            if recipe is not None:
                write_recipe(file, recipe, data_type=port.data_type)
        if not self.destination.is_printing and not self.destination.is_folder_run:
            self.terminal.say(f"{port.name} is in {', '.join(map(str, files))}")
        if loses_transparency(port.data_type, value, path=path):
            self.terminal.say(
                f"{path.suffix} cannot be transparent, so that what was transparent is white now. .png and .webp can.",
                style="yellow",
            )
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
