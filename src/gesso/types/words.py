"""The words that a model's author puts beside an annotation: `Annotated[int, Range(2, 32)]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gesso.types.base import Json


@dataclass(frozen=True, init=False)
class Field:
    """A description and constraint words for an input or output.

    Which words there are, the data type says: `ge, le, step` for numbers, `min_length, max_length` for texts and
    lists, `choices` for categories, `channels` for pictures, and so on; `gesso.types` has one file for each.
    """

    description: str
    words: Mapping[str, Json]

    def __init__(self, description: str = "", **words: Json) -> None:
        object.__setattr__(self, "description", description)
        object.__setattr__(self, "words", words)

    def __hash__(self) -> int:
        """Let it stand in `Annotated[int, Field(...)] | None`, as Python 3.11 needs it there; words may be lists."""
        return hash((self.description, *self.words))


def Range(ge: float, le: float, step: float | None = None) -> Field:  # noqa: N802, PLR0917 - it reads as a type and a rule
    """Limit a number to `ge <= number <= le`, both included, in steps of `step` from `ge` if one is given."""
    return Field(ge=ge, le=le) if step is None else Field(ge=ge, le=le, step=step)


@dataclass(frozen=True)
class Is:
    """Marks an alias as a data type: `Vector = Annotated[NDArray[float32], Is("vector")]`."""

    name: str
