"""File: any file, for models that read one by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, ClassVar

from gesso.errors import DeclarationError
from gesso.types.base import Json
from gesso.types.given import size
from gesso.types.stored import Stored, StoredType


class File(Stored):
    """Any file: `File(path)` for one on the disk, `File(data, name="notes.txt")` for bytes in memory."""


@dataclass(frozen=True, kw_only=True)
class FileType(StoredType[File]):
    """`extensions`: the endings that its name may have (".safetensors"), None for any."""

    name: ClassVar[str] = "file"
    title: ClassVar[str] = "a file"
    widget: ClassVar[str] = "file"
    reads: ClassVar[tuple[str, ...]] = ("*",)
    writes: ClassVar[tuple[str, ...]] = ("*",)
    value_class: ClassVar[type[Any]] = File

    extensions: Sequence[str] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for ending in self.extensions or ():
            if not isinstance(ending, str) or not ending.startswith(".") or ending != ending.lower():
                raise DeclarationError(f'The ending of a file is like ".png", in small letters, not {ending!r}.')

    def schema(self) -> dict[str, Json]:
        """Return a string: a data URI with the file's name in it."""
        return {
            "type": "string",
            "format": "uri",
            "description": f'A data URI of {self.expected}: "data:application/octet-stream;name=notes.txt;base64,...".',
        }

    @property
    def expected(self) -> str:
        """Say the endings and the size."""
        endings = f" that ends in {' or '.join(self.extensions)}" if self.extensions else ""
        return f"a file{endings} of at most {size(self.max_size_bytes)}"

    def sample(self) -> File:
        """Return a small text file in memory."""
        name = f"sample{self.extensions[0] if self.extensions else '.txt'}"
        return File(b"A fox in the snow.\n"[: self.max_size_bytes], name=name)

    def fit(self, value: File) -> File:
        """Return the file if its name has one of the endings; bytes that came without a name get the first."""
        if not self.extensions or PurePath(value.name).suffix.lower() in self.extensions:
            return value
        if value.data is not None and "." not in value.name:
            return File(value.data, name=value.name + self.extensions[0])
        raise self.refuse(f'"{value.name}"')
