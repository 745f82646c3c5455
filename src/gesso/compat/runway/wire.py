"""Values of Gesso's types as Runway has them on the wire, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from gesso.compat.runway.fields import Field
from gesso.spec.model import Port
from gesso.types.base import DataType, Json
from gesso.types.bounding_boxes import BoundingBox
from gesso.types.directory import Directory
from gesso.types.landmarks import Landmark
from gesso.types.list import ListType
from gesso.types.points import Point
from gesso.types.stored import Stored

_OUTSIDE: Final = 1.0
"""By so much, as a fraction of the picture, a place may lie outside of it and is moved to its edge; more is pixels."""


def to_wire(data_type: DataType[Any], field: Field, *, value: Any) -> Json:
    """Return a value as the JSON that a Runway model takes. A file goes as its path: the model is on this computer."""
    item = field.get("itemType")
    if field.get("type") == "array" and isinstance(item, Mapping):
        if data_type.name in _PLACES:
            return _PLACES[data_type.name](value)
        return [to_wire(_item(data_type), item, value=one) for one in value]
    if data_type.name == "landmarks":
        return [[landmark.x, landmark.y] for landmark in value]
    if data_type.name in _PLACES:
        return _PLACES[data_type.name](value)[0]
    if isinstance(value, Stored | Directory):
        return str(value.path)
    if data_type.name == "number":
        return plain_number(value)
    return data_type.to_wire(value)


def plain_number(value: float) -> float:
    """Return a number as JavaScript sends it, and as such models expect it: 5.0 is 5, with which `range` can count."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def from_wire(port: Port, field: Field, *, value: Json) -> Any:
    """Return the JSON that a Runway model gave as a value of the port's type. Raises `InputError` if it is none."""
    return port.data_type.coerce(_read(field, value))


def _read(field: Field, value: Json) -> Any:
    """Return what the types of Gesso take for a value on Runway's wire."""
    kind, item = field.get("type"), field.get("itemType")
    if kind == "array" and isinstance(item, Mapping) and isinstance(value, list):
        if item.get("type") in {"image_point", "image_bounding_box"}:
            return [read for one in value for read in _read(item, one)]
        return [_read(item, one) for one in value]
    if kind == "image_point":
        return [Point(_at_edge(value[0]), _at_edge(value[1]))] if _is_row(value, 2) else value
    if kind == "image_bounding_box":
        return _box(value) if _is_row(value, 4) else value
    if kind == "image_landmarks":
        return _landmarks(field, value)
    if kind == "file" and isinstance(value, str):
        return Path(value)
    return value


def _box(value: Sequence[float]) -> list[BoundingBox]:
    """Return a box, cut to the picture; one that lies outside altogether is left out."""
    x0, y0, x1, y1 = map(_at_edge, value)
    is_outside = (x0 == x1 and value[0] < value[2]) or (y0 == y1 and value[1] < value[3])
    return [] if is_outside else [BoundingBox(x0, y0, x1, y1)]


def _landmarks(field: Field, value: Json) -> Any:
    if not isinstance(value, list) or not all(_is_row(point, 2) for point in value):
        return value
    labels = field.get("labels") or [""] * len(value)
    if len(labels) != len(value):
        return value
    return [Landmark(str(name), *map(_at_edge, point)) for name, point in zip(labels, value, strict=True)]


def _is_row(value: Json, length: int) -> bool:
    """Say whether a value is so many numbers."""
    is_list = isinstance(value, list | tuple) and len(value) == length
    return is_list and all(isinstance(part, int | float) for part in value)


def _at_edge(part: float) -> float:
    return min(1.0, max(0.0, part)) if -_OUTSIDE <= part <= 1 + _OUTSIDE else part


def _item(data_type: DataType[Any]) -> DataType[Any]:
    return data_type.item if isinstance(data_type, ListType) else data_type


_PLACES: Final[Mapping[str, Callable[[Any], list[Any]]]] = {
    "points": lambda points: [[point.x, point.y] for point in points],
    "bounding_boxes": lambda boxes: [[box.x0, box.y0, box.x1, box.y1] for box in boxes],
}
