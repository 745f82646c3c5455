"""`gesso datasets`: texts to learn from."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from gesso.cli.options import JsonOption
from gesso.cli.terminal import Terminal

DatasetArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="DATASET", help="Its name, or how its digest begins; see `gesso datasets`.")
]
"""A dataset."""

datasets = typer.Typer(invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)
"""The commands below `gesso datasets`."""


@datasets.callback()
def list_datasets(ctx: typer.Context, *, is_json: JsonOption = False) -> None:
    """List the datasets, or make, look at and delete one."""
    if ctx.invoked_subcommand is None:
        asyncio.run(_list(ctx.ensure_object(Terminal), is_json=is_json))


@datasets.command(epilog="Example: gesso datasets add poems/ --name poems")
def add(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Texts, tables, or folders with them.")],
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="What to call it.")] = "",
    column: Annotated[str, typer.Option(metavar="NAME", help="Where a table has its texts.")] = "",
    is_json: JsonOption = False,
) -> None:
    """Make a dataset of files: checked, without what is there twice, with a part held out."""
    asyncio.run(_add(ctx.ensure_object(Terminal), files, name=name, column=column, is_json=is_json))


@datasets.command(epilog="Example: gesso datasets show poems")
def show(
    ctx: typer.Context,
    dataset: DatasetArgument,
    *,
    shown: Annotated[int, typer.Option("--samples", metavar="NUMBER", min=0, max=100, help="So many documents.")] = 3,
    is_json: JsonOption = False,
) -> None:
    """Show what is in a dataset."""
    asyncio.run(_show(ctx.ensure_object(Terminal), dataset, shown=shown, is_json=is_json))


@datasets.command(epilog="Example: gesso datasets delete poems")
def delete(ctx: typer.Context, dataset: DatasetArgument) -> None:
    """Forget a dataset. What was trained with it stays."""
    asyncio.run(_delete(ctx.ensure_object(Terminal), dataset))


async def _list(terminal: Terminal, *, is_json: bool) -> None:
    from gesso.cli.training_desk import open_desk
    from gesso.types.given import size

    async with open_desk(terminal) as desk:
        found = await desk.datasets()
    if is_json:
        terminal.json(found)
    elif found:
        rows = [
            [each["name"], f"{each['documents']:,}", f"{each['words']:,}", size(each["bytes"]), each["digest"][:12]]
            for each in found
        ]
        terminal.table(["Dataset", "Documents", "Words", "Size", "Digest"], rows)
    else:
        terminal.say("There are no datasets. Make one: gesso datasets add book.txt")


async def _add(terminal: Terminal, files: list[Path], *, name: str, column: str, is_json: bool) -> None:
    from gesso.cli.training_desk import open_desk
    from gesso.cli.training_run import tell_dataset

    async with open_desk(terminal) as desk:
        made = await desk.make_dataset(files, name=name, column=column)
    if is_json:
        terminal.json(made)
        return
    tell_dataset(made, terminal)
    terminal.result(made["name"])


async def _show(terminal: Terminal, word: str, *, shown: int, is_json: bool) -> None:
    from gesso.cli.training_desk import open_desk
    from gesso.types.given import size

    async with open_desk(terminal) as desk:
        found, samples = await desk.dataset(word, shown=shown)
    if is_json:
        terminal.json({**found, "samples": samples})
        return
    for name, text in _facts(found, size=size(found["bytes"])):
        if text:
            terminal.result(f"{name:10} {text}")
    for sample in samples:
        more = " …" if sample["is_cut"] else ""
        terminal.result(f"\n{sample['source']} ({sample['split']}, {sample['characters']:,} characters):")
        terminal.result(sample["text"] + more)


async def _delete(terminal: Terminal, word: str) -> None:
    from gesso.cli.training_desk import open_desk

    async with open_desk(terminal) as desk:
        await desk.delete_dataset(word)
    terminal.say(f"{word} is deleted. What was trained with it stays.")


def _facts(found: dict[str, Any], *, size: str) -> list[tuple[str, str]]:
    lengths = found["lengths"]
    return [
        ("Dataset", found["name"]),
        ("Digest", found["digest"]),
        ("Made", found["created_at"][:16].replace("T", " ")),
        ("Files", ", ".join(file["name"] for file in found["files"][:10]) + (" …" if len(found["files"]) > 10 else "")),
        ("Size", f"{size}, {found['words']:,} words, {found['characters']:,} characters"),
        ("Documents", f"{found['documents']:,}, of {lengths['shortest']:,} to {lengths['longest']:,} characters"),
        ("Held out", f"{found['heldout_characters']:,} characters"),
        ("Saved as", ", ".join(f"{name} ({count})" for name, count in found["encodings"].items())),
        *(("Left out", f"{each['why']} ({each['count']:,})") for each in found["left_out"]),
        *(("Remark", remark) for remark in found["remarks"]),
    ]
