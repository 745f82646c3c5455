"""What a predictor returns: each part becomes an output of ours, and a way from what the model gives to our value.

An output here always has a value, and in Cog a part of a result may be None. Such a part is JSON here (`null`), or, if
it is a file, a list of one file or none.
"""

from __future__ import annotations

import collections.abc
import io
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cog.types import AsyncConcatenateIterator, ConcatenateIterator, Secret

from gesso.compat.cog.annotations import bare, choices_of, is_path, item_of, without_none
from gesso.compat.cog.json_values import as_json
from gesso.compat.cog.made_files import as_file
from gesso.compat.cog.prediction import Prediction
from gesso.compat.cog.results import field_hints, named_parts
from gesso.errors import DeclarationError, ModelError
from gesso.sdk.declaration import OUTPUT_NAME
from gesso.spec.model import Port
from gesso.types import catalogue
from gesso.types.base import DataType, Json
from gesso.types.given import describe

Give = Callable[[Prediction, Any], Any]
"""Turns what the model gives into a value of ours."""

_JOINED: Final = (ConcatenateIterator, AsyncConcatenateIterator)
_STREAMS: Final = (
    *(collections.abc.Iterator, collections.abc.Generator, collections.abc.Iterable),
    *(collections.abc.AsyncIterator, collections.abc.AsyncGenerator, collections.abc.AsyncIterable),
)


@dataclass(frozen=True)
class OutputKind:
    """A data type, and the way from what the model gives to its values."""

    data_type: DataType[Any]
    give: Give


@dataclass(frozen=True, kw_only=True)
class CogOutput:
    """What a predictor returns: its ports, whether these are parts of one result, whether the only one comes in pieces.

    `give` makes the value of the only port, of several ports all values by name, of a stream that of one piece.
    """

    ports: tuple[Port, ...]
    has_fields: bool = False
    is_streaming: bool = False
    give: Give


def read_output(hint: Any, where: str) -> CogOutput:
    """Read the annotation of what a predictor returns; None and nothing raise `DeclarationError`."""
    if hint in (None, type(None)):
        raise DeclarationError(
            f"{where} does not say what it returns.", hint="Write the type after the arrow: `-> Path:`."
        )
    hint = bare(hint)
    origin = typing.get_origin(hint) or hint
    if origin in _JOINED:
        return _stream(_text(), _text().data_type)
    if origin in _STREAMS:
        kind = _read(next(iter(typing.get_args(hint)), Any))
        return _stream(kind, _list_of(kind.data_type))
    parts = field_hints(hint, where)
    if parts is not None:
        return _named({name: _read(part) for name, part in parts.items()})
    kind = _read(hint)
    return CogOutput(ports=(_port(OUTPUT_NAME, kind.data_type),), give=kind.give)


def _stream(piece: OutputKind, whole: DataType[Any]) -> CogOutput:
    return CogOutput(ports=(_port(OUTPUT_NAME, whole),), is_streaming=True, give=piece.give)


def _named(kinds: Mapping[str, OutputKind]) -> CogOutput:
    def give(prediction: Prediction, result: Any) -> dict[str, Any]:
        parts = named_parts(result, tuple(kinds))
        return {name: kind.give(prediction, parts[name]) for name, kind in kinds.items()}

    ports = tuple(_port(name, kind.data_type) for name, kind in kinds.items())
    return CogOutput(ports=ports, has_fields=True, give=give)


def _port(name: str, data_type: DataType[Any]) -> Port:
    title = name.replace("_", " ").capitalize()
    return Port(name=name, type=data_type.name, title=title, constraints=data_type.constraints)


def _read(hint: Any) -> OutputKind:
    plain, may_be_none = without_none(bare(hint))
    kind = _read_plain(plain)
    if not may_be_none:
        return kind
    return _one_or_none(kind) if kind.data_type.name == "file" else _json()


def _read_plain(hint: Any) -> OutputKind:
    if (item := item_of(hint)) is not None:
        return _list(_read(item))
    if (choices := choices_of(hint)) is not None:
        return OutputKind(catalogue.declare("category", {"choices": choices}), as_json)
    if hint in (str, Secret):
        return _text()
    if hint in (int, float):
        words: dict[str, Json] = {"is_integer": True} if hint is int else {}
        return OutputKind(catalogue.declare("number", words), lambda _, value: _item(value))
    if hint is bool:
        return OutputKind(catalogue.declare("boolean", {}), lambda _, value: _item(value))
    if is_path(hint) or (isinstance(hint, type) and issubclass(hint, io.IOBase)):
        return OutputKind(catalogue.declare("file", {}), as_file)
    return _json()


def _json() -> OutputKind:
    return OutputKind(catalogue.declare("json", {}), as_json)


def _text() -> OutputKind:
    def give(_: Prediction, value: Any) -> Any:
        if isinstance(value, Secret):
            return value.get_secret_value()
        return str(value) if isinstance(value, int | float) else value

    return OutputKind(catalogue.declare("text", {}), give)


def _item(value: Any) -> Any:
    """Return a number for a tensor with a single one."""
    return value.item() if hasattr(value, "item") else value


def _list_of(item: DataType[Any], **words: Json) -> DataType[Any]:
    return catalogue.declare("list", {"items": {"type": item.name, "constraints": item.constraints}, **words})


def _list(item: OutputKind) -> OutputKind:
    def give(prediction: Prediction, values: Any) -> list[Any]:
        if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
            raise ModelError(f"The model says that it returns a list, but it returned {describe(values)}.")
        return [item.give(prediction, value) for value in values]

    return OutputKind(_list_of(item.data_type), give)


def _one_or_none(file: OutputKind) -> OutputKind:
    def give(prediction: Prediction, value: Any) -> list[Any]:
        return [] if value is None else [file.give(prediction, value)]

    return OutputKind(_list_of(file.data_type, max_length=1), give)
