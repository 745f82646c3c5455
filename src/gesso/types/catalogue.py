"""Find a data type: by its name, or by the annotation that a model's author wrote."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from gesso.errors import DeclarationError
from gesso.types.base import DataType, Json
from gesso.types.words import Field, Is

# The files of this folder that are about types and are none themselves.
_NOT_TYPES = {
    *("arrays", "base", "catalogue", "file_names", "given", "jpeg", "picture", "raster", "records", "source", "stored"),
    *("wave_file", "words", "writing"),
}


@cache
def names() -> tuple[str, ...]:
    """Return the names of all data types, in alphabetical order."""
    return tuple(sorted({module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])} - _NOT_TYPES))


@cache
def by_name(name: str) -> type[DataType[Any]]:
    """Return the class of the data type called `name`, or raise `DeclarationError`."""
    if name not in names():
        raise DeclarationError(f"There is no data type {name!r}.", hint=f"There are: {', '.join(names())}.")
    module = importlib.import_module(f"gesso.types.{name}")
    for _, found in inspect.getmembers(module, inspect.isclass):
        if issubclass(found, DataType) and found.__module__ == module.__name__:
            return found
    raise DeclarationError(f"types/{name}.py has no subclass of DataType.")


def declare(name: str, words: Mapping[str, Json]) -> DataType[Any]:
    """Make a data type from its name and constraint words: what a port of a spec says."""
    return by_name(name).declare(words)


@dataclass(frozen=True)
class Declared:
    """What an annotation says: the data type with its limits, and the description written beside it."""

    type: DataType[Any]
    description: str = ""


def from_annotation(annotation: object) -> Declared:
    """Read what a model's author wrote: a plain annotation, or `Annotated[...]` with `Field`s and `Range`s.

    A plain `str`, `int` or `float` with the word `choices` is read as the `Literal` of these. Raises
    `DeclarationError` where the annotation is no data type or a constraint word does not fit it.
    """
    plain, notes = _apart(annotation)
    fields = [note for note in notes if isinstance(note, Field)]
    words = {word: value for field in fields for word, value in field.words.items()}
    description = next((field.description for field in reversed(fields) if field.description), "")
    marks = [note.name for note in notes if isinstance(note, Is)]
    if marks:
        return Declared(declare(marks[-1], words), description)
    if plain in (str, int, float) and isinstance(words.get("choices"), list | tuple):
        plain = Literal[tuple(words["choices"])]
    for name in sorted(names(), key=lambda name: by_name(name).is_generic):
        implied = by_name(name).claims(plain)
        if implied is not None:
            return Declared(declare(name, {**implied, **words}), description)
    written = getattr(plain, "__name__", None) or str(plain)
    raise DeclarationError(
        f"{written} is not a type that an input or output can have.",
        hint="Use str, int, float, bool, Literal[...], list[...], or one of gesso's: Image, Mask, Segmentation, Video, "
        "Audio, File, Directory, Points, BoundingBoxes, Landmarks, Vector, Json.",
    )


def _apart(annotation: object) -> tuple[Any, list[object]]:
    if get_origin(annotation) is Annotated:
        plain, *notes = get_args(annotation)
        return plain, notes
    return annotation, []
