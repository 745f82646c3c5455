"""The scope of a prediction: metrics that a model records while it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

_LONGEST_NAME: Final = 128
_MOST_SEGMENTS: Final = 4
_SEGMENT: Final = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
_KINDS: Final = (bool, int, float, str, list, dict)


class Metrics:
    """The metrics of one prediction by name; dots in a name make objects in objects (`as_dict`)."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def record(self, key: str, value: Any, mode: str | None = None) -> None:
        """Record a value: in the place of an earlier one, added to it ("incr") or listed after it ("append").

        None takes the metric away. A metric keeps the kind of its first value.
        """
        _check_name(key)
        if value is None:
            self._values.pop(key, None)
        elif not isinstance(value, _KINDS):
            raise TypeError(f"metric {key!r} cannot be a {type(value).__name__}")
        elif mode in (None, "replace"):
            self._replace(key, value)
        elif mode == "incr":
            self._replace(key, self._values.get(key, 0) + value)
        elif mode == "append":
            self._replace(key, [*self._values.get(key, []), value])
        else:
            raise ValueError(f"unknown mode {mode!r}: expected replace, incr or append")

    def _replace(self, key: str, value: Any) -> None:
        earlier = self._values.get(key, value)
        if type(earlier) is not type(value) and not {type(earlier), type(value)} <= {int, float}:
            raise TypeError(f"metric {key!r} is a {type(earlier).__name__}: delete it before it becomes another kind")
        self._values[key] = value

    def delete(self, key: str) -> None:
        """Take a metric away."""
        self._values.pop(key, None)

    def __setitem__(self, key: str, value: Any) -> None:
        self.record(key, value)

    def __delitem__(self, key: str) -> None:
        self.delete(key)

    def as_dict(self) -> dict[str, Any]:
        """Return all of them; "timing.total" stands in an object "timing"."""
        made: dict[str, Any] = {}
        for key, value in self._values.items():
            *outer, last = key.split(".")
            place = made
            for segment in outer:
                inner = place.setdefault(segment, {})
                place = inner if isinstance(inner, dict) else place
            place[last] = value
        return made


class Scope:
    """What `current_scope()` returns. Outside a prediction it takes metrics too, and nobody reads them."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.context: dict[str, str] = {}

    def record_metric(self, key: str, value: Any, mode: str | None = None) -> None:
        """Record a metric: `metrics.record` in short."""
        self.metrics.record(key, value, mode)


_current: ContextVar[Scope | None] = ContextVar("cog_scope", default=None)
_under_way: list[Scope] = []  # for threads that the model itself starts, where no context variable reaches


def current_scope() -> Scope:
    """Return the scope of the prediction that runs here."""
    return _current.get() or (_under_way[-1] if _under_way else Scope())


@contextmanager
def prediction() -> Iterator[Scope]:
    """Make a new scope the current one for the code inside."""
    scope = Scope()
    _under_way.append(scope)
    _current.set(scope)  # not reset: a generator may be closed in another context than it began in
    try:
        yield scope
    finally:
        _under_way.remove(scope)
        if _current.get() is scope:
            _current.set(None)


def _check_name(key: str) -> None:
    segments = key.split(".") if isinstance(key, str) else []
    is_name = 0 < len(segments) <= _MOST_SEGMENTS and len(key) <= _LONGEST_NAME
    if not is_name or not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise ValueError(
            f"{key!r} is not the name of a metric: letters, digits and single _, at most 4 parts with dots"
        )
    if key == "predict_time" or key.startswith("cog."):
        raise ValueError(f"{key!r} is a name that Cog keeps for itself")
