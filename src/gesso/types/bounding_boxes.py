"""Bounding boxes: rectangles around things in a picture.

Coordinates are fractions: 0..1 from the left edge of the picture to the right, 0..1 from the top to the bottom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from gesso.errors import InputError
from gesso.types.records import RecordsType
from gesso.types.words import Is


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """A rectangle: left `x0`, top `y0`, right `x1`, bottom `y1`, all 0..1 with x0 < x1 and y0 < y1.

    `label` says what is in it, `confidence` 0..1 how sure that is (1 is certain).
    """

    x0: float
    y0: float
    x1: float
    y1: float
    label: str = ""
    confidence: float = 1.0


BoundingBoxes = Annotated[list[BoundingBox], Is("bounding_boxes")]
"""What a model writes: `def run(self, photo: Image) -> BoundingBoxes`."""


@dataclass(frozen=True, kw_only=True)
class BoundingBoxesType(RecordsType[BoundingBox]):
    """`min_length` and `max_length` are numbers of boxes."""

    name: ClassVar[str] = "bounding_boxes"
    title: ClassVar[str] = "bounding boxes"
    widget: ClassVar[str] = "bounding_boxes"
    record: ClassVar[type[Any]] = BoundingBox
    one: ClassVar[str] = "a bounding box"
    positions: ClassVar[tuple[str, ...]] = ("x0", "y0", "x1", "y1", "label", "confidence")

    def sample(self) -> list[BoundingBox]:
        """Return boxes side by side: one, or as near to that as the limits allow."""
        count = max(self.min_length, min(1, self.max_length))
        return [BoundingBox(index / count, 0.25, (index + 1) / count, 0.75, "thing", 0.9) for index in range(count)]

    def read_record(self, given: Mapping[str, object]) -> BoundingBox:
        """Make a box from its fields; one that is empty or turned round is refused."""
        box = super().read_record(given)
        if box.x0 >= box.x1 or box.y0 >= box.y1:
            expected = "a bounding box with its left edge x0 < x1, its right, and its top edge y0 < y1, its bottom"
            raise InputError(expected, f"one from ({box.x0:g}, {box.y0:g}) to ({box.x1:g}, {box.y1:g})")
        return box
