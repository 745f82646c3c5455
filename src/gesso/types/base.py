"""What every data type can do: declare itself, check, convert, travel and lie in a file.

A data type is one file in this folder with one subclass of `DataType` and the value class that models see. The file's
name is the type's name: `"image"` in a spec is `ImageType` in `types/image.py`. Nothing else lists the types.

Three doors lead to a value, and they are kept apart because they trust differently:

* `coerce(value)` takes what a program or a client sends: a value of the type, its close relatives in Python (a PIL
  picture, a numpy array), or the wire form in JSON. A string is never taken for a path.
* `parse(text)` takes what a person typed at a terminal or into a URL.
* `read(path)` takes a file that a person named.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, ClassVar, Generic, Self, TypeVar, get_args, get_origin, get_type_hints

from gesso.errors import DeclarationError, InputError
from gesso.types.given import describe_bytes
from gesso.types.source import parse_json, read_file
from gesso.types.writing import write_file

V = TypeVar("V")

Json = Any  # None, bool, int, float, str, list or dict of them: `Any`, because recursive aliases stop at msgspec
Buffer = bytes | bytearray | memoryview  # raw memory


@dataclass(frozen=True)
class Packed:
    """A value on its way to another process: a small JSON header and the big parts as raw bytes."""

    header: Json
    buffers: Sequence[Buffer] = ()


@dataclass(frozen=True, kw_only=True)
class DataType(ABC, Generic[V]):
    """One kind of value with its limits.

    The dataclass fields are the constraint words of the type (`ge`, `max_length`, `channels`, ...): plain JSON values
    with a default each, which together are the type's `constraints` in a spec.
    """

    name: ClassVar[str]
    """The type's name in specs and schemas, equal to the name of its file."""
    title: ClassVar[str]
    """The type in words, with its article, for messages: "a picture"."""
    widget: ClassVar[str]
    """The studio's widget for it: the file `studio/src/widgets/<widget>.tsx`."""
    reads: ClassVar[tuple[str, ...]] = (".json",)
    """File name endings it is read from, lower case with the dot; "*" is any, "/" a folder."""
    writes: ClassVar[tuple[str, ...]] = (".json",)
    """File name endings it is written to, the usual one first; "*" is any, "/" a folder."""
    max_bytes: ClassVar[int] = 64 * 1024 * 1024
    """The largest file or data URI that is read into memory."""
    is_generic: ClassVar[bool] = False
    """Whether it claims an annotation only when no other type does."""

    # -- declare ------------------------------------------------------------------------------------------------------

    @classmethod
    @abstractmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Say whether a Python annotation (without its `Annotated`) means this type.

        Returns the constraint words that the annotation itself implies (`Literal["a", "b"]` implies `choices`), or
        None if the annotation means something else.
        """

    @classmethod
    def declare(cls, words: Mapping[str, Json]) -> Self:
        """Make the type from constraint words; an unknown or contradictory word raises `DeclarationError`."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(words) - known)
        if unknown:
            raise DeclarationError(
                f"{_upper(cls.title)} does not know the constraint {unknown[0]!r}.",
                hint=f"It knows: {', '.join(sorted(known)) or 'none'}.",
            )
        missing = sorted(field.name for field in fields(cls) if field.default is MISSING and field.name not in words)
        if missing:
            raise DeclarationError(f"{_upper(cls.title)} needs the constraint {missing[0]!r}.")
        plain = _as_json(words, cls.title)
        for word, value in plain.items():
            if not _fits(value, _word_types(cls)[word]):
                raise DeclarationError(f"The constraint {word} of {cls.title} cannot be {value!r}.")
        return cls(**plain)

    @property
    def constraints(self) -> dict[str, Json]:
        """The constraint words that differ from their defaults, as JSON: what a spec keeps of the type."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.default is MISSING or getattr(self, field.name) != field.default
        }

    @abstractmethod
    def schema(self) -> dict[str, Json]:
        """Return the JSON schema (2020-12) of the wire form."""

    @property
    @abstractmethod
    def expected(self) -> str:
        """What is wanted, in words for a message: "a whole number from 2 to 32"."""

    @abstractmethod
    def sample(self) -> V:
        """Return a small valid value, the same each time, for trials and documentation."""

    # -- check --------------------------------------------------------------------------------------------------------

    @abstractmethod
    def coerce(self, value: object) -> V:
        """Turn what a program or a client sends into a value within the limits, or raise `InputError`."""

    def parse(self, text: str) -> V:
        """Turn what a person typed into a value, or raise `InputError`. Usually: JSON, else the text itself."""
        try:
            value = parse_json(text)
        except ValueError:
            value = text
        return self.coerce(value)

    # -- convert ------------------------------------------------------------------------------------------------------

    @abstractmethod
    def to_wire(self, value: V) -> Json:
        """Return the value as JSON for a client; `coerce` takes it back."""

    def pack(self, value: V) -> Packed:
        """Return the value for another process of this machine; big parts as buffers, not copied."""
        return Packed(self.to_wire(value))

    def unpack(self, packed: Packed) -> V:
        """Make the value again from `pack`'s result; it shares the buffers' memory.

        The limits are not checked again; a header that does not fit its buffers raises `InputError`.
        """
        return self.coerce(packed.header)

    # -- files --------------------------------------------------------------------------------------------------------

    def read(self, path: Path) -> V:
        """Read the value from a file that a person named, or raise `InputError`."""
        return self.decode(read_file(path, self.refuse, limit_bytes=self.max_bytes))

    def write(self, value: V, path: Path) -> None:
        """Write the value to a file whose ending is one of `writes`; another ending raises `InputError`."""
        write_file(path, self.encode(value, path.suffix.lower()))

    def decode(self, data: bytes) -> V:
        """Make the value from what a file holds, whatever its name, or raise `InputError`."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.refuse(describe_bytes(data)) from error
        return self.parse(text)

    def encode(self, value: V, ending: str) -> bytes:
        """Return what a file with this ending holds of the value; one not in `writes` raises `InputError`."""
        self.check_ending(ending)
        return (json.dumps(self.to_wire(value), indent=2, ensure_ascii=False) + "\n").encode()

    def check_ending(self, ending: str) -> None:
        """Raise `InputError` unless files with this ending can be written."""
        if ending not in self.writes and "*" not in self.writes:
            given = f'one that ends in "{ending}"' if ending else "one without an ending"
            raise InputError(f"a file name that ends in {' or '.join(self.writes)}", given)

    # -- words --------------------------------------------------------------------------------------------------------

    def refuse(self, given: str, hint: str = "") -> InputError:
        """Return the error that says what this type expects and what came instead."""
        return InputError(self.expected, given, hint=hint)


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _as_json(words: Mapping[str, Json], title: str) -> dict[str, Json]:
    """Return the words as they come back from a spec: tuples as lists, nothing that JSON cannot say."""
    try:
        plain: dict[str, Json] = parse_json(json.dumps(dict(words)))
    except (TypeError, ValueError, RecursionError) as error:
        raise DeclarationError(f"The constraints of {title} must be plain JSON values: {error}.") from error
    return plain


@cache
def _word_types(data_type: type[DataType[Any]]) -> dict[str, Any]:
    return get_type_hints(data_type)


def _fits(value: Json, wanted: Any) -> bool:
    """Say whether a JSON value is of the kind that a field's annotation says: `int | None`, `Sequence[Json]`, ..."""
    if isinstance(wanted, UnionType):
        return any(_fits(value, option) for option in get_args(wanted))
    kind = get_origin(wanted) or wanted
    if kind in (int, float):
        return isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
    return kind is Any or (isinstance(value, kind) and not (kind is Sequence and isinstance(value, str)))
