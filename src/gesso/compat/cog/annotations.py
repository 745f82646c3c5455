"""What Cog's annotations are made of: what a list is of, whether None may stand there, what is plain JSON."""

from __future__ import annotations

import enum
import functools
import inspect
import os
import types
import typing
from collections.abc import Callable
from typing import Annotated, Any, Literal, Union

from gesso.errors import DeclarationError

PLAIN = (str, int, float, bool)
"""What is the same in Cog, in JSON and here."""


def innermost(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that the author wrote, below decorators and `functools.partialmethod`."""
    partial = getattr(function, "_partialmethod", None) or getattr(function, "__partialmethod__", None)
    if isinstance(partial, functools.partialmethod):
        return innermost(partial.func)
    return innermost(function.func) if isinstance(function, functools.partial) else inspect.unwrap(function)


def hints_of(target: Callable[..., Any], where: str) -> dict[str, Any]:
    """Return the annotations of a function or a class, with what stands in quotes read."""
    try:
        return typing.get_type_hints(innermost(target), include_extras=True)
    except NameError as error:
        raise DeclarationError(f"{where}: the annotation {error.name!r} is not known.", hint="Import it.") from error
    except TypeError as error:
        raise DeclarationError(f"{where}: an annotation is not a type: {error}.") from error


def bare(hint: Any) -> Any:
    """Return an annotation without its `Annotated`; what is marked `Opaque` becomes `Any`, or a list of that."""
    if typing.get_origin(hint) is not Annotated:
        return hint
    inner, *notes = typing.get_args(hint)
    if not any(type(note).__name__ == "OpaqueMarker" for note in notes):
        return bare(inner)
    plain, may_be_none = without_none(inner)
    opaque: Any = list[Any] if item_of(plain) is not None else Any
    return opaque | None if may_be_none else opaque


def without_none(hint: Any) -> tuple[Any, bool]:
    """Return an annotation without the None in it, and whether there was one."""
    if not is_union(hint):
        return hint, False
    parts = typing.get_args(hint)
    rest = tuple(part for part in parts if part is not type(None))
    return (Union[rest] if rest else Any), len(rest) < len(parts)  # noqa: UP007 - there is no other way for a tuple


def is_union(hint: Any) -> bool:
    """Say whether an annotation is like `A | B` or `Optional[A]`."""
    return typing.get_origin(hint) in (Union, types.UnionType)


def item_of(hint: Any) -> Any:
    """Return what a list is a list of, `Any` where it does not say, None for what is no list."""
    if hint is list:
        return Any
    return typing.get_args(hint)[0] if typing.get_origin(hint) is list else None


def is_path(hint: Any) -> bool:
    """Say whether an annotation is a path: Cog's, or Python's own."""
    return isinstance(hint, type) and issubclass(hint, os.PathLike)


def is_json(hint: Any) -> bool:
    """Say whether an annotation means any JSON: `Any`, `dict`, a `TypedDict`."""
    return hint in (Any, dict, object) or typing.get_origin(hint) is dict or typing.is_typeddict(hint)


def choices_of(hint: Any) -> list[Any] | None:
    """Return the choices of a `Literal` or of an enum of texts or numbers, None for what is neither."""
    if typing.get_origin(hint) is Literal:
        return list(typing.get_args(hint))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return [member.value for member in hint]
    return None
