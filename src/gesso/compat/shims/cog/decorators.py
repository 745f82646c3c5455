"""`@streaming` and `@concurrent`: what a model says of its method beside the types."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, overload

_Method = TypeVar("_Method", bound=Callable[..., Any])

CONCURRENT_MARK = "__cog_concurrent_max__"
"""The attribute that `@concurrent` leaves on a method."""


@overload
def streaming(method: _Method) -> _Method: ...
@overload
def streaming(method: None = None) -> Callable[[_Method], _Method]: ...
def streaming(method: _Method | None = None) -> _Method | Callable[[_Method], _Method]:
    """Mark a method whose parts a client may hear as they come. Here, everybody may, with or without the mark."""
    return (lambda marked: marked) if method is None else method


@overload
def concurrent(method: _Method) -> _Method: ...
@overload
def concurrent(method: None = None, *, max: int = 1) -> Callable[[_Method], _Method]: ...
def concurrent(
    method: _Method | None = None,
    *,
    max: int = 1,
) -> _Method | Callable[[_Method], _Method]:
    """Say how many runs of an async method may wait side by side."""
    if isinstance(max, bool) or not isinstance(max, int):
        raise TypeError("concurrent max must be an integer")
    if max < 1:
        raise ValueError("concurrent max must be at least 1")

    def mark(marked: _Method) -> _Method:
        if max > 1 and not (inspect.iscoroutinefunction(marked) or inspect.isasyncgenfunction(marked)):
            raise TypeError("concurrent max greater than 1 requires an async function")
        setattr(marked, CONCURRENT_MARK, max)
        return marked

    return mark if method is None else mark(method)
