"""`gesso run`: run a model."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from gesso.cli.options import JsonOption, TokenOption, TrustOption
from gesso.cli.terminal import Terminal


def run(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A name (see `gesso models`), ./folder or ./file.py; with :COMMAND for one of several; "
            "or the address of a deployment. "
            "May be left out with --recipe.",
        ),
    ] = "",
    *,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            "-i",
            metavar="NAME=VALUE",
            help="An input: name=text, name=@file, name=@folder/ (one run for each file), name=https://..., "
            "or name=- for standard input. May be given several times.",
        ),
    ] = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where an output goes: file, output=file, or folder/ for all. May be given several times.",
        ),
    ] = None,
    is_json: JsonOption = False,
    is_example: Annotated[
        bool, typer.Option("--example", help="Take the model's own example; -i replaces single inputs of it.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Where chance begins: the same seed gives the same result.")
    ] = None,
    options: Annotated[
        list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="An option of the model's setup.")
    ] = None,
    device: Annotated[
        str, typer.Option(metavar="DEVICE", help="Where to compute: cuda, mps, cpu, or auto for the best there is.")
    ] = "auto",
    timeout_s: Annotated[
        float | None, typer.Option("--timeout", metavar="SECONDS", min=0, help="End a run that takes longer.")
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Make again what a file's recipe says; -i and --seed vary it.")
    ] = None,
    is_resuming: Annotated[
        bool, typer.Option("--resume", help="Of a folder, leave out the files whose outputs are there already.")
    ] = False,
    is_here: Annotated[bool, typer.Option("--here", help="Run it here, also if a Gesso runs that could.")] = False,
    is_trusted: TrustOption = False,
    token: TokenOption = "",
    is_quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show results and errors, no progress.")] = False,
) -> None:
    """Run a model, and save or print what it gives."""
    if not model and recipe is None:
        ctx.fail("Say which model: gesso run MODEL. `gesso models` lists them.")
    from gesso.cli.order import Order, carry_out

    terminal = ctx.ensure_object(Terminal)
    order = Order(
        reference=model,
        inputs=inputs or (),
        outputs=outputs or (),
        options=options or (),
        lone=ctx.args,
        device=device,
        seed=seed,
        timeout_s=timeout_s,
        recipe=recipe,
        is_here=is_here,
        is_example=is_example,
        is_json=is_json,
        is_resuming=is_resuming,
        is_trusted=is_trusted,
        token=token,
        words=terminal.words,
    )
    terminal.is_quiet = is_quiet
    raise typer.Exit(asyncio.run(carry_out(order, terminal)))
