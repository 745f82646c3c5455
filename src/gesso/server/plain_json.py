"""JSON that can be kept and sent on: Python reads more as JSON than there is."""

from __future__ import annotations

import math
from typing import Any, Final

_DEEPEST: Final = 100


def check_plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values, or raise `ValueError`: for NaN, infinity, half a character, too many levels."""
    waiting: list[tuple[object, int]] = [(values, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > _DEEPEST:
            raise ValueError(f"JSON of at most {_DEEPEST} levels")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("numbers that JSON has, no NaN and no infinity")
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, dict):
            waiting += [(part, depth + 1) for pair in value.items() for part in pair]
        elif isinstance(value, list):
            waiting += [(part, depth + 1) for part in value]
    return values


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("text of whole characters") from error
