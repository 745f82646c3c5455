"""Go through a folder of inputs: one run for each file, past those that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from gesso.cli.destination import stems_of
from gesso.cli.given import Input
from gesso.cli.inputs import Files
from gesso.cli.place import Inputs
from gesso.cli.results import shown
from gesso.cli.runner import Runner
from gesso.errors import CanceledError, GessoError, InputError, RunError, SetupError
from gesso.spec.runnable import Event, Progress, Result
from gesso.types.base import Json

_AT_ONCE: Final = 8  # files in one call of a model that takes several: so many pictures are in memory together


@dataclass
class Tally:
    """What came of the files: `items` for JSON, in order, and the errors by file."""

    items: list[dict[str, Json]] = field(default_factory=list)
    failed: dict[Path, GessoError] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FolderRun:
    """A runner, the files that it goes through, and the inputs that are the same for each of them."""

    runner: Runner
    files: Files
    inputs: Inputs

    async def run(self) -> Tally:
        """Run the model for every file. What is wrong with one file is noted, what is wrong for all of them raised."""
        tally = Tally()
        stems = stems_of(self.files.paths)
        at_once = _AT_ONCE if self.runner.command.is_batching else 1
        for first in range(0, len(stems), at_once):
            paths = self.files.paths[first : first + at_once]
            read = [self._read(path) for path in paths]
            inputs = [{**self.inputs, self.files.port.name: one} for one in read if isinstance(one, Input)]
            results = iter(zip(inputs, await self._run(inputs, paths, first=first), strict=True))
            for path, stem, one in zip(paths, stems[first:], read, strict=False):
                given, outcome = next(results) if isinstance(one, Input) else ({}, one)
                await self._take(tally, path, stem=stem, inputs=given, outcome=outcome)
        return tally

    def report(self, tally: Tally) -> None:
        """Say at the end which files failed, and why."""
        terminal = self.runner.terminal
        terminal.clear()
        places = ", ".join(sorted({str(folder) for folder in self.runner.destination.folders.values()}))
        done = len(tally.items) - len(tally.failed)
        terminal.say(f"{done} of {len(tally.items)} files are done{f': {places}' if places and done else ''}")
        if tally.failed:
            terminal.warn(f"{len(tally.failed)} failed:")
        for path, error in tally.failed.items():
            terminal.warn(f"  {path.name}: {error}")

    async def _run(self, inputs: Sequence[Inputs], paths: Sequence[Path], *, first: int) -> list[Result | GessoError]:
        def report(event: Event) -> None:
            """Show the progress of these files as a part of the whole."""
            if isinstance(event, Progress):
                fraction = (first + event.fraction * len(paths)) / len(self.files.paths)
                event = replace(event, fraction=fraction, text=f"{name}  {event.text}".rstrip())
            self.runner.terminal.report(event)

        name = paths[0].name if len(paths) == 1 else f"{paths[0].name} to {paths[-1].name}"
        report(Progress(0.0))
        if not inputs:
            return []
        try:
            if self.runner.command.is_batching:
                return await self.runner.run_batch(inputs, report)
            return [await self.runner.run(inputs[0], report)]
        except (InputError, RunError) as error:
            if isinstance(error, SetupError | CanceledError):
                raise
            return [error] * len(inputs)

    def _read(self, path: Path) -> Input | GessoError:
        try:
            return Input(self.files.port.data_type.read(path), path)
        except InputError as error:
            return error

    async def _take(self, tally: Tally, path: Path, *, stem: str, inputs: Inputs, outcome: Result | GessoError) -> None:
        item: dict[str, Json] = {"input": str(path)}
        tally.items.append(item)
        try:
            if isinstance(outcome, GessoError):
                raise outcome
            delivered = await self.runner.deliver(outcome, inputs, stem=stem)
        except (InputError, RunError) as error:
            tally.failed[path] = error
            item["error"] = error.to_data()
            return
        item |= delivered
        if self.runner.destination.is_printing and not self.runner.is_json:
            for name, wire in delivered.items():
                label = f"{path.name}, {name}" if len(delivered) > 1 else path.name
                self.runner.terminal.result(f"{label}: {shown(wire)}")
