"""An output as the terminal shows it, and as a file holds it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from gesso.types.base import DataType, Json
from gesso.types.image import Image
from gesso.types.list import ListType
from gesso.types.picture import OPAQUE
from gesso.types.stored import Stored
from gesso.types.video import Video

_LONGEST_LIST: Final = 12  # lines that a person still looks through
_SHOWN_LINES: Final = 4
_LONGEST_ROW: Final = 100  # numbers in a row


def is_readable(data_type: DataType[Any]) -> bool:
    """Say whether a person can read the type's values in a terminal: texts, numbers, JSON."""
    if isinstance(data_type, ListType):
        return is_readable(data_type.item)
    return data_type.writes[0] in (".txt", ".json")


def shown(wire: Json, *, is_whole: bool = True) -> str:
    """Return a value's wire form for a terminal: texts as they are, all else as JSON, one item of a list per line.

    Unless `is_whole`, a long list is cut: it would push what stands above it out of sight.
    """
    if isinstance(wire, str):
        return wire
    if isinstance(wire, list) and wire and all(isinstance(item, str) for item in wire):
        return "\n".join(_cut(wire, is_whole=is_whole))
    if isinstance(wire, list) and any(isinstance(item, list | dict) for item in wire):
        lines = _cut([json.dumps(item, ensure_ascii=False) for item in wire], is_whole=is_whole)
        return "[\n" + ",\n".join(f"  {line}" for line in lines) + "\n]"
    if isinstance(wire, list) and not is_whole and len(wire) > _LONGEST_ROW:
        row = ", ".join(map(json.dumps, wire[:_LONGEST_ROW]))
        return f"[{row}, {_more(len(wire) - _LONGEST_ROW)}]"
    return json.dumps(wire, ensure_ascii=False)


def _cut(lines: list[str], *, is_whole: bool) -> list[str]:
    if is_whole or len(lines) <= _LONGEST_LIST:
        return lines
    return [*lines[:_SHOWN_LINES], _more(len(lines) - _SHOWN_LINES)]


def _more(count: int) -> str:
    return f"... {count} more (--json shows all)"


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
    writes = possible_endings(data_type)
    return "any" if "*" in writes else "none (a folder)" if writes == ("/",) else ", ".join(writes)


def possible_endings(data_type: DataType[Any]) -> tuple[str, ...]:
    """Return the endings that a file with such a value may have; of a list, those of its items."""
    return data_type.item.writes if isinstance(data_type, ListType) else data_type.writes


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
    paths = [_numbered(path, number) for number in range(1, len(value) + 1)]
    for item, item_path in zip(value, paths, strict=True):
        data_type.item.write(item, item_path)
    return paths


def new_path(path: Path, is_taken: Callable[[Path], bool] = Path.exists) -> Path:
    """Return the path, or, with -2, -3, ... before its ending, the first that is not taken."""
    found, number = path, 1
    while is_taken(found):
        number += 1
        found = _numbered(path, number)
    return found


def first_of(path: Path) -> Path:
    """Return the first file of a list that is written to `path`."""
    return _numbered(path, 1)


def loses_transparency(data_type: DataType[Any], value: Any, *, path: Path) -> bool:
    """Say whether a picture is partly transparent, and a file with this ending cannot be."""
    if isinstance(data_type, ListType):
        return any(loses_transparency(data_type.item, item, path=path) for item in value)
    is_lost = isinstance(value, Image) and value.channels == 4 and path.suffix.lower() in OPAQUE
    return is_lost and bool((value.pixels[:, :, 3] < 255).any())


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")
