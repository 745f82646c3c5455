"""Inputs as they came, before anybody has looked into them, and how they become values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesso.errors import InputError
from gesso.jobs.inputs import Inputs
from gesso.server.direct.threads import is_small
from gesso.server.json_parts import check_parts
from gesso.spec.model import Port
from gesso.storage.blobs import Blobs, is_reference
from gesso.types.base import DataType
from gesso.types.list import ListType
from gesso.types.stored import StoredType


@dataclass(frozen=True)
class Medium:
    """The bytes of a file. `name` is what it was called, "" if nobody said."""

    data: bytes
    name: str = ""


@dataclass(frozen=True)
class Typed:
    """What somebody typed into a form or an address."""

    text: str


def open_inputs(ports: Iterable[Port], given: Mapping[str, Any], *, blobs: Blobs, folder: Path) -> dict[str, Any]:
    """Return the values of inputs: read, checked against the ports, ready to be run. Call it in a thread.

    Each is a `Medium`, `Typed`, a list of these, or JSON as jobs take it. They may use files below `folder`: remove it
    when the run is over. Raises `InputError`, and `NotFoundError` for a file that is not kept any more.
    """
    by_name = {port.name: port for port in ports}
    read = {name: _read_at(by_name[name], value) if name in by_name else value for name, value in given.items()}
    return Inputs(blobs, folder).open(by_name.values(), read)


def refuse_kept(given: Mapping[str, Any]) -> None:
    """Refuse inputs that name files which are kept here: they are the owner's, not a guest's. Raises `InputError`."""
    for name, value in given.items():
        if _names_kept(value):
            hint = "Send it as a data URL, or give an address where it lies."
            raise InputError("the file itself", "the name of a file that is kept here", hint=hint, where=name)


def _names_kept(value: Any) -> bool:
    if isinstance(value, list):
        return any(_names_kept(item) for item in value)
    if isinstance(value, Mapping) and isinstance(value.get("files"), Mapping):
        return any(is_reference(file) for file in value["files"].values())
    return is_reference(value)


def is_quick(ports: Iterable[Port], given: Mapping[str, Any]) -> bool:
    """Say whether the inputs are so small and plain that they may be read on the event loop."""
    plain = {port.name for port in ports if port.data_type.writes[0] in {".json", ".txt"}}
    return all(
        name in plain and is_small(value.text if isinstance(value, Typed) else value) for name, value in given.items()
    )


def _read_at(port: Port, value: Any) -> Any:
    try:
        return _read(port.data_type, value)
    except InputError as error:
        raise error.at(port.name) from error.__cause__


def _read(data_type: DataType[Any], value: Any) -> Any:
    if isinstance(value, list) and value and all(isinstance(item, Medium | Typed) for item in value):
        if not isinstance(data_type, ListType):
            raise data_type.refuse(f"{len(value)} of them")
        return [_read(data_type.item, item) for item in value]
    if isinstance(value, Medium):
        return _read_medium(data_type, value)
    return data_type.parse(value.text) if isinstance(value, Typed) else value


def _read_medium(data_type: DataType[Any], medium: Medium) -> Any:
    if isinstance(data_type, StoredType):
        return data_type.value_class(medium.data, name=medium.name)
    if isinstance(data_type, ListType) and data_type.item.writes[0] not in {".json", ".txt"}:
        return [_read_medium(data_type.item, medium)]
    return data_type.decode(check_parts(medium.data) if ".json" in data_type.writes else medium.data)
