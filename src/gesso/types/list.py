"""List: several values of one type, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final, get_args, get_origin

from gesso.errors import DeclarationError, InputError
from gesso.types import catalogue
from gesso.types.base import DataType, Json, Packed
from gesso.types.given import between, describe

_DEEPEST: Final = 8  # lists in lists: far more than anybody reads, far fewer than break the reader


@dataclass(frozen=True, kw_only=True)
class ListType(DataType[list[Any]]):
    """`items` is the type of each: `{"type": "number", "constraints": {"ge": 0}}`; lengths include both ends.

    The model always gets a `list`, also where it wrote `tuple[X, ...]` or `Sequence[X]`.
    """

    name: ClassVar[str] = "list"
    title: ClassVar[str] = "a list"
    widget: ClassVar[str] = "list"
    max_bytes: ClassVar[int] = 512 * 1024 * 1024
    is_generic: ClassVar[bool] = True

    items: Mapping[str, Json]
    min_length: int = 0
    max_length: int = 10_000

    def __post_init__(self) -> None:
        if not 0 <= self.min_length <= self.max_length:
            raise DeclarationError(f"A list cannot have from {self.min_length} to {self.max_length} items.")
        if _depth(self.items) > _DEEPEST:
            raise DeclarationError(f"Lists can lie in lists {_DEEPEST} deep, no deeper.")
        _ = self.item  # a wrong declaration is told now and not at the first value

    @cached_property
    def item(self) -> DataType[Any]:
        """The type of each item."""
        if set(self.items) - {"type", "constraints"} or not isinstance(self.items.get("type"), str):
            raise DeclarationError('The items of a list are described as {"type": name, "constraints": {...}}.')
        return catalogue.declare(self.items["type"], self.items.get("constraints") or {})

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Claim `list[X]`, `tuple[X, ...]` and `Sequence[X]` of anything that is a type itself, and `list` of JSON."""
        if annotation is list:
            return {"items": {"type": "json"}}
        kind, inner = get_origin(annotation), get_args(annotation)
        if kind not in (list, tuple, Sequence) or (kind is tuple and inner[1:] != (...,)):
            return None
        item = catalogue.from_annotation(inner[0]).type
        return {"items": {"type": item.name, "constraints": item.constraints}}

    def schema(self) -> dict[str, Json]:
        """Return an array of the items' schema."""
        return {
            "type": "array",
            "items": self.item.schema(),
            "minItems": self.min_length,
            "maxItems": self.max_length,
        }

    @property
    def expected(self) -> str:
        """Say the items and how many there may be."""
        count = between(self.min_length, self.max_length, default=ListType.max_length)
        return (
            f"a list of {count}items, each {self.item.expected}" if count else f"a list, each item {self.item.expected}"
        )

    def sample(self) -> list[Any]:
        """Return the sample of the items twice, or as near to that as the limits allow."""
        return [self.item.sample() for _ in range(max(self.min_length, min(2, self.max_length)))]

    def coerce(self, value: object) -> list[Any]:
        """Take a list, a tuple or an array, and coerce each item; an error says which: "[3]"."""
        if hasattr(value, "ndim") and value.ndim and isinstance(value, Collection):  # an array or a tensor: its rows
            value = list(value)
        if not isinstance(value, list | tuple):
            hint = 'Write it in brackets: ["a", "b"].' if isinstance(value, str) else ""
            raise self.refuse(describe(value), hint)
        if not self.min_length <= len(value) <= self.max_length:
            raise self.refuse(describe(value), f"There may be {self.min_length} to {self.max_length} items.")
        made = []
        for index, item in enumerate(value):
            try:
                made.append(self.item.coerce(item))
            except InputError as error:
                raise error.at(f"[{index}]") from error.__cause__
        return made

    def to_wire(self, value: list[Any]) -> Json:
        """Return a list of the items' wire forms."""
        return [self.item.to_wire(item) for item in value]

    def pack(self, value: list[Any]) -> Packed:
        """Return the items' headers, each with the number of its buffers, and all buffers one after the other."""
        packed = [self.item.pack(item) for item in value]
        header = [{"header": one.header, "buffers": len(one.buffers)} for one in packed]
        return Packed(header, [buffer for one in packed for buffer in one.buffers])

    def unpack(self, packed: Packed) -> list[Any]:
        """Make the items again, on the memory of their buffers."""
        buffers: Iterator[Any] = iter(packed.buffers)
        try:
            return [
                self.item.unpack(Packed(one["header"], [next(buffers) for _ in range(one["buffers"])]))
                for one in packed.header
            ]
        except (KeyError, TypeError, StopIteration) as error:  # StopIteration: there are too few buffers
            raise self.refuse("a damaged message") from error


def _depth(items: Json) -> int:
    depth = 1
    while isinstance(items, Mapping) and items.get("type") == "list" and depth <= _DEEPEST:
        constraints = items.get("constraints")
        items, depth = (constraints.get("items") if isinstance(constraints, Mapping) else None), depth + 1
    return depth
