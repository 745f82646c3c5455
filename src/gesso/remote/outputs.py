"""The outputs of a job in another Gesso: from its JSON and its files to values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gesso.remote.server import Server
from gesso.spec.model import Command
from gesso.types.base import DataType
from gesso.types.directory import Directory
from gesso.types.file_names import check_relative_name
from gesso.types.list import ListType
from gesso.types.stored import StoredType


async def read_outputs(
    server: Server, command: Command, *, kept: Sequence[Mapping[str, Any]], folder: Path
) -> dict[str, Any]:
    """Return the values of a job's outputs by name. Their files come into `folder`, where values may go on using them.

    Raises what the server answers, and `InputError` if it answers nonsense.
    """
    outputs = {}
    for output in kept:
        data_type = command.output(output["name"]).data_type
        files = await _fetch(server, output["files"], folder=folder / output["name"], data_type=data_type)
        outputs[output["name"]] = _value(data_type, output["value"], files=files, folder=folder / output["name"])
    return outputs


async def _fetch(
    server: Server, files: Sequence[Mapping[str, Any]], *, folder: Path, data_type: DataType[Any]
) -> list[Path]:
    """Fetch the files of one output: those of a folder under their own names, others each in a folder of its own."""
    paths = []
    for number, file in enumerate(files):
        name = check_relative_name(file["name"], data_type.refuse)
        path = folder / name if data_type.name == "directory" else folder / str(number) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        await server.fetch(file["blob"], path)
        paths.append(path)
    return paths


def _value(data_type: DataType[Any], value: Any, *, files: Sequence[Path], folder: Path) -> Any:
    if data_type.name == "directory":
        folder.mkdir(parents=True, exist_ok=True)
        return data_type.coerce(Directory(folder))
    if isinstance(data_type, ListType) and _lies_in_files(data_type.item):
        return data_type.coerce([_read(data_type.item, path) for path in files])
    return _read(data_type, files[0]) if files else data_type.coerce(value)


def _read(data_type: DataType[Any], path: Path) -> Any:
    """Read a file whatever it is called: what it is was decided where it was written."""
    return data_type.read(path) if isinstance(data_type, StoredType) else data_type.decode(path.read_bytes())


def _lies_in_files(data_type: DataType[Any]) -> bool:
    return data_type.writes[0] not in (".txt", ".json")
