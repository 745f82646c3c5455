"""From the words of `gesso run` to its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gesso import settings
from gesso.app import App
from gesso.cli.card import stand_in
from gesso.cli.destination import Destination, plan, plan_folder_run, stems_of
from gesso.cli.example import example_values
from gesso.cli.exits import FILES_FAILED, OK
from gesso.cli.folder_run import FolderRun
from gesso.cli.inputs import Given, read_inputs, sort_inputs, split
from gesso.cli.opening import find_trusted, split_reference
from gesso.cli.runner import Runner
from gesso.cli.terminal import Terminal, interruptible
from gesso.errors import InputError
from gesso.registry.source import ModelSource
from gesso.spec.model import Command, ModelSpec, Port, find_port
from gesso.types.base import Json

_FETCH_TIMEOUT_S: Final = 120.0


@dataclass(frozen=True, kw_only=True)
class Order:
    """What somebody asked for, in their own words."""

    reference: str
    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()
    options: Sequence[str] = ()
    device: str = "auto"
    seed: int | None = None
    timeout_s: float | None = None
    is_example: bool = False
    is_json: bool = False
    is_trusted: bool = False


async def carry_out(order: Order, terminal: Terminal) -> int:
    """Do what the order says. Returns the exit code; what cannot be done raises an error."""
    async with App(settings.load(), report=terminal.report) as app:
        reference, name = split_reference(order.reference)
        source = find_trusted(app, reference, is_trusted=order.is_trusted, terminal=terminal)
        spec = await app.registry.spec(source)
        command = spec.command(name)
        given = sort_inputs(command.inputs, order.inputs)
        work = _Work(app=app, order=order, terminal=terminal, source=source, spec=spec, command=command, given=given)
        runner = work.runner(work.destination())  # first all that can be wrong with the words, then the reading
        values = await work.values()
        work.check(values)
        runner.destination.make_folders()
        if given.files is not None:
            return await _run_folder(FolderRun(runner=runner, files=given.files, values=values))
        return await _run_once(runner, values)


async def _run_once(runner: Runner, values: Mapping[str, Any]) -> int:
    result = await runner.run(values, runner.terminal.report)
    runner.terminal.clear()
    delivered = runner.deliver(result, stem=runner.model.spec.name)
    if runner.is_json:
        runner.terminal.json(delivered)
    else:
        runner.print(delivered)
    return OK


async def _run_folder(run: FolderRun) -> int:
    tally = await run.run()
    if run.runner.is_json:
        run.runner.terminal.json(tally.items)
    elif run.runner.destination.new_folder is not None:
        run.runner.terminal.result(str(run.runner.destination.new_folder))
    run.report(tally)
    return FILES_FAILED if tally.failed else OK


@dataclass(frozen=True, kw_only=True)
class _Work:
    """An order, and what it names: the model that was found, its command, and the inputs sorted but not yet read."""

    app: App
    order: Order
    terminal: Terminal
    source: ModelSource
    spec: ModelSpec
    command: Command
    given: Given

    def destination(self) -> Destination:
        """Decide where the outputs go."""
        files, words, sources = self.given.files, self.order.outputs, self.given.sources
        if files is None:
            destination, stems = plan(self.command, words, sources=sources), [self.spec.name]
        else:
            new_folder = Path(f"{self.spec.name}-{files.folder.resolve().name}")
            destination = plan_folder_run(self.command, words, sources=sources, new_folder=new_folder)
            stems = stems_of(files.paths)
        destination.check(self.command.outputs, stems)
        return destination

    def runner(self, destination: Destination) -> Runner:
        """Return what runs the command."""
        options = read_options(self.spec.options, self.order.options)
        return Runner(
            model=self.app.runtime.open(self.spec, self.source.manifest, options=options, device=self.order.device),
            command=self.command,
            destination=destination,
            terminal=self.terminal,
            seed=self.order.seed,
            timeout_s=self.order.timeout_s,
            is_json=self.order.is_json,
        )

    async def values(self) -> dict[str, Any]:
        """Read the inputs, and the example for what is not given."""
        values = read_inputs(self.command.inputs, self.given.words, fetch=self._fetch)
        if not self.order.is_example:
            return values
        given = {*values, *([self.given.files.port.name] if self.given.files else [])}
        example = await example_values(
            self.app, self.source, spec=self.spec, command=self.command, given=given, report=self.terminal.report
        )
        return example | values

    def check(self, values: Mapping[str, Any]) -> None:
        """Raise `InputError` if something is missing, before the model is made ready."""
        for port in self.command.inputs:
            is_given = port.name in values or (self.given.files is not None and port == self.given.files.port)
            if port.is_required and not is_given:
                raise InputError(port.data_type.expected, "nothing", hint=f"Add {stand_in(port)}.", where=port.name)

    def _fetch(self, address: str, limit_bytes: int) -> tuple[bytes, str]:
        from gesso.net.fetch import fetch  # its library takes a while to import, and most runs need none of it

        self.terminal.say(f"Fetching {address}")
        with interruptible():
            found = fetch(
                address,
                self.app.door,
                limit_bytes=limit_bytes,
                timeout_s=_FETCH_TIMEOUT_S,
                allow_private=True,  # the person asks from their own machine, and may read what it may
            )
        return found.data, found.name


def read_options(ports: Sequence[Port], words: Sequence[str]) -> dict[str, Json]:
    """Read `--option name=value`. Returns the wire form: the options travel to the worker as messages."""
    options: dict[str, Json] = {}
    for name, texts in split(words, "--option").items():
        data_type = find_port(ports, name, kind="option").data_type
        try:
            options[name] = data_type.to_wire(data_type.parse(texts[-1]))
        except InputError as error:
            raise error.at(name) from error.__cause__
    return options
