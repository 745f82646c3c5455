"""Results of several named parts: Cog's `BaseModel`, pydantic's, dataclasses, named tuples."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from cog.model import BaseModel, fields_of
from cog.types import Secret

from gesso.compat.cog.annotations import hints_of
from gesso.errors import ModelError


def field_hints(hint: Any, where: str) -> dict[str, Any] | None:
    """Return the annotations of a result's parts by name; None for what has no named parts."""
    names = _names(hint) if isinstance(hint, type) else []
    if not names:
        return None
    hints = hints_of(hint, where)
    return {name: hints.get(name, Any) for name in names}


def parts_of(result: Any) -> dict[str, Any] | None:
    """Return the parts of a result by name; None for what has no named parts."""
    if isinstance(result, Mapping):
        return dict(result)
    names = _names(type(result))
    return {name: getattr(result, name) for name in names} if names else None


def named_parts(result: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the parts of these names, or raise `ModelError`; one that a dict does not have is None."""
    parts = parts_of(result)
    if parts is None:
        given = type(result).__name__
        raise ModelError(f"The model returned {given}, but it says that it returns {', '.join(names)}.")
    return {name: parts.get(name) for name in names}


def _names(cls: type) -> list[str]:
    if issubclass(cls, BaseModel):
        return list(fields_of(cls))
    if issubclass(cls, Secret):  # a dataclass, and one value all the same
        return []
    for fields in ("model_fields", "__fields__", "_fields"):  # pydantic 2, pydantic 1, a named tuple
        if isinstance(found := getattr(cls, fields, None), Mapping | tuple):
            return list(found)
    return [field.name for field in dataclasses.fields(cls)] if dataclasses.is_dataclass(cls) else []
