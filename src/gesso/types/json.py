"""JSON: any value that JSON can say, for what no other type fits."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, get_origin

from gesso.errors import DeclarationError
from gesso.types import base
from gesso.types.base import DataType
from gesso.types.given import describe, is_number
from gesso.types.source import parse_json
from gesso.types.text import legible
from gesso.types.words import Is

Json = Annotated[Any, Is("json")]
"""What a model writes: `def run(self, settings: Json)`; it gets dicts, lists, texts, numbers, True, False and None."""

_MOST_DEPTH: Final = 200  # each level is a call of a function, here and wherever the value is read again
_LARGEST_WHOLE: Final = 2**63 - 1  # what readers in other languages hold at most


@dataclass(frozen=True, kw_only=True)
class JsonType(DataType[base.Json]):
    """`max_depth`: lists and objects inside each other. `max_items`: all values and names together."""

    name: ClassVar[str] = "json"
    title: ClassVar[str] = "a JSON value"
    widget: ClassVar[str] = "json"

    max_depth: int = 64
    max_items: int = 1_000_000

    def __post_init__(self) -> None:
        if not 0 <= self.max_depth <= _MOST_DEPTH or self.max_items < 1:
            raise DeclarationError(f"JSON has a max_depth of at most {_MOST_DEPTH} and a max_items of at least 1.")

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, base.Json] | None:
        """Claim `dict`, `dict[str, ...]` and `Any`."""
        return {} if annotation in (dict, Any) or get_origin(annotation) is dict else None

    def schema(self) -> dict[str, base.Json]:
        """Return a schema that allows everything."""
        return {"description": self.expected}

    @property
    def expected(self) -> str:
        """Say what it is."""
        return "a JSON value"

    def sample(self) -> base.Json:
        """Return a small object."""
        return {"title": "fox", "size": [3, 4.5], "is_tame": False, "owner": None}

    def coerce(self, value: object) -> base.Json:
        """Take dicts with text keys, lists, tuples, texts, finite numbers, booleans and None; returns a copy."""
        return self._copy(value, self.max_depth, left=iter(range(self.max_items)))

    def _copy(self, value: object, depth: int, *, left: Iterator[int]) -> base.Json:
        """Copy a part that may have `depth` more levels; `left` runs out when there are too many parts."""
        if next(left, None) is None:
            raise self.refuse("a larger one", f"It may have {self.max_items} parts in all.")
        if not isinstance(value, Mapping | list | tuple):
            return self._plain(value)
        if depth == 0:
            raise self.refuse("a deeper one", f"It may have {self.max_depth} levels inside each other.")
        if not isinstance(value, Mapping):
            return [self._copy(part, depth - 1, left=left) for part in value]
        names = [self._plain(name) for name in value]
        if not all(isinstance(name, str) for name in names):
            raise self.refuse("an object with a name in it that is not a text")
        return {str(name): self._copy(part, depth - 1, left=left) for name, part in value.items()}

    def _plain(self, value: object) -> base.Json:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return legible(value, self.refuse)
        if not isinstance(value, bool) and isinstance(value, numbers.Integral) and abs(int(value)) <= _LARGEST_WHOLE:
            return int(value)
        if is_number(value) and not isinstance(value, int) and math.isfinite(value):
            return float(value)
        raise self.refuse(f"{describe(value)} in it")

    def parse(self, text: str) -> base.Json:
        """Take JSON text; anything else is refused."""
        try:
            return self.coerce(parse_json(text))
        except ValueError as error:
            raise self.refuse(
                f"{describe(text)}, which is not JSON ({error})", 'Texts stand in quotes: "fox".'
            ) from error

    def to_wire(self, value: base.Json) -> base.Json:
        """Return the value as it is."""
        return value
