"""Go through a folder of inputs: one run for each file, past those that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from gesso.cli.destination import stems_of
from gesso.cli.given import Input
from gesso.cli.inputs import Files
from gesso.cli.opening import IN_MODEL, doctor_hint
from gesso.cli.place import Inputs
from gesso.cli.runner import Runner
from gesso.cli.shell import command_line
from gesso.errors import CanceledError, GessoError, InputError, RunError, SetupError
from gesso.spec.runnable import Event, Log, Progress, Result
from gesso.types.base import Json

RESUME: Final = "--resume"
"""The option that leaves out what is done."""

_AT_ONCE: Final = 8  # files in one call of a model that takes several: so many pictures are in memory together


@dataclass
class Tally:
    """What came of the files so far: `items` for JSON, in order, and the errors by file."""

    items: list[dict[str, Json]] = field(default_factory=list)
    failed: dict[Path, GessoError] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """How many files are done, and did not fail."""
        return len(self.items) - len(self.failed)


@dataclass(frozen=True, kw_only=True)
class FolderRun:
    """A runner, the files that it goes through, and the inputs that are the same for each of them.

    `reference` is the model's. `is_resuming`: files whose outputs are there already are left out. `words` were typed
    to begin it.
    """

    runner: Runner
    files: Files
    inputs: Inputs
    reference: str = ""
    is_resuming: bool = False
    words: Sequence[str] = ()

    @cached_property
    def stems(self) -> dict[Path, str]:
        """The files that are gone through, with what their outputs are called by."""
        named = dict(zip(self.files.paths, stems_of(self.files.paths), strict=True))
        destination, ports = self.runner.destination, self.runner.command.outputs
        return {
            path: stem
            for path, stem in named.items()
            if not (self.is_resuming and destination.is_done(ports, stem=stem))
        }

    async def run(self, tally: Tally) -> None:
        """Run the model for every file. What is wrong with one file is noted, what is wrong for all of them raised."""
        stems = list(self.stems.items())
        at_once = _AT_ONCE if self.runner.command.is_batching else 1
        for first in range(0, len(stems), at_once):
            paths = [path for path, _ in stems[first : first + at_once]]
            read = [self._read(path) for path in paths]
            inputs = [{**self.inputs, self.files.port.name: one} for one in read if isinstance(one, Input)]
            results = iter(zip(inputs, await self._run(inputs, paths, first=first), strict=True))
            for (path, stem), one in zip(stems[first:], read, strict=False):
                given, outcome = next(results) if isinstance(one, Input) else ({}, one)
                await self._take(tally, path, stem=stem, inputs=given, outcome=outcome)

    def report(self, tally: Tally) -> None:
        """Print what is a result, and say which files failed, and why; at the end, where the others lie."""
        terminal = self.runner.terminal
        terminal.clear()
        if self.runner.is_json:
            terminal.json(tally.items)
        elif self.runner.destination.new_folder is not None:
            terminal.result(str(self.runner.destination.new_folder))
        if tally.failed:
            terminal.warn(f"{len(tally.failed)} failed:")
        for path, error in tally.failed.items():
            terminal.warn(f"  {path.name}: {error}")
        if any(isinstance(error, IN_MODEL) for error in tally.failed.values()):
            terminal.say(doctor_hint(self.reference))
        terminal.say(self._done(tally))

    def report_end(self, tally: Tally) -> None:
        """Say of a run that ends before it is through how far it came, and how to go on."""
        terminal = self.runner.terminal
        terminal.clear()
        if self.runner.is_json:
            terminal.json(tally.items)
        if not tally.items and not self._left_out:
            return
        terminal.warn(self._done(tally))
        if self.runner.destination.folders:
            terminal.warn(f"Go on where it stopped: {self._again()}")

    def _done(self, tally: Tally) -> str:
        places = ", ".join(sorted({str(folder) for folder in self.runner.destination.folders.values()}))
        done = tally.done + self._left_out
        earlier = f", {self._left_out} of them earlier" if self._left_out else ""
        where = f": {places}" if places and done else ""
        return f"{done} of {len(self.files.paths)} files are done{earlier}{where}"

    @property
    def _left_out(self) -> int:
        return len(self.files.paths) - len(self.stems)

    def _again(self) -> str:
        """Return the command that goes on: the one that was typed, and the folder if nobody had named one."""
        words = [word for word in self.words if word != RESUME]
        new_folder = self.runner.destination.new_folder
        named = [] if new_folder is None else ["-o", f"{new_folder.as_posix()}/"]
        return command_line("gesso", *words, *named, RESUME)

    async def _run(self, inputs: Sequence[Inputs], paths: Sequence[Path], *, first: int) -> list[Result | GessoError]:
        def report(event: Event) -> None:
            """Show the progress of these files as a part of the whole, and of a warning which file it is about."""
            if isinstance(event, Progress):
                fraction = (first + event.fraction * len(paths)) / len(self.stems)
                event = replace(event, fraction=fraction, text=f"{name}  {event.text}".rstrip())
            elif isinstance(event, Log) and event.level in ("warning", "error"):
                event = replace(event, text=f"{name}: {event.text}")
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
        try:
            if isinstance(outcome, GessoError):
                raise outcome
            delivered = await self.runner.deliver(outcome, inputs, stem=stem)
        except (InputError, RunError) as error:
            tally.failed[path] = error
            tally.items.append(item | {"error": error.to_data()})
            return
        tally.items.append(item | delivered)
        if self.runner.destination.is_printing and not self.runner.is_json:
            for name, wire in delivered.items():
                label = f"{path.name}, {name}" if len(delivered) > 1 else path.name
                self.runner.terminal.result(f"{label}: {self.runner.shown(wire)}")
