"""Category: one of several choices."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, get_args, get_origin

from gesso.errors import DeclarationError
from gesso.types.base import DataType, Json
from gesso.types.given import describe
from gesso.types.source import parse_json

_MOST_SHOWN: Final = 12  # choices in a message
_LONGEST_COMPARED: Final = 100  # characters: difflib takes its time with more


@dataclass(frozen=True, kw_only=True)
class CategoryType(DataType[Json]):
    """`choices`: texts, numbers, true, false or null, all different.

    The model gets the choice itself. From an `Enum` the choices are the values of its members; the model gets such a
    value. Hence only an enum is taken whose members equal their values: a `StrEnum` or an `IntEnum`.
    """

    name: ClassVar[str] = "category"
    title: ClassVar[str] = "a category"
    widget: ClassVar[str] = "category"
    reads: ClassVar[tuple[str, ...]] = (".json", ".txt")
    writes: ClassVar[tuple[str, ...]] = (".json",)

    choices: Sequence[Json]

    def __post_init__(self) -> None:
        if not self.choices:
            raise DeclarationError("A category needs at least one choice.")
        if not all(choice is None or isinstance(choice, str | int | float) for choice in self.choices):
            raise DeclarationError("The choices of a category are texts, numbers, true, false or null.")
        if len({_written(choice) for choice in self.choices}) != len(self.choices):
            raise DeclarationError("The choices of a category must be different from each other, as texts too.")

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Claim `Literal[...]` and subclasses of `StrEnum` and `IntEnum`."""
        if get_origin(annotation) is Literal:
            return {"choices": [_value(choice) for choice in get_args(annotation)]}
        if not isinstance(annotation, type) or not issubclass(annotation, enum.Enum):
            return None
        if not all(member == member.value for member in annotation):
            raise DeclarationError(
                f"{annotation.__name__} is an Enum whose members are not equal to their values.",
                hint=f"Write `class {annotation.__name__}(StrEnum)`, or use Literal[...].",
            )
        return {"choices": [member.value for member in annotation]}

    def schema(self) -> dict[str, Json]:
        """Return `{"enum": choices}`."""
        return {"enum": list(self.choices)}

    @property
    def expected(self) -> str:
        """Say the choices, the first of them if they are many."""
        shown = [f'"{_written(choice)}"' for choice in self.choices[:_MOST_SHOWN]]
        left = len(self.choices) - len(shown)
        return "one of " + ", ".join(shown) + (f" and {left} more" if left else "")

    def sample(self) -> Json:
        """Return the first choice."""
        return self.choices[0]

    def coerce(self, value: object) -> Json:
        """Take a choice, or its text: "64" is the choice 64; another value gets the nearest choice as a hint."""
        value = _value(value)
        if value is None or isinstance(value, str | int | float):
            written = _written(value)
            for choice in self.choices:
                if written == _written(choice):
                    return choice
        raise self.refuse(describe(value), self._nearest(value))

    def parse(self, text: str) -> Json:
        """Take what was typed as the text of a choice."""
        return self.coerce(text)

    def decode(self, data: bytes) -> Json:
        """Read a file with the choice in it, as JSON or as plain text."""
        text = data.decode(errors="replace").strip()
        try:
            value = parse_json(text)
        except ValueError:
            value = text
        return self.coerce(value if isinstance(value, str) else text)

    def _nearest(self, value: object) -> str:
        if not isinstance(value, str):
            return ""
        by_case = {_written(choice).lower(): _written(choice) for choice in self.choices}
        near = difflib.get_close_matches(value[:_LONGEST_COMPARED].strip().lower(), by_case, n=1)
        return f'Did you mean "{by_case[near[0]]}"?' if near else ""

    def to_wire(self, value: Json) -> Json:
        """Return the choice."""
        return value


def _value(value: object) -> Json:
    return value.value if isinstance(value, enum.Enum) else value


def _written(choice: str | float | None) -> str:
    if choice is None or isinstance(choice, bool):
        return {True: "true", False: "false", None: "null"}[choice]
    is_whole = isinstance(choice, float) and choice.is_integer()  # JavaScript sends 64.0 as 64
    return str(int(choice)) if is_whole else str(choice)
