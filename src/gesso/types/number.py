"""Number: a whole or fractional number, with limits and a step."""

from __future__ import annotations

import contextlib
import math
import numbers
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from gesso.errors import DeclarationError, InputError
from gesso.types.base import DataType, Json
from gesso.types.given import describe, is_number

_ROUNDING: Final = 1e-9  # by so much, relatively, a number may miss a step: for a person, 0.1 + 0.2 is 3 times 0.1
_LARGEST_WHOLE: Final = 2**63 - 1  # what JSON readers, msgspec and databases all hold
_WHOLE: Final = re.compile(r"[+-]?\d+")
# With any digits that Unicode knows; but no 1_000, which Python takes, and no nan.
_WRITTEN: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_LONGEST_WRITTEN: Final = 400  # digits of the largest float, and more


@dataclass(frozen=True, kw_only=True)
class NumberType(DataType[float]):
    """`ge <= number <= le`, both included; `step` counts from `ge` (or 0); `is_integer` for `int`."""

    name: ClassVar[str] = "number"
    title: ClassVar[str] = "a number"
    widget: ClassVar[str] = "number"
    reads: ClassVar[tuple[str, ...]] = (".json", ".txt")
    writes: ClassVar[tuple[str, ...]] = (".json", ".txt")

    is_integer: bool = False
    ge: float | None = None
    le: float | None = None
    step: float | None = None

    def __post_init__(self) -> None:
        least = -_LARGEST_WHOLE if self.ge is None else self.ge
        most = _LARGEST_WHOLE if self.le is None else self.le
        if least > most:
            raise DeclarationError(f"The smallest number allowed ({least:g}) is larger than the largest ({most:g}).")
        if self.is_integer and math.ceil(least) > math.floor(most):
            raise DeclarationError(f"There is no whole number from {least:g} to {most:g}.")
        if self.step is not None and self.step <= 0:
            raise DeclarationError(f"The step of a number must be larger than 0, not {self.step}.")

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Claim `int` and `float`."""
        return {"is_integer": True} if annotation is int else {} if annotation is float else None

    def schema(self) -> dict[str, Json]:
        """Return `{"type": "integer" | "number"}` with the limits."""
        schema: dict[str, Json] = {"type": "integer" if self.is_integer else "number"}
        words = {"minimum": self.ge, "maximum": self.le, "multipleOf": self.step if not self.ge else None}
        return schema | {word: limit for word, limit in words.items() if limit is not None}

    @property
    def expected(self) -> str:
        """Say the kind and the limits: "a whole number from 2 to 32"."""
        kind = "a whole number" if self.is_integer else "a number"
        if self.ge is not None and self.le is not None:
            limits = f" from {self.ge:.12g} to {self.le:.12g}"
        elif self.ge is not None:
            limits = f" of at least {self.ge:.12g}"
        else:
            limits = "" if self.le is None else f" of at most {self.le:.12g}"
        return kind + limits + ("" if self.step is None else f" in steps of {self.step:.12g}")

    def sample(self) -> float:
        """Return a number near 0 that is allowed."""
        low, high = -math.inf if self.ge is None else self.ge, math.inf if self.le is None else self.le
        near = min(max(0.0, low), high)
        step = self._nearest_step(near)
        for number in (near, math.ceil(near), math.floor(near), step, step - (self.step or 0), step + (self.step or 0)):
            with contextlib.suppress(InputError):
                return self.coerce(number)
        return self.coerce(low)

    def coerce(self, value: object) -> float:
        """Take a number of Python or numpy, or text that is one; refuse booleans, NaN and infinity.

        Gives an `int` if `is_integer` (at most 63 bits) and a `float` if not.
        """
        number = self._whole(value) if self.is_integer else self._fraction(value)
        if (self.ge is not None and number < self.ge) or (self.le is not None and number > self.le):
            raise self.refuse(describe(number))
        nearest = self._nearest_step(number)
        if not math.isclose(number, nearest, rel_tol=_ROUNDING, abs_tol=_ROUNDING * (self.step or 1)):
            raise self.refuse(describe(number), f"Try {nearest:.12g}.")
        return number

    def _nearest_step(self, number: float) -> float:
        if self.step is None:
            return number
        start = self.ge or 0
        steps = (number - start) / self.step
        return start + round(steps) * self.step if math.isfinite(steps) else number

    def _whole(self, value: object) -> int:
        if isinstance(value, str) and len(value) <= _LONGEST_WRITTEN and _WHOLE.fullmatch(value.strip()):
            value = int(value)  # not by way of a float, which is exact only up to 53 bits
        if not isinstance(value, bool) and isinstance(value, numbers.Integral):
            number = int(value)
        else:
            fraction = self._fraction(value)
            number = int(fraction)
            if number != fraction:
                raise self.refuse(describe(fraction), f"Try {round(fraction)}.")
        if abs(number) > _LARGEST_WHOLE:
            raise self.refuse(describe(number))
        return number

    def _fraction(self, value: object) -> float:
        if isinstance(value, str):
            return self._written(value)
        if not is_number(value):
            raise self.refuse(describe(value))
        try:
            number = float(value)
        except OverflowError as error:
            raise self.refuse(describe(value)) from error
        if not math.isfinite(number):
            raise self.refuse(describe(value))
        return number

    def _written(self, text: str) -> float:
        plain = text.strip()
        if len(plain) > _LONGEST_WRITTEN or not _WRITTEN.fullmatch(plain):
            with_point = plain.replace(",", ".", 1)
            is_comma = "," in plain and _WRITTEN.fullmatch(with_point) is not None
            raise self.refuse(describe(text), f"Write {with_point}, with a point." if is_comma else "")
        number = float(plain)
        if not math.isfinite(number):
            raise self.refuse(describe(text))
        return number

    def to_wire(self, value: float) -> Json:
        """Return a JSON number."""
        return value
