"""Points: places in a picture.

Coordinates are fractions: 0..1 from the left edge of the picture to the right, 0..1 from the top to the bottom.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from gesso.types.records import RecordsType
from gesso.types.words import Is


@dataclass(frozen=True, slots=True)
class Point:
    """A place: `x` 0..1 from left to right, `y` 0..1 from top to bottom, and perhaps a label."""

    x: float
    y: float
    label: str = ""


Points = Annotated[list[Point], Is("points")]
"""What a model writes: `def run(self, photo: Image, clicks: Points)`."""


@dataclass(frozen=True, kw_only=True)
class PointsType(RecordsType[Point]):
    """`min_length` and `max_length` are numbers of points."""

    name: ClassVar[str] = "points"
    title: ClassVar[str] = "points"
    widget: ClassVar[str] = "points"
    record: ClassVar[type[Any]] = Point
    one: ClassVar[str] = "a point"
    positions: ClassVar[tuple[str, ...]] = ("x", "y", "label")

    def sample(self) -> list[Point]:
        """Return points along a diagonal: two, or as near to that as the limits allow."""
        count = max(self.min_length, min(2, self.max_length))
        return [Point((index + 1) / (count + 1), (index + 1) / (count + 1)) for index in range(count)]
