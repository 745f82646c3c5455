"""`BaseModel`: a result of several named parts."""

from __future__ import annotations

import copy
import json
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Union

_NOTHING: Any = object()


class BaseModel:
    """A result of several named parts, each an annotation of the class: `Output(text="fox", score=0.5)`.

    A part that may be None may be left out. In old versions this was pydantic's class, in new ones it makes
    dataclasses; what models use of either works: parts by name or in order, `dict()`, `model_dump()`, `json()`.
    """

    def __init_subclass__(cls, **_: Any) -> None:  # auto_dataclass=..., init=...: nothing changes with them here
        super().__init_subclass__()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        names = list(fields_of(type(self)))
        if len(args) > len(names):
            raise TypeError(f"{type(self).__name__} has {len(names)} fields, but got {len(args)} values")
        given = dict(zip(names, args, strict=False))
        for name, value in kwargs.items():
            if name not in names or name in given:
                raise TypeError(f"{type(self).__name__} got an unexpected field {name!r}")
            given[name] = value
        missing = [name for name in names if name not in given and self._default(name) is _NOTHING]
        if missing:
            raise TypeError(f"{type(self).__name__} misses the field {missing[0]!r}")
        for name in names:
            setattr(self, name, given[name] if name in given else self._default(name))

    def _default(self, name: str) -> Any:
        value = getattr(type(self), name, _NOTHING)
        if value is not _NOTHING:
            return _plain_default(value)
        return None if may_be_none(fields_of(type(self))[name]) else _NOTHING

    def dict(self) -> Mapping[str, Any]:
        """Return the parts by name; those that are such results themselves as dicts too."""
        return {name: value.dict() if isinstance(value, BaseModel) else value for name, value in self}

    def model_dump(self) -> Mapping[str, Any]:
        """Return the parts by name."""
        return self.dict()

    def json(self) -> str:
        """Return the parts as JSON, what JSON cannot say as text."""
        return json.dumps(self.dict(), default=str)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return ((name, getattr(self, name)) for name in fields_of(type(self)))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, BaseModel) and self.dict() == other.dict()

    __hash__ = None  # type: ignore[assignment]  # the parts may change

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self)})"


def fields_of(cls: type) -> dict[str, Any]:
    """Return the annotations of a class and of those that it derives from, by name."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return {name: hint for name, hint in hints.items() if not name.startswith("_")}


def may_be_none(hint: Any) -> bool:
    """Say whether an annotation is like `Optional[X]` or `X | None`."""
    return typing.get_origin(hint) in (Union, types.UnionType) and type(None) in typing.get_args(hint)


def _plain_default(value: Any) -> Any:
    """Return a class's default for a field: a copy, or, of pydantic's `Field(...)`, what stands in it."""
    if not hasattr(value, "default_factory"):
        return copy.deepcopy(value)
    if value.default_factory is not None:
        return value.default_factory()
    is_required = value.default is ... or type(value.default).__name__ == "PydanticUndefinedType"
    return _NOTHING if is_required else copy.deepcopy(value.default)
