"""What a parameter's annotation takes: the data type here, and the way from its values to what the model gets."""

from __future__ import annotations

import copy
import dataclasses
import enum
import io
import re
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cog.input import FieldInfo
from cog.types import File as CogFile
from cog.types import Path as CogPath
from cog.types import Secret

from gesso.compat.cog.annotations import choices_of, is_json, is_path, is_union, item_of
from gesso.compat.cog.media import media_of
from gesso.compat.cog.prediction import Prediction
from gesso.errors import DeclarationError, InputError
from gesso.types import catalogue
from gesso.types.base import DataType, Json
from gesso.types.file import FileType
from gesso.types.given import describe
from gesso.types.text import TextType

Take = Callable[[Prediction, Any], Any]
"""Turns a value into what the model gets."""

_LIMITS: Final[Mapping[Any, tuple[str, ...]]] = {
    str: ("min_length", "max_length"),
    int: ("ge", "le"),
    float: ("ge", "le"),
    bool: (),
}
_TYPES: Final[Mapping[Any, str]] = {str: "text", int: "number", float: "number", bool: "boolean"}


@dataclass(frozen=True, kw_only=True)
class InputKind:
    """A data type, the way from its values to what the model gets, and the way from the model's own default.

    `is_shown` says whether people may see the default: not a secret's, and not a file's. `note` is what people should
    know of it.
    """

    data_type: DataType[Any]
    take: Take
    take_default: Take
    is_shown: bool = True
    note: str = ""


def read_kind(hint: Any, info: FieldInfo, *, name: str) -> InputKind:
    """Read an annotation (without its None) with what `Input` says beside it; `DeclarationError` if it is no input."""
    if (item := item_of(hint)) is not None:
        return _list(read_kind(item, info, name=name))
    choices = choices_of(hint) if info.choices is None else list(info.choices)
    if choices is not None and hint is not bool:
        return _category(hint, choices)
    if hint in _TYPES:
        return _plain(hint, info)
    if hint is Secret:
        return InputKind(
            data_type=TextType(),
            take=_secret,
            take_default=_secret,
            is_shown=False,
            note="It is kept with the run, like any text.",
        )
    if is_path(hint):
        return _path(name, info)
    if isinstance(hint, type) and issubclass(hint, io.IOBase):
        return InputKind(data_type=FileType(), take=_open(name), take_default=_open_default, is_shown=False)
    if is_json(hint) or is_union(hint):
        return _json(hint)
    written = getattr(hint, "__name__", None) or str(hint)
    raise DeclarationError(
        f"{written} is not a type that an input can have.",
        hint="Cog has str, int, float, bool, Path, File, Secret, dict, and lists and unions of them.",
    )


def _kind(type_name: str, take: Take, *, default: Take, **words: Json) -> InputKind:
    return InputKind(data_type=catalogue.declare(type_name, words), take=take, take_default=default)


def _as_it_is(_: Prediction, value: Any) -> Any:
    return value


def _copied(_: Prediction, value: Any) -> Any:
    return copy.deepcopy(value)


def _plain(hint: Any, info: FieldInfo) -> InputKind:
    words = {word: limit for word in _LIMITS[hint] if (limit := getattr(info, word)) is not None}
    if hint is int:
        words["is_integer"] = True
    if hint is not str or not info.regex:
        return _kind(_TYPES[hint], _as_it_is, default=_copied, **words)
    return dataclasses.replace(
        _kind(_TYPES[hint], _matching(info.regex), default=_copied, **words),
        note=f"It has to match the pattern {info.regex}",
    )


def _matching(pattern: str) -> Take:
    """Check a text here, in the model's process: a stranger's pattern may take for ever."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise DeclarationError(f"regex={pattern!r} is no regular expression: {error}.") from error

    def take(_: Prediction, value: str) -> str:
        if compiled.match(value) is None:
            raise InputError(f"a text that matches {pattern}", describe(value))
        return value

    return take


def _category(hint: Any, choices: Sequence[Any]) -> InputKind:
    values = [choice.value if isinstance(choice, enum.Enum) else choice for choice in choices]
    different: dict[str, Any] = {}
    for value in values:
        different.setdefault(str(value), value)  # Cog does not mind one that comes twice
    take = _member_of(hint) if isinstance(hint, type) and issubclass(hint, enum.Enum) else _as_it_is
    return _kind("category", take, default=take, choices=list(different.values()))


def _member_of(members: type[enum.Enum]) -> Take:
    return lambda _, value: members(value)


def _secret(_: Prediction, value: Any) -> Secret:
    return Secret.validate(value)


def _path(name: str, info: FieldInfo) -> InputKind:
    data_type = media_of(name, str(info.description or ""), accept=info.accept or "")
    return InputKind(
        data_type=data_type,
        take=lambda prediction, value: prediction.give(value, name),
        take_default=lambda _, value: CogPath.validate(value),
        is_shown=False,
    )


def _open(name: str) -> Take:
    return lambda prediction, value: prediction.opened(prediction.give(value, name))


def _open_default(_: Prediction, value: Any) -> Any:
    return CogFile.validate(value)


def _list(item: InputKind) -> InputKind:
    return InputKind(
        data_type=catalogue.declare(
            "list", {"items": {"type": item.data_type.name, "constraints": item.data_type.constraints}}
        ),
        take=_each(item.take),
        take_default=_each(item.take_default),
        is_shown=item.is_shown,
        note=item.note,
    )


def _each(take: Take) -> Take:
    def take_all(prediction: Prediction, values: Sequence[Any]) -> list[Any]:
        made = []
        for index, value in enumerate(values):
            try:
                made.append(take(prediction, value))
            except InputError as error:
                raise error.at(f"[{index}]") from error
        return made

    return take_all


def _json(hint: Any) -> InputKind:
    kinds = typing.get_args(hint) if is_union(hint) else ()
    if not kinds:
        return _kind("json", _as_it_is, default=_copied)
    unfit = [kind for kind in kinds if kind not in _TYPES and not is_json(kind) and item_of(kind) is None]
    if unfit:
        raise DeclarationError(
            f"{hint} is not a type that an input can have.", hint="A union is of str, int, float, bool, dict and list."
        )
    if any(is_json(kind) for kind in kinds):
        return _kind("json", _as_it_is, default=_copied)

    def take(_: Prediction, value: Any) -> Any:
        if not any(_is_of(value, kind) for kind in kinds):
            raise InputError(f"a value like {' or '.join(map(_written, kinds))}", describe(value))
        return value

    return _kind("json", take, default=_copied)


def _is_of(value: Any, kind: Any) -> bool:
    if (item := item_of(kind)) is not None:
        return isinstance(value, list) and all(is_json(item) or _is_of(each, item) for each in value)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _written(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind)
