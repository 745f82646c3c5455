"""From the values of a run to what goes back to the client. What writes may take long: call it in a thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gesso.server.direct.accepted import Form
from gesso.server.direct.threads import is_small
from gesso.spec.model import Command, Port
from gesso.spec.runnable import Preview
from gesso.types import catalogue, picture
from gesso.types.base import DataType, Json
from gesso.types.list import ListType
from gesso.types.raster import RasterType
from gesso.types.stored import Stored

QUALITY: Final = 90
"""Of pictures that lose, unless somebody asks for another."""


def to_wire(ports: Iterable[Port], outputs: Mapping[str, Any]) -> dict[str, Json]:
    """Return outputs by name in the wire form of their types."""
    return {port.name: port.data_type.to_wire(outputs[port.name]) for port in ports}


def to_medium(form: Form, value: Any, *, quality: int | None) -> tuple[bytes, str]:
    """Return an output as its own bytes, and what they are."""
    assert form.port is not None
    if isinstance(value, Stored):
        return value.bytes(), value.media_type
    data_type = form.port.data_type
    if isinstance(data_type, RasterType):
        return to_picture(data_type, value, ending=form.ending, quality=quality), form.media_type
    kind = "text/plain; charset=utf-8" if form.media_type == "text/plain" else form.media_type
    return data_type.encode(value, form.ending), kind


def to_picture(data_type: RasterType[Any], value: Any, *, ending: str, quality: int | None) -> bytes:
    """Return a picture file, made quickly."""
    return picture.encode(data_type.shown(value), ending, is_quick=True, quality=quality or QUALITY)


def is_quick(ports: Iterable[Port], outputs: Mapping[str, Any]) -> bool:
    """Say whether outputs are so small and plain that they may be brought into wire form on the event loop."""
    return all(port.data_type.writes[0] in {".json", ".txt"} and is_small(outputs[port.name]) for port in ports)


def type_of_part(command: Command, output: str) -> DataType[Any] | None:
    """Return the type of the parts of a streaming output; None for pieces of a text, which are as they are."""
    data_type = command.output(output).data_type
    return data_type.item if isinstance(data_type, ListType) else None


def type_of_preview(command: Command, preview: Preview) -> DataType[Any]:
    """Return the type of a preview. Raises `DeclarationError` for one that cannot be told without its limits."""
    for port in command.outputs:
        if port.name == preview.output and port.type == preview.type:
            return port.data_type
    return catalogue.declare(preview.type, {})
