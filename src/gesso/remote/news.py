"""What a run elsewhere tells, from JSON to the events that it would be here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gesso.errors import GessoError
from gesso.spec.model import Command
from gesso.spec.runnable import Part, Preview
from gesso.types import catalogue
from gesso.types.base import DataType, Json
from gesso.types.list import ListType


def part_of(command: Command, output: str, *, value: Json) -> Part:
    """Return a part of a streaming output: a piece of a text, an item of a list."""
    data_type = command.output(output).data_type
    return Part(output, data_type.item.coerce(value) if isinstance(data_type, ListType) else value)


def preview_of(output: str, data_type: str, *, value: Json) -> Preview | None:
    """Return a preview; None for one of a type that needs words to be declared, which cannot be shown."""
    try:
        return Preview(output, data_type, catalogue.declare(data_type, {}).coerce(value))
    except GessoError:
        return None


def to_json(data_type: DataType[Any] | None, value: Any) -> Json:
    """Return an input as JSON. What is JSON already, and a name that there is none of, the other side checks."""
    if isinstance(value, list | tuple) and isinstance(data_type, ListType):
        return [to_json(data_type.item, item) for item in value]
    if isinstance(value, Mapping | str | int | float | list | None):
        return value
    if data_type is None:
        return None
    return data_type.to_wire(data_type.coerce(value))
