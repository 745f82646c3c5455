"""Boolean: yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from gesso.types.base import DataType, Json
from gesso.types.given import describe, is_number

_WORDS: Final = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


@dataclass(frozen=True, kw_only=True)
class BooleanType(DataType[bool]):
    """It has no constraints."""

    name: ClassVar[str] = "boolean"
    title: ClassVar[str] = "yes or no"
    widget: ClassVar[str] = "boolean"
    reads: ClassVar[tuple[str, ...]] = (".json", ".txt")
    writes: ClassVar[tuple[str, ...]] = (".json", ".txt")

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Claim `bool`."""
        return {} if annotation is bool else None

    def schema(self) -> dict[str, Json]:
        """Return `{"type": "boolean"}`."""
        return {"type": "boolean"}

    @property
    def expected(self) -> str:
        """Say the two values."""
        return "yes or no (true or false)"

    def sample(self) -> bool:
        """Return True."""
        return True

    def coerce(self, value: object) -> bool:
        """Take a boolean of Python or numpy, the numbers 1 and 0 (OSC has no other), or a word: yes, no, on, off."""
        if isinstance(value, str):
            value = _WORDS.get(value.strip().lower(), value)
        if isinstance(value, bool | np.bool_):
            return bool(value)
        if is_number(value) and value in (0, 1):
            return bool(value)
        raise self.refuse(describe(value))

    def to_wire(self, value: bool) -> Json:
        """Return true or false."""
        return value
