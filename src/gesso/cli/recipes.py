"""`gesso recipe`, and the recipes in the files that the command line writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesso.cli.options import JsonOption
from gesso.cli.terminal import Terminal

if TYPE_CHECKING:
    from gesso.jobs.recipe import Recipe
    from gesso.types.base import DataType, Json


def recipe(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that Gesso has made.")],
    *,
    is_json: JsonOption = False,
) -> None:
    """Show how a file was made."""
    from gesso.cli.shell import command_line
    from gesso.jobs.marks import read_recipe

    terminal, found = ctx.ensure_object(Terminal), read_recipe(file)
    if is_json:
        terminal.json(json.loads(found.to_json()))
        return
    terminal.result("\n".join(f"{name:13} {text}" for name, text in _lines(found) if text))
    terminal.say(f"Make it again: {command_line('gesso', 'run', '--recipe', file)}", style="dim")


def _lines(recipe: Recipe) -> list[tuple[str, str]]:
    return [
        ("Model", f"{recipe.model}:{recipe.command}"),
        ("Version", recipe.model_digest[:12]),
        *(("Input", f"{name} = {shown_input(value)}") for name, value in recipe.inputs.items()),
        *(("Left out", name) for name in recipe.inputs_left_out),
        *(("Option", f"{name} = {shown_input(value)}") for name, value in recipe.options.items()),
        ("Seed", str(recipe.seed)),
        ("Gesso", recipe.gesso),
        *(("With", f"{name} {version}") for name, version in recipe.versions.items()),
        *(("Output", f"{name}, {digest[:12]}") for name, digest in recipe.outputs.items()),
    ]


def shown_input(value: Json) -> str:
    """Return an input of a recipe or a job in one line."""
    from gesso.storage.blobs import is_reference

    if is_reference(value):
        return f"{value.get('name') or 'a file'}, {value['blob'][:12]}"
    if isinstance(value, list) and any(map(is_reference, value)):
        return f"{len(value)} files"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def with_recipe(data: bytes, recipe: Recipe, *, data_type: DataType[Any]) -> bytes:
    """Return what goes to standard output, with its recipe if that can stand inside unseen, as in a picture."""
    from gesso.jobs.marks import mark
    from gesso.types.stored import StoredType

    return data if isinstance(data_type, StoredType) else mark(data, recipe)


def write_recipe(path: Path, recipe: Recipe, *, data_type: DataType[Any]) -> None:
    """Give a written file its recipe: inside where such a file can carry one, beside it for other JSON.

    Films, sounds and texts have no place for it; a file that a model has made as it is stays as it is.
    """
    from gesso.jobs.marks import BESIDE, mark, mark_json
    from gesso.types.list import ListType
    from gesso.types.source import parse_json
    from gesso.types.stored import StoredType
    from gesso.types.writing import write_file

    item = data_type.item if isinstance(data_type, ListType) else data_type
    if isinstance(item, StoredType) or not path.is_file():
        return
    data = path.read_bytes()
    if path.suffix.lower() != ".json":
        marked = mark(data, recipe)
        if marked != data:
            write_file(path, marked)
    elif isinstance(value := parse_json(data), dict):
        write_file(path, f"{json.dumps(mark_json(value, recipe), indent=2, ensure_ascii=False)}\n".encode())
    else:
        write_file(path.with_name(path.name + BESIDE), f"{recipe.to_json()}\n".encode())
