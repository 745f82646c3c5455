"""Records: what points, bounding boxes and landmarks share - a list of small things with a place in a picture.

Coordinates are fractions: 0..1 from the left edge of the picture to the right, 0..1 from the top to the bottom.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar, cast, get_args, get_origin

import numpy as np

from gesso.errors import DeclarationError, InputError
from gesso.types.base import DataType, Json
from gesso.types.given import between, describe, is_number
from gesso.types.text import TextType

T = TypeVar("T")

_ROUNDING: Final = 1e-6  # by so much, a coordinate may lie outside and is moved to the edge: float32 arithmetic
_MOST_PIXELS: Final = 1_000_000  # a number up to here may be meant as pixels
_LABEL: Final = TextType(max_length=1000)
_AXES: Final = {"x": "the picture's width, from its left edge", "y": "the picture's height, from its top edge"}


@dataclass(frozen=True, kw_only=True)
class RecordsType(DataType[list[T]], Generic[T]):
    """`min_length` and `max_length` are numbers of records."""

    record: ClassVar[type[Any]]
    """The dataclass of one record; its floats are 0..1, its strings are labels."""
    one: ClassVar[str]
    """One record in words: "a point"."""
    positions: ClassVar[tuple[str, ...]]
    """What the values of a record mean that comes as a plain list: `[x, y]`."""
    record_fields: ClassVar[tuple[dataclasses.Field[Any], ...]]
    """The fields of `record`."""

    min_length: int = 0
    max_length: int = 10_000

    def __init_subclass__(cls) -> None:
        cls.record_fields = dataclasses.fields(cls.record)

    def __post_init__(self) -> None:
        if not 0 <= self.min_length <= self.max_length:
            raise DeclarationError(f"There cannot be from {self.min_length} to {self.max_length} {self.title}.")

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Claim `list[X]`, `tuple[X, ...]` and `Sequence[X]` of the record."""
        is_row = get_origin(annotation) in (list, tuple, Sequence)
        return {} if is_row and get_args(annotation)[0] is cls.record else None

    def schema(self) -> dict[str, Json]:
        """Return an array of objects with coordinates 0..1."""
        item = {
            "type": "object",
            "properties": {field.name: _field_schema(field) for field in self.record_fields},
            "required": [field.name for field in self.record_fields if field.default is MISSING],
            "additionalProperties": False,
        }
        return {
            "type": "array",
            "description": f"{self.expected[0].upper()}{self.expected[1:]}.",
            "items": item,
            "minItems": self.min_length,
            "maxItems": self.max_length,
        }

    @property
    def expected(self) -> str:
        """Say the fields of a record, and how many there may be."""
        names = ", ".join(f'"{field.name}"' for field in self.record_fields)
        count = between(self.min_length, self.max_length, default=RecordsType.max_length)
        return f"a list of {count}{self.title}, each {{{names}}} with coordinates from 0 to 1, from the top left"

    def coerce(self, value: object) -> list[T]:
        """Take a list of records, of objects with their fields, or of plain lists (`[x, y]`); or an array of rows."""
        if isinstance(value, np.ndarray) and value.ndim == 2 and len(value) <= self.max_length:
            value = value.tolist()
        if not isinstance(value, Sequence) or isinstance(value, str | bytes | bytearray | memoryview):
            raise self.refuse(describe(value))
        if not self.min_length <= len(value) <= self.max_length:
            raise self.refuse(describe(value), f"There may be {self.min_length} to {self.max_length}.")
        records = []
        for index, item in enumerate(value):
            try:
                records.append(self.read_record(self.fields_of(item)))
            except InputError as error:
                raise error.at(f"[{index}]") from error.__cause__
        return records

    def fields_of(self, item: object) -> Mapping[str, object]:
        """Return what an item of the list says, by name."""
        names = [field.name for field in self.record_fields]
        if isinstance(item, self.record):
            return {name: getattr(item, name) for name in names}
        if isinstance(item, list | tuple) and len(item) <= len(self.positions):
            return dict(zip(self.positions, item, strict=False))
        unknown = [name for name in item if name not in names] if isinstance(item, Mapping) else []
        if not isinstance(item, Mapping) or unknown:
            listed = ", ".join(f'"{name}"' for name in names)
            given = f"one with {describe(unknown[0])}" if unknown else describe(item)
            raise InputError(f"{self.one}, {{{listed}}}", given)
        return item

    def read_record(self, given: Mapping[str, object]) -> T:
        """Make a record from its fields, each checked; what is missing and has a default may be missing."""
        values: dict[str, object] = {}
        for field in self.record_fields:
            if field.name not in given:
                if field.default is MISSING:
                    raise InputError(f'{self.one} with "{field.name}"', "one without")
                continue
            try:
                values[field.name] = _read_field(field, given[field.name])
            except InputError as error:
                raise error.at(field.name) from error.__cause__
        return cast("T", self.record(**values))

    def to_wire(self, value: list[T]) -> Json:
        """Return a list of objects."""
        names = [field.name for field in self.record_fields]
        return [{name: getattr(record, name) for name in names} for record in value]


def _meaning(name: str) -> str:
    return f"a fraction of {_AXES[name[0]]}" if name[0] in _AXES else "0: not at all, 1: certain"


def _field_schema(field: dataclasses.Field[Any]) -> dict[str, Json]:
    default = {} if field.default is MISSING else {"default": field.default}
    if field.type == "str":
        return _LABEL.schema() | default
    return {"type": "number", "minimum": 0, "maximum": 1, "description": _meaning(field.name)} | default


def _read_field(field: dataclasses.Field[Any], value: object) -> object:
    if field.type == "str":
        return _LABEL.coerce(value)
    number = float(value) if is_number(value) and abs(value) < _MOST_PIXELS else math.nan
    if -_ROUNDING <= number <= 1 + _ROUNDING:
        return min(1.0, max(0.0, number))
    is_pixel = field.name[0] in _AXES and not math.isnan(number)
    raise InputError(
        f"a number from 0 to 1 ({_meaning(field.name)})",
        describe(value),
        hint="Divide pixels by the picture's width or height; leave out what lies outside." if is_pixel else "",
    )
