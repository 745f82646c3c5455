"""From the words of `gesso run` to its results."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesso import settings
from gesso.app import App
from gesso.cli.again import Ingredients, compare, find_model
from gesso.cli.card import stand_in
from gesso.cli.destination import Destination, stems_of
from gesso.cli.elsewhere import Elsewhere, check_device, check_named_by_recipe, open_hosted
from gesso.cli.example import example_inputs
from gesso.cli.exits import FILES_FAILED, OK
from gesso.cli.folder_run import RESUME, FolderRun, Tally
from gesso.cli.given import Input
from gesso.cli.inputs import Given, expanded, read_inputs, sort_inputs, split
from gesso.cli.meant import Said, check, refuse_reference
from gesso.cli.opening import IN_MODEL, doctor_hint, find_trusted, split_reference
from gesso.cli.place import Here, Inputs, Place, There
from gesso.cli.plan import plan, plan_folder_run
from gesso.cli.runner import Runner
from gesso.cli.running import running_server
from gesso.cli.terminal import Terminal, interruptible
from gesso.errors import InputError, NotFoundError, SettingsError, StorageError
from gesso.jobs.marks import read_recipe
from gesso.jobs.recipe import Recipe
from gesso.registry.manifest import is_name
from gesso.registry.source import ModelSource
from gesso.remote.address import is_hosted
from gesso.remote.hosted import HostedModel
from gesso.remote.model import RemoteModel
from gesso.spec.model import Command, ModelSpec, Port, coerce_ports, find_port
from gesso.types.base import Json

_FETCH_TIMEOUT_S: Final = 120.0
_DEVICE: Final = re.compile(r"auto|cpu|(cuda|mps)(:\d+)?")


@dataclass(frozen=True, kw_only=True)
class Order:
    """What somebody asked for, in their own words.

    `lone` are words that stand by themselves. `recipe` is a file with the recipe of a result that is to be made again;
    `reference` may then be "", for the model of the recipe. `is_here`: not in a Gesso that runs already. `is_resuming`:
    leave out the files of a folder that are done. `words` are
    all words of the command, as they were typed. `token` opens a deployment.
    """

    reference: str
    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()
    options: Sequence[str] = ()
    lone: Sequence[str] = ()
    device: str = "auto"
    seed: int | None = None
    timeout_s: float | None = None
    recipe: Path | None = None
    is_here: bool = False
    is_example: bool = False
    is_json: bool = False
    is_resuming: bool = False
    is_trusted: bool = False
    token: str = ""
    words: Sequence[str] = ()


async def carry_out(order: Order, terminal: Terminal) -> int:
    """Do what the order says. Returns the exit code; what cannot be done raises an error."""
    _check_device(order.device)
    recipe = None if order.recipe is None else read_recipe(order.recipe)
    try:
        with tempfile.TemporaryDirectory(prefix="gesso-run-", ignore_cleanup_errors=True) as scratch:
            async with App(settings.load(), report=terminal.report) as app:
                work = await _work(app, order, recipe=recipe, terminal=terminal, scratch=Path(scratch))
                return await _carry_out(work)
    except IN_MODEL as error:
        if is_hosted(order.reference):
            raise
        reference = split_reference(order.reference)[0] or (recipe.model if recipe else "")
        error.hint = f"{error.hint}\n{doctor_hint(reference)}".strip()
        raise


async def _carry_out(work: _Work) -> int:
    order, files = work.order, work.given.files
    runner = await work.runner(work.destination())  # first all that can be wrong with the words
    _check_results(order, runner.destination, terminal=work.terminal)
    inputs = await work.inputs()
    work.check(inputs)
    runner.destination.make_folders()
    if files is None:
        return await _run_once(runner, inputs, recipe=work.recipe)
    run = FolderRun(
        runner=runner,
        files=files,
        inputs=inputs,
        reference=work.reference,
        is_resuming=order.is_resuming,
        words=order.words,
    )
    return await _run_folder(run)


def _check_device(device: str) -> None:
    if not _DEVICE.fullmatch(device):
        hint = "There are: auto for the best there is, cpu, cuda (the second of several is cuda:1) and mps."
        raise SettingsError(f"There is no device {device!r}.", hint=hint)


def _check_results(order: Order, destination: Destination, *, terminal: Terminal) -> None:
    """Raise an error if what shall be printed cannot be: better before the work than after it."""
    if order.is_json and destination.streamed:
        raise SettingsError("-o - and --json both take standard output.", hint="Leave one of them out.")
    if order.is_json or destination.is_printing or destination.streamed or destination.new_folder:
        terminal.check_results()


async def _run_once(runner: Runner, inputs: Inputs, *, recipe: Recipe | None) -> int:
    result = await runner.run(inputs, runner.terminal.report)
    runner.terminal.clear()
    delivered = await runner.deliver(result, inputs, stem=runner.spec.name)
    if runner.is_json:
        runner.terminal.json(delivered)
    else:
        runner.print(delivered)
    if recipe is None:
        return OK
    return compare(recipe, await runner.place.recipe(inputs, result), terminal=runner.terminal)


async def _run_folder(run: FolderRun) -> int:
    tally = Tally()
    try:
        await run.run(tally)
    except (asyncio.CancelledError, StorageError):  # Ctrl-C, or a disk that is full: each other file would fail, too
        run.report_end(tally)
        raise
    run.report(tally)
    return FILES_FAILED if tally.failed else OK


async def _work(app: App, order: Order, *, recipe: Recipe | None, terminal: Terminal, scratch: Path) -> _Work:
    """Find the model that is meant, and sort the words."""
    reference, name = split_reference(order.reference)
    source, hosted = None, None
    address = order.reference or (recipe.model if recipe else "")
    if is_hosted(address):
        hosted = await _hosted(app, order, address=address, terminal=terminal)
        name, spec = None, hosted.spec
    elif recipe is None:
        refuse_reference(reference)
        source = find_trusted(app, reference, is_trusted=order.is_trusted, terminal=terminal)
        spec = await app.registry.spec(source)
    else:
        name = name or recipe.command
        source = await find_model(app, reference or recipe.model, is_trusted=order.is_trusted, terminal=terminal)
        spec = await app.registry.spec(source)
    command = spec.command(name)
    check(_said(order), spec=spec, command=command)
    given = sort_inputs(command.inputs, order.inputs)
    return _Work(
        app=app,
        order=order,
        recipe=recipe,
        terminal=terminal,
        scratch=scratch,
        source=source,
        hosted=hosted,
        reference=address if source is None else source.reference,
        spec=spec,
        command=command,
        given=given,
    )


async def _hosted(app: App, order: Order, *, address: str, terminal: Terminal) -> HostedModel:
    check_device(order.device)
    if not order.reference:
        check_named_by_recipe(address, is_trusted=order.is_trusted, terminal=terminal)
    return await open_hosted(app, address, token=order.token, terminal=terminal)


def _said(order: Order) -> Said:
    is_complete = order.is_example or order.recipe is not None
    return Said(
        inputs=order.inputs, outputs=order.outputs, options=order.options, lone=order.lone, is_complete=is_complete
    )


@dataclass(frozen=True, kw_only=True)
class _Work:
    """An order, and what it names: the model that was found, its command, and the inputs sorted but not yet read.

    The model is `source`, or `hosted` where its address was named.
    """

    app: App
    order: Order
    recipe: Recipe | None
    terminal: Terminal
    scratch: Path
    source: ModelSource | None
    hosted: HostedModel | None
    reference: str
    spec: ModelSpec
    command: Command
    given: Given

    def destination(self) -> Destination:
        """Decide where the outputs go."""
        files, words = self.given.files, self.order.outputs
        if files is None:
            destination, stems = plan(self.command, words, sources=self.given.sources), [self.spec.name]
        else:
            new_folder = Path(f"{self.spec.name}-{files.folder.resolve().name}")
            destination = plan_folder_run(self.command, words, given=self.given, new_folder=new_folder)
            stems = stems_of(files.paths)
        if self.order.is_resuming and (files is None or not destination.folders or destination.new_folder):
            hint = "As in: gesso run pose -i image=@photos/ -o drawings/ --resume"
            raise SettingsError(f"{RESUME} goes with a folder of inputs, and with -o and a folder.", hint=hint)
        destination.check(self.command.outputs, stems)
        destination.check_places()
        return destination

    async def runner(self, destination: Destination) -> Runner:
        """Return what runs the command."""
        return Runner(
            place=await self._place(),
            spec=self.spec,
            command=self.command,
            destination=destination,
            terminal=self.terminal,
            timeout_s=self.order.timeout_s,
            is_json=self.order.is_json,
            is_private=self.app.settings.private_recipes,
        )

    async def _place(self) -> Place:
        """Return where it runs: in the Gesso that serves this home, which knows models by name alone, or here."""
        order, options = self.order, self._options()
        seed = self.recipe.seed if order.seed is None and self.recipe else order.seed
        if self.hosted is not None:
            return Elsewhere(
                model=self.hosted,
                command=self.command,
                address=self.reference,
                seed=seed,
                timeout_s=order.timeout_s,
            )
        assert self.source is not None
        is_served = is_name(self.source.reference) and not order.is_here
        server = await running_server(self.app.settings.home, self.terminal) if is_served else None
        if server is None:
            here = self.app.place(self.source, self.spec, options=options, device=order.device)
            return Here(model=here, command=self.command, source=self.source, seed=seed, timeout_s=order.timeout_s)
        there = RemoteModel(
            server=server,
            reference=self.source.reference,
            spec=self.spec,
            folder=self.scratch,
            options=options,
            device=order.device,
            priority="interactive" if self.given.files is None else "batch",
            timeout_s=order.timeout_s,
        )
        return There(model=there, command=self.command, seed=seed)

    def _options(self) -> dict[str, Json]:
        """Return the options of the setup in wire form: those of the recipe, and what was said instead."""
        types = {port.name: port.data_type for port in self.spec.options}
        kept = coerce_ports(self.spec.options, self.recipe.options if self.recipe else {})
        wire = {name: types[name].to_wire(value) for name, value in kept.items()}
        return wire | read_options(self.spec.options, self.order.options)

    async def inputs(self) -> dict[str, Input]:
        """Read the inputs, and the recipe or the example for what is not given."""
        inputs = read_inputs(self.command.inputs, self.given.words, fetch=self._fetch)
        given = {*inputs, *([self.given.files.port.name] if self.given.files else [])}
        if self.recipe is not None and self.order.recipe is not None:
            folders = (Path(), self.order.recipe.parent)
            found = Ingredients(recipe=self.recipe, blobs=self.app.blobs, folders=folders, scratch=self.scratch)
            return found.inputs(self.command, given=given) | inputs
        if not self.order.is_example:
            return inputs
        if self.source is None:
            raise NotFoundError("A deployment has no examples.", hint="Give its inputs with -i.")
        example = await example_inputs(
            self.app, self.source, spec=self.spec, command=self.command, given=given, report=self.terminal.report
        )
        return example | inputs

    def check(self, inputs: Inputs) -> None:
        """Raise `InputError` if something is missing, before the model is made ready."""
        for port in self.command.inputs:
            is_given = port.name in inputs or (self.given.files is not None and port == self.given.files.port)
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
    """Read `--option name=value` or `name=@file`. Returns the wire form: options travel to the worker as messages."""
    options: dict[str, Json] = {}
    for name, texts in split(words, "--option").items():
        data_type = find_port(ports, name, kind="option").data_type
        try:
            text = texts[-1]
            is_file = text.startswith("@")
            value = data_type.read(expanded(text[1:])) if is_file else data_type.parse(text)
            options[name] = data_type.to_wire(value)
        except InputError as error:
            raise error.at(name) from error.__cause__
    return options
