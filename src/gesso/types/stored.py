"""Stored: what a file and a video share - bytes with a name, on the disk or in memory, that nothing here looks into."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from gesso.errors import DeclarationError, InputError
from gesso.types.base import DataType, Json, Packed
from gesso.types.file_names import plain_name
from gesso.types.given import describe, size
from gesso.types.source import file_size, from_data_uri, read_file, to_data_uri
from gesso.types.writing import write_file, written


class Stored:
    """A file: `Stored(path)` for one on the disk, `Stored(data, name="fox.txt")` for bytes in memory.

    `name` is a plain file name without folders.
    """

    def __init__(self, source: Path | bytes | bytearray | memoryview, *, name: str = "") -> None:
        self.name = plain_name(name or (source.name if isinstance(source, Path) else ""))
        self._path = source.absolute() if isinstance(source, Path) else None
        self._data = None if isinstance(source, Path) else source

    @property
    def data(self) -> bytes | bytearray | memoryview | None:
        """The bytes if they are in memory, None if they are on the disk."""
        return self._data

    @property
    def size_bytes(self) -> int:
        """The size; a file that is gone raises `InputError`."""
        return len(self._data) if self._data is not None else file_size(self.path, _refuse)

    def head(self, count: int) -> bytes:
        """Return the first `count` bytes."""
        if self._data is not None:
            return bytes(self._data[:count])
        return read_file(self.path, _refuse, limit_bytes=count, is_cut=True)

    @property
    def container(self) -> str:
        """How the bytes are built, as an ending (".mp4"), where that is known and matters, else ""."""
        return ""

    @property
    def media_type(self) -> str:
        """What the bytes are, for a data URI."""
        return "application/octet-stream"

    @property
    def path(self) -> Path:
        """A file on this machine with these bytes. One that was made for it lives as long as this object."""
        if self._path is None:
            folder = Path(tempfile.mkdtemp(prefix="gesso-"))
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            write_file(folder / self.name, self._data or b"")
            self._path = folder / self.name
        return self._path

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self.name == other.name and self.size_bytes == other.size_bytes and self.bytes() == other.bytes()

    __hash__ = None  # type: ignore[assignment]  # the file may change

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {'on the disk' if self._data is None else 'in memory'})"

    def bytes(self) -> bytes:
        """Return all bytes, read from the disk if they lie there; a file that is gone raises `InputError`."""
        if self._data is not None:
            return bytes(self._data)
        return read_file(self.path, _refuse, limit_bytes=self.size_bytes)


def _refuse(given: str, hint: str = "") -> InputError:
    return InputError("a file that can be read", given, hint=hint)


S = TypeVar("S", bound=Stored)


@dataclass(frozen=True, kw_only=True)
class StoredType(DataType[S], Generic[S]):
    """`max_size_bytes` is looked at before anything is read."""

    value_class: ClassVar[type[Any]]
    """The class that models see."""

    max_size_bytes: int = 1_000_000_000

    def __post_init__(self) -> None:
        if self.max_size_bytes < 1:
            raise DeclarationError(f"{self.title} cannot have at most {self.max_size_bytes} bytes.")

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Claim the value class."""
        return {} if annotation is cls.value_class else None

    @abstractmethod
    def fit(self, value: S) -> S:
        """Return a value that is not too large if it is what is asked for, or raise `InputError`."""

    def coerce(self, value: object) -> S:
        """Take the value itself, a `Path`, bytes, or a data URI; a text is never a path."""
        if isinstance(value, str):
            data, name = from_data_uri(value, self.refuse, limit_bytes=self.max_size_bytes)
            made: S = self.value_class(data, name=name)
        elif isinstance(value, Path | bytes | bytearray | memoryview):
            made = self.value_class(value)
        elif isinstance(value, self.value_class):
            made = value
        elif isinstance(value, Stored):  # a video is a file, and a file may be a video
            made = self.value_class(value.path if value.data is None else value.data, name=value.name)
        else:
            raise self.refuse(describe(value))
        size_bytes = file_size(made.path, self.refuse) if made.data is None else made.size_bytes
        if size_bytes > self.max_size_bytes:
            raise self.refuse(
                f"one of {size(size_bytes)}", f"The largest that is taken is {size(self.max_size_bytes)}."
            )
        return self.fit(made)

    def parse(self, text: str) -> S:
        """Take a data URI."""
        return self.coerce(text)

    def read(self, path: Path) -> S:
        """Take the file where it lies; its bytes are read when they are asked for."""
        return self.coerce(path)

    def decode(self, data: bytes) -> S:
        """Take the bytes of a file."""
        return self.coerce(data)

    def to_wire(self, value: S) -> Json:
        """Return a data URI with the file's name in it."""
        return to_data_uri(value.bytes(), value.media_type, name=value.name)

    def check_form(self, value: S, ending: str) -> None:
        """Raise `InputError` unless the value may be written to a file with this ending: nothing is converted."""
        self.check_ending(ending)
        if value.container not in ("", ending):
            given = f'the ending "{ending}" for one that is built as {value.container}'
            raise self.refuse(given, f"Name it {value.container}.")

    def write(self, value: S, path: Path) -> None:
        """Copy the file, or write the bytes."""
        self.check_form(value, path.suffix.lower())
        if value.data is not None:
            write_file(path, value.data)
            return
        file_size(value.path, _refuse)  # before the new one is begun, so that the error is about the old one
        with written(path) as unfinished:
            shutil.copyfile(value.path, unfinished)

    def encode(self, value: S, ending: str) -> bytes:
        """Return the bytes."""
        self.check_form(value, ending)
        return value.bytes()

    def pack(self, value: S) -> Packed:
        """Return the name, and the bytes if they are in memory or the path if they are on the disk."""
        if value.data is None:
            return Packed({"name": value.name, "path": str(value.path)})
        return Packed({"name": value.name}, [value.data])

    def unpack(self, packed: Packed) -> S:
        """Make the value again: on the memory of the buffer, or on the file."""
        try:
            source = packed.buffers[0] if packed.buffers else Path(packed.header["path"])
            made: S = self.value_class(source, name=packed.header["name"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self.refuse("a damaged message") from error
        return made
