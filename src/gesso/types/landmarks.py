"""Landmarks: named points on a body, a face or a hand, with lines between them: a pose.

Coordinates are fractions: 0..1 from the left edge of the picture to the right, 0..1 from the top to the bottom.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from gesso.errors import DeclarationError
from gesso.types.records import RecordsType
from gesso.types.words import Is


@dataclass(frozen=True, slots=True)
class Landmark:
    """A named point: `x` 0..1 from left to right, `y` 0..1 from top to bottom, `confidence` 0..1 (1 is certain)."""

    name: str
    x: float
    y: float
    confidence: float = 1.0


Landmarks = Annotated[list[Landmark], Is("landmarks")]
"""What a model writes: `def run(self, photo: Image) -> Annotated[Landmarks, Field(names=[...])]`."""


@dataclass(frozen=True, kw_only=True)
class LandmarksType(RecordsType[Landmark]):
    """`names`: the list is empty (nobody is there) or has all of these, in this order.

    `connections` are pairs of names between which a line is drawn.
    """

    name: ClassVar[str] = "landmarks"
    title: ClassVar[str] = "landmarks"
    widget: ClassVar[str] = "landmarks"
    record: ClassVar[type[Any]] = Landmark
    one: ClassVar[str] = "a landmark"
    positions: ClassVar[tuple[str, ...]] = ("x", "y", "confidence")

    names: Sequence[str] | None = None
    connections: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        known = list(self.names or ())
        if not all(isinstance(name, str) for name in known) or len(set(known)) != len(known):
            raise DeclarationError("The names of landmarks must be different texts.")
        for pair in self.connections:
            if not isinstance(pair, Sequence) or len(pair) != 2 or not set(pair) <= set(known):
                raise DeclarationError(f"A connection joins two of the landmarks' names, not {pair!r}.")

    @property
    def expected(self) -> str:
        """Say the fields, and how many there are if that is known."""
        if not self.names:
            return super().expected
        fields = '{"name", "x", "y", "confidence"}'
        return f"{len(self.names)} landmarks or none, each {fields} with coordinates from 0 to 1, from the top left"

    def sample(self) -> list[Landmark]:
        """Return landmarks on a circle: those with names, or three."""
        names = self.names or [f"point {index + 1}" for index in range(max(self.min_length, min(3, self.max_length)))]
        turns = [2 * math.pi * index / len(names) for index in range(len(names))]
        return [
            Landmark(name, round(0.5 + 0.4 * math.sin(turn), 4), round(0.5 - 0.4 * math.cos(turn), 4), 0.9)
            for name, turn in zip(names, turns, strict=True)
        ]

    def coerce(self, value: object) -> list[Landmark]:
        """Take landmarks, objects, or plain lists `[x, y]`.

        Those without a name get the names in their order; those with names may come in any order.
        """
        found = [self._named(landmark, index) for index, landmark in enumerate(super().coerce(value))]
        if not self.names or not found:
            return found
        by_name = {landmark.name: landmark for landmark in found}
        if len(found) != len(self.names) or set(by_name) != set(self.names):
            missing = [name for name in self.names if name not in by_name]
            raise self.refuse(f"{len(found)}" + (f' without "{missing[0]}"' if missing else ""))
        return [by_name[name] for name in self.names]

    def fields_of(self, item: object) -> Mapping[str, object]:
        """Return what an item says by name; the name may be missing for now."""
        return {"name": "", **super().fields_of(item)}

    def _named(self, landmark: Landmark, index: int) -> Landmark:
        if landmark.name:
            return landmark
        return replace(
            landmark, name=self.names[index] if self.names and index < len(self.names) else f"point {index + 1}"
        )
