"""Write docs/types.md from the types themselves: `python -m tests.docs.types_page`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import MISSING, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal

import gesso
from gesso.errors import DeclarationError
from gesso.types import catalogue
from gesso.types.base import DataType

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "types.md"
HEAD: Final = """\
# Types of inputs and outputs

What you may write behind the colon of an input, or behind the arrow of an output. This page is made from the types
themselves (`python -m tests.docs.types_page`), so it is never out of date.

Words that limit a value stand beside the type: `Annotated[int, Range(2, 32)]`, or
`Annotated[str, Field("What to paint.", max_length=200)]`. `Range(a, b)` is short for `Field(ge=a, le=b)`.
"""


class _Style(StrEnum):
    INK = "ink"


# What one may write, and what a page calls it; the types say themselves which of them claims it.
_WRITTEN: Final[dict[str, Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    'Literal["ink", "chalk"]': Literal["ink", "chalk"],
    "a subclass of StrEnum": _Style,
    "list[X]": list[str],
    "tuple[X, ...]": tuple[str, ...],
} | {name: getattr(gesso, name) for name in gesso.__all__ if name[0].isupper()}


def page() -> str:
    """Return the page."""
    written = _written_by_type()
    return HEAD + "".join(f"\n{_section(catalogue.by_name(name), written[name])}" for name in catalogue.names())


def _written_by_type() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in catalogue.names()}
    for words, annotation in _WRITTEN.items():
        try:
            found[catalogue.from_annotation(annotation).type.name].append(words)
        except (DeclarationError, TypeError):
            continue  # a name of the public face that is no type
    return found


def _section(data_type: type[DataType[Any]], written: list[str]) -> str:
    words = inspect.cleandoc(data_type.__doc__ or "")
    lines = [
        f"## {data_type.name}",
        "",
        f"Write {' or '.join(f'`{one}`' for one in written)} for {data_type.title}.",
        "",
        words,
        "",
        f"* read from {_endings(data_type.reads)}, written to {_endings(data_type.writes)}",
        *_constraints(data_type),
    ]
    return "\n".join(lines) + "\n"


def _constraints(data_type: type[DataType[Any]]) -> Iterator[str]:
    known = [
        f"`{field.name}`" if field.default is MISSING else f"`{field.name}={field.default!r}`"
        for field in fields(data_type)
    ]
    if known:
        yield f"* words that limit it, as they are if you say nothing: {', '.join(known)}"


def _endings(endings: tuple[str, ...]) -> str:
    special = {"*": "any file", "/": "a folder"}
    return ", ".join(special.get(ending, f"`{ending}`") for ending in endings)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
