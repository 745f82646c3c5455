"""`gesso models | show | add | remove`: which models there are."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from gesso.cli.options import JsonOption, ModelArgument, TokenOption, TrustOption
from gesso.cli.terminal import Terminal

if TYPE_CHECKING:
    from gesso.registry.registry import Listed, Registry
    from gesso.registry.source import ModelSource


def models(ctx: typer.Context, is_json: JsonOption = False) -> None:
    """List the models: those of Gesso, and those that you added."""
    lines = [_line(model) for model in registry().models()]
    terminal = ctx.ensure_object(Terminal)
    if is_json:
        terminal.json(lines)
        return
    terminal.table(["Name", "What it does", "From", "Licence"], [list(line.values()) for line in lines])
    terminal.say("Try one: gesso run NAME --example. What it takes and gives: gesso show NAME.", style="dim")
    terminal.say("A model of your own: gesso init NAME.", style="dim")


def show(
    ctx: typer.Context,
    model: ModelArgument,
    *,
    is_json: JsonOption = False,
    is_trusted: TrustOption = False,
    token: TokenOption = "",
) -> None:
    """Show what a model takes and gives, and how to run it; also a deployment's, by its address."""
    from gesso.remote.address import is_hosted

    terminal = ctx.ensure_object(Terminal)
    if is_hosted(model):
        asyncio.run(_show_hosted(terminal, model, token=token, is_json=is_json))
    else:
        asyncio.run(_show(terminal, model, is_json=is_json, is_trusted=is_trusted))


def add(
    ctx: typer.Context,
    folder: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER",
            help="./folder or ./file.py of a model, or the address of one that runs: runway+http://localhost:9000.",
        ),
    ],
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What to call it, if not by its own name.")] = None,
) -> None:
    """Put a model on your list, so that its name is enough. It stays where it is."""
    source = registry().add(folder, name)
    ctx.ensure_object(Terminal).say(f"{source.name} is on your list. What it takes and gives: gesso show {source.name}")


def remove(ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Take a model that you added off your list. Its files stay."""
    registry().remove(name)
    ctx.ensure_object(Terminal).say(f"{name} is off your list; its files are where they were.")


async def _show(terminal: Terminal, model: str, *, is_json: bool, is_trusted: bool) -> None:
    from gesso import settings
    from gesso.app import App
    from gesso.cli.card import card
    from gesso.cli.opening import find_trusted, split_reference

    async with App(settings.load(), report=terminal.report) as app:
        reference, command = split_reference(model)
        source = find_trusted(app, reference, is_trusted=is_trusted, terminal=terminal)
        spec = await app.registry.spec(source)
    terminal.clear()
    commands = spec.commands if command is None else (spec.command(command),)
    terminal.result((spec.to_json() if is_json else card(spec, commands, source=source)).rstrip("\n"))


async def _show_hosted(terminal: Terminal, address: str, *, token: str, is_json: bool) -> None:
    from gesso import settings
    from gesso.app import App
    from gesso.cli.card import hosted_card
    from gesso.cli.elsewhere import open_hosted

    async with App(settings.load(), report=terminal.report) as app:
        spec = (await open_hosted(app, address, token=token, terminal=terminal)).spec
    terminal.result((spec.to_json() if is_json else hosted_card(spec, address=address)).rstrip("\n"))


def registry() -> Registry:
    """Return the registry alone: listing and adding run no model, so no workers are needed."""
    from gesso import settings
    from gesso.registry.registry import Registry
    from gesso.spec.model import ModelSpec

    async def describe(source: ModelSource) -> ModelSpec:
        raise AssertionError(f"{source.name} is not described here")

    return Registry(settings.load().home, describe=describe)


def _place(source: ModelSource) -> str:
    return source.address if source.server else str(source.path)


def _line(model: Listed) -> dict[str, str]:
    """Return a line of the list; a model that cannot be read says why."""
    if model.source is None:
        return {"name": model.name, "description": f"(cannot be read: {model.error})", "from": "", "licence": ""}
    manifest = model.source.manifest
    return {
        "name": model.name,
        "description": manifest.description,
        "from": "Gesso" if model.source.origin == "box" else _place(model.source),
        "licence": manifest.card.licence or "none stated",
    }
