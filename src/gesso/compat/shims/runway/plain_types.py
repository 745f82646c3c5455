"""The data types that are JSON themselves, or nearly: texts, numbers, choices, rows of numbers, lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from runway.base_type import BaseType, Plain
from runway.exceptions import InvalidArgumentError, MissingArgumentError
from runway.utils import cast_to_obj, try_cast_np_scalar


class any(Plain):
    """Any JSON value."""

    def __init__(self, description: str | None = None) -> None:
        super().__init__("any", description=description)


class text(Plain):
    """A text. Its lengths are for people, and not checked."""

    def __init__(
        self,
        description: str | None = None,
        default: str | None = "",
        min_length: int = 0,
        max_length: int | None = None,
    ) -> None:
        super().__init__("text", description=description)
        self.default = default
        self.min_length = min_length
        self.max_length = max_length

    def serialize(self, value: Any, output_format: str | None = None) -> str:
        return str(value)

    def to_dict(self) -> dict[str, Any]:
        limits = {"maxLength": self.max_length} if self.max_length else {}
        return {**super().to_dict(), "default": self.default, "minLength": self.min_length, **limits}


class number(Plain):
    """A number. Its limits are for people, and not checked.

    A default that is missing or 0 falls through to `min`, then to `max`, then to 0: `number(min=0, max=9)` begins at 9.
    That is a slip of the original which models were tuned with, so it is kept.
    """

    def __init__(
        self,
        description: str | None = None,
        default: float | None = None,
        step: float | None = None,
        min: float | None = None,
        max: float | None = None,
    ) -> None:
        super().__init__("number", description=description)
        self.min = min
        self.max = max
        self.step = step
        self.default = default or self.min or self.max or 0

    def serialize(self, value: Any, output_format: str | None = None) -> Any:
        return try_cast_np_scalar(value)

    def to_dict(self) -> dict[str, Any]:
        limits = {"min": self.min, "max": self.max, "step": self.step}
        given = {word: limit for word, limit in limits.items() if limit is not None}
        return {**super().to_dict(), "default": self.default, **given}


class boolean(BaseType):
    """True or False, and nothing that is like it."""

    def __init__(self, description: str | None = None, default: bool = False) -> None:
        super().__init__("boolean", description=description)
        self.default = default

    def validate(self, value: Any) -> None:
        """Raise an error for anything else."""
        if type(value) is not bool:
            raise InvalidArgumentError(self.name, f"value type {type(value)} is not a boolean")

    def serialize(self, value: Any, output_format: str | None = None) -> bool:
        self.validate(value)
        return bool(value)

    def deserialize(self, value: Any) -> bool:
        self.validate(value)
        return bool(value)

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "default": self.default}


class category(Plain):
    """One of several choices: texts, numbers, whatever JSON has."""

    def __init__(
        self, description: str | None = None, choices: Sequence[Any] | None = None, default: Any = None
    ) -> None:
        super().__init__("category", description=description)
        if choices is None or len(choices) == 0:
            raise MissingArgumentError("choices")
        if default is not None and default not in choices:
            raise InvalidArgumentError(self.name, f"default argument {default} is not in choices list")
        self.choices = choices
        self.default = default or self.choices[0]

    def deserialize(self, value: Any) -> Any:
        if value not in self.choices:
            raise InvalidArgumentError(self.name, f'category value "{value}" does not appear in choices list.')
        return value

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "oneOf": self.choices, "default": self.default}


class vector(BaseType):
    """A row of numbers. A client draws a random one from the normal distribution that the two words say."""

    def __init__(
        self,
        length: int | None = None,
        description: str | None = None,
        default: Sequence[float] | None = None,
        sampling_mean: float = 0,
        sampling_std: float = 1,
    ) -> None:
        super().__init__("vector", description=description)
        if default is not None and length is None:
            length = len(default)
        elif default is not None and len(default) != length:
            raise InvalidArgumentError(self.name, "default argument does not match expected length")
        if length is None:
            raise MissingArgumentError("length")
        self.length = length
        self.sampling_mean = sampling_mean
        self.sampling_std = sampling_std
        self.default = default

    def serialize(self, value: Any, output_format: str | None = None) -> Any:
        return value.tolist()

    def deserialize(self, value: Any) -> Any:
        return np.array(value)

    def to_dict(self) -> dict[str, Any]:
        sampling = {"samplingMean": self.sampling_mean, "samplingStd": self.sampling_std}
        default = self.default.tolist() if isinstance(self.default, np.ndarray) else self.default
        return {**super().to_dict(), "length": self.length, **sampling, "default": default}


class array(BaseType):
    """A list of values of another type. Its lengths are for people, and not checked."""

    def __init__(
        self,
        item_type: Any = None,
        description: str | None = None,
        min_length: int = 0,
        max_length: int | None = None,
    ) -> None:
        super().__init__("array", description=description)
        if item_type is None:
            raise MissingArgumentError("item_type")
        self.item_type: Any = cast_to_obj(item_type)
        self.item_type.name = f"{self.item_type.type}_array_item"
        self.min_length = min_length
        self.max_length = max_length

    def serialize(self, value: Any, output_format: str | None = None) -> list[Any]:
        return [self.item_type.serialize(item) for item in value]

    def deserialize(self, value: Any) -> list[Any]:
        return [self.item_type.deserialize(item) for item in value]

    def to_dict(self) -> dict[str, Any]:
        limits = {"maxLength": self.max_length} if self.max_length else {}
        return {**super().to_dict(), "itemType": self.item_type.to_dict(), "minLength": self.min_length, **limits}
