"""An output as the terminal shows it, and as a file holds it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gesso.types.base import DataType, Json
from gesso.types.list import ListType
from gesso.types.stored import Stored
from gesso.types.video import Video


def is_readable(data_type: DataType[Any]) -> bool:
    """Say whether a person can read the type's values in a terminal: texts, numbers, JSON."""
    if isinstance(data_type, ListType):
        return is_readable(data_type.item)
    return data_type.writes[0] in (".txt", ".json")


def shown(wire: Json) -> str:
    """Return a value's wire form for a terminal: texts as they are, all else as JSON, one item of a list per line."""
    if isinstance(wire, str):
        return wire
    if isinstance(wire, list) and wire and all(isinstance(item, str) for item in wire):
        return "\n".join(wire)
    if isinstance(wire, list) and any(isinstance(item, list | dict) for item in wire):
        return "[\n" + ",\n".join(f"  {json.dumps(item, ensure_ascii=False)}" for item in wire) + "\n]"
    return json.dumps(wire, ensure_ascii=False)


def fits(data_type: DataType[Any], path: Path) -> bool:
    """Say whether a value can be written to a file with this ending, or, without one, as a folder."""
    if is_list_of_files(data_type, path):
        return True
    ending = path.suffix.lower()
    return ending in data_type.writes or "*" in data_type.writes or ("/" in data_type.writes and not ending)


def is_list_of_files(data_type: DataType[Any], path: Path) -> bool:
    """Say whether a list becomes several files: pictures do for `frame.png`, and one file for `frames.json`."""
    return isinstance(data_type, ListType) and not is_readable(data_type.item) and fits(data_type.item, path)


def endings(data_type: DataType[Any]) -> str:
    """Say what a file with such a value may end in."""
    writes = data_type.item.writes if isinstance(data_type, ListType) else data_type.writes
    return "any" if "*" in writes else "none (a folder)" if writes == ("/",) else ", ".join(writes)


def ending_of(data_type: DataType[Any], value: Any = None) -> str:
    """Return the ending that a file with this value gets if nobody names one; "" for a folder."""
    if isinstance(data_type, ListType) and not is_readable(data_type.item):
        return ending_of(data_type.item, value[0] if value else None)
    ending = ""
    if isinstance(value, Stored):
        ending = value.container if isinstance(value, Video) else Path(value.name).suffix.lower()
    is_own = ending and (ending in data_type.writes or "*" in data_type.writes)
    return ending if is_own else data_type.writes[0].removesuffix("/").removesuffix("*")


def write(data_type: DataType[Any], value: Any, *, path: Path) -> list[Path]:
    """Write a value, and return the file; a list of pictures, sounds, ... becomes `name-1.png`, `name-2.png`, ..."""
    if not is_list_of_files(data_type, path):
        data_type.write(value, path)
        return [path]
    assert isinstance(data_type, ListType)
    paths = [path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, len(value) + 1)]
    for item, item_path in zip(value, paths, strict=True):
        data_type.item.write(item, item_path)
    return paths


def new_path(path: Path, is_taken: Callable[[Path], bool] = Path.exists) -> Path:
    """Return the path, or, with -2, -3, ... before its ending, the first that is not taken."""
    found, number = path, 1
    while is_taken(found):
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found
