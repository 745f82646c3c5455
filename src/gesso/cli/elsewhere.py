"""A deployment at an address, as `gesso run https://gesso.example.org/m/pose` runs it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from gesso.app import App
from gesso.cli.given import Unkept, describe
from gesso.cli.place import Inputs, result_of, side_by_side
from gesso.cli.terminal import Terminal
from gesso.errors import AccessError, GessoError, SettingsError, TrustError
from gesso.jobs.recipe import Recipe
from gesso.remote.address import hosted_path, line_to
from gesso.remote.hosted import HostedModel
from gesso.spec.model import Command
from gesso.spec.runnable import Event, Request, Result


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A `Place` whose runs are direct runs of a deployment: they end with this command."""

    model: HostedModel
    command: Command
    address: str
    seed: int | None = None
    timeout_s: float | None = None

    async def run(self, inputs: Inputs, hear: Callable[[Event], None]) -> Result:
        """Run once."""
        if self.timeout_s is not None:
            await self.model.prepare(hear)  # waking does not count
        values = {name: one.value for name, one in inputs.items()}
        request = Request(inputs=values, command=self.command.name, seed=self.seed)
        async with asyncio.timeout(self.timeout_s):
            return await result_of(self.model.run(request), hear)

    async def run_batch(self, inputs: Sequence[Inputs], hear: Callable[[Event], None]) -> list[Result | GessoError]:
        """Run several side by side."""
        return await side_by_side(self.run, inputs, hear=hear)

    async def recipe(self, inputs: Inputs, result: Result) -> Recipe:
        """Write down how a result was made: with which deployment, at that address."""

        def write() -> Recipe:
            return Recipe.of(
                self.model.spec,
                result,
                model=self.address,
                model_digest="",
                command=self.command,
                inputs=describe(self.command.inputs, inputs, blobs=Unkept()),
                options={},
            )

        return await asyncio.to_thread(write)


async def open_hosted(app: App, address: str, *, token: str, terminal: Terminal) -> HostedModel:
    """Ask a deployment what it is; where it asks for a token and none was said, a person is asked for it."""
    path = hosted_path(address)
    try:
        return await HostedModel.open(line_to(address, token, way=app.door), path)
    except AccessError as error:
        said = "" if token else terminal.ask_secret(f"Token for {urlsplit(address).netloc}{path}: ")
        if said:
            return await HostedModel.open(line_to(address, said, way=app.door), path)
        error.hint = _hint(path.removeprefix("/m/"), is_wrong=bool(token))
        raise


def _hint(name: str, *, is_wrong: bool) -> str:
    """Say to somebody at a terminal where a token goes and where one comes from."""
    made = f"Whoever owns {name} makes one: gesso host tokens {name} --make NAME"
    if is_wrong:
        return f"Was all of it copied, and is it a token of this deployment? {made}"
    return f"Give it with --token, or in the variable GESSO_TOKEN. {made}"


def check_named_by_recipe(address: str, *, is_trusted: bool, terminal: Terminal) -> None:
    """Ask before inputs are sent to an address that only a recipe names, or raise `TrustError`."""
    question = f"The recipe was made with a deployment:\n  {address}\nSend it the inputs?"
    if not (is_trusted or terminal.ask(question)):
        raise TrustError(
            f"The recipe names a deployment, {address}, and nothing was sent there.",
            hint="If you trust it, run it again with --trust.",
        )


def check_device(device: str) -> None:
    """Raise `SettingsError` if somebody says where a deployment shall compute."""
    if device != "auto":
        raise SettingsError("--device does not go with a deployment: it computes where it was put.")
