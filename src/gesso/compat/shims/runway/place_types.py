"""Places in a picture: points, rectangles, points with a meaning each. Numbers from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runway.base_type import BaseType
from runway.exceptions import InvalidArgumentError
from runway.utils import try_cast_np_scalar


class _Place(BaseType):
    """A row of numbers, which is checked on its way out and on its way in."""

    def validate(self, value: Any) -> None:
        """Raise an error for what is no such place."""
        raise NotImplementedError

    def serialize(self, value: Any, output_format: str | None = None) -> list[Any]:
        values = [try_cast_np_scalar(item) for item in value]
        self.validate(values)
        return values

    def deserialize(self, value: Any) -> Any:
        self.validate(value)
        return value


class image_point(_Place):
    """A place in a picture: [x, y] from 0 to 1, from the top left."""

    def __init__(self, description: str | None = None) -> None:
        super().__init__("image_point", description=description)

    def validate(self, value: Any) -> None:
        """Raise an error for anything but two numbers."""
        if len(value) != 2:
            raise InvalidArgumentError(self.name, "Value must be of length 2")


class image_bounding_box(_Place):
    """A rectangle in a picture: [left, top, right, bottom] from 0 to 1; it may lie outside."""

    def __init__(self, description: str | None = None) -> None:
        super().__init__("image_bounding_box", description=description)

    def validate(self, value: Any) -> None:
        """Raise an error for a rectangle that is empty or turned round."""
        if len(value) != 4:
            raise InvalidArgumentError(self.name, "Value must be of length 4")
        for low, high in ((0, 2), (1, 3)):
            if value[low] >= value[high]:
                raise InvalidArgumentError(self.name, f"{self.name}[{low}] must be less than {self.name}[{high}]")


class image_landmarks(_Place):
    """Places in a picture that have a meaning each: `length` times [x, y]."""

    def __init__(
        self,
        length: int,
        description: str | None = None,
        labels: Sequence[str] | None = None,
        connections: Sequence[Sequence[str]] | None = None,
    ) -> None:
        super().__init__("image_landmarks", description=description)
        if length <= 0:
            raise InvalidArgumentError(self.name, "landmarks length must be greater than 0")
        if labels and len(labels) != length:
            raise InvalidArgumentError(self.name, "length of labels list does not match provided length")
        if labels is None and connections is not None:
            raise InvalidArgumentError(self.name, "connections cannot be defined if labels is undefined")
        for index, pair in enumerate(connections or ()):
            self._check_connection(index, pair, labels or ())
        self.length = length
        self.labels = labels
        self.connections = connections

    def _check_connection(self, index: int, pair: Sequence[str], labels: Sequence[str]) -> None:
        if len(pair) != 2:
            message = f"Expected connection at index {index} to have 2 elements, instead got {len(pair)} elements"
            raise InvalidArgumentError(self.name, message)
        for label in pair:
            if label not in labels:
                raise InvalidArgumentError(self.name, f"{label} is not a valid landmark label")

    def validate(self, value: Any) -> None:
        """Raise an error for another number of points, or one that is no point."""
        if len(value) != self.length:
            message = f"Expected array of length {self.length}, instead got array of length {len(value)}"
            raise InvalidArgumentError(self.name, message)
        for index, point in enumerate(value):
            if len(point) != 2:
                message = f"Expected point at index {index} to have 2 elements, instead got {len(point)} elements"
                raise InvalidArgumentError(self.name, message)

    def serialize(self, value: Any, output_format: str | None = None) -> list[list[Any]]:
        self.validate(value)
        return [[try_cast_np_scalar(part) for part in point] for point in value]

    def to_dict(self) -> dict[str, Any]:
        words = {"labels": self.labels, "connections": self.connections}
        return {**super().to_dict(), "length": self.length, **{word: value for word, value in words.items() if value}}
