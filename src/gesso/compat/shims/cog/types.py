"""The types of Cog's inputs and outputs that Python itself does not have."""

from __future__ import annotations

import io
import mimetypes
import pathlib
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

Item_co = TypeVar("Item_co", covariant=True)

_ADDRESSES = ("data", "http", "https")

if sys.platform == "win32":
    _PlatformPath = pathlib.WindowsPath
else:
    _PlatformPath = pathlib.PosixPath  # up to Python 3.11, `pathlib.Path` itself cannot be derived from


class Path(_PlatformPath):
    """The path of a file on this machine: `pathlib.Path` under another name."""

    @classmethod
    def validate(cls, value: Any) -> pathlib.Path:
        """Return a path for a path, or for an address (data, http, https), whose content goes into a new file."""
        if isinstance(value, pathlib.Path):
            return value
        if _scheme(value) not in _ADDRESSES:
            return cls(value)
        content, name = _fetched(value)
        folder = cls(tempfile.mkdtemp())
        (folder / name).write_bytes(content)
        return folder / name

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        return _schema_of(cls.validate)

    @classmethod
    def __get_validators__(cls) -> Iterator[Any]:
        yield cls.validate


Weights = Path
"""The file that a model was trained into, as some versions called it: `setup(self, weights: Weights | None = None)`."""


class URLPath(Path):
    """A path that was made from an address. Here, a file is there before the model sees its path: only the name is."""


class File(io.IOBase):
    """An open file, the way before `Path`: what a model gets is opened for reading bytes."""

    @classmethod
    def validate(cls, value: Any) -> Any:
        """Return an open file for one, or for an address (data, http, https)."""
        if isinstance(value, io.IOBase) or hasattr(value, "read"):
            return value
        if _scheme(value) not in _ADDRESSES:
            raise ValueError(f"{_scheme(value)!r} is not a valid URL scheme: expected data, http or https")
        content, name = _fetched(value)
        opened = io.BytesIO(content)
        opened.name = name
        return opened

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        return _schema_of(cls.validate)

    @classmethod
    def __get_validators__(cls) -> Iterator[Any]:
        yield cls.validate


class URLFile(File):
    """An open file that was made from an address. Here, only the name is."""


@dataclass(frozen=True)
class Secret:
    """A text that must not be shown: printed, it is stars."""

    secret_value: str | None = None

    def __repr__(self) -> str:
        return f"Secret({self})"

    def __str__(self) -> str:
        return "" if self.secret_value is None else "**********"

    def get_secret_value(self) -> str | None:
        """Return the text itself."""
        return self.secret_value

    @classmethod
    def validate(cls, value: Any) -> Secret:
        """Return a secret for one, or for its text."""
        return value if isinstance(value, Secret) else cls(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        return _schema_of(cls.validate)

    @classmethod
    def __get_validators__(cls) -> Iterator[Any]:
        yield cls.validate


class ConcatenateIterator(Iterator[Item_co]):
    """What a model returns that writes a text piece by piece."""


class AsyncConcatenateIterator(AsyncIterator[Item_co]):
    """What an async model returns that writes a text piece by piece."""


def _scheme(value: Any) -> str:
    return urllib.parse.urlsplit(str(value)).scheme.lower()


def _fetched(address: str) -> tuple[bytes, str]:
    """Return what lies at an address, and a plain name for it."""
    with urllib.request.urlopen(address) as answer:
        content: bytes = answer.read()
        kind = answer.headers.get_content_type()
    if _scheme(address) == "data":
        return content, f"file{mimetypes.guess_extension(kind) or ''}"
    last = urllib.parse.unquote_plus(urllib.parse.urlsplit(address).path).rpartition("/")[2]
    return content, last.replace("\0", "_").replace("/", "_")[-200:] or "file"


def _schema_of(validate: Any) -> Any:
    from pydantic_core import core_schema  # a model that brings pydantic 2 may use our types in its own classes

    return core_schema.no_info_plain_validator_function(validate)
