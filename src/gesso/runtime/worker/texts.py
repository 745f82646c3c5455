"""Texts of a model's, made fit to be sent: whatever it says must not end its worker."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 100_000  # characters


def clean(text: str) -> str:
    """Return the text without what UTF-8 cannot say (lone surrogates), and not longer than a person would read."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}… ({len(text)} characters)"
    return text.encode("utf-8", "replace").decode("utf-8")


def said_by(error: BaseException) -> str:
    """Return what an exception says, also if its own `__str__` fails."""
    try:
        return clean(str(error))
    except Exception as another:  # noqa: BLE001 - it is the model's code that runs here
        return f"(it cannot be said: {type(another).__name__})"
