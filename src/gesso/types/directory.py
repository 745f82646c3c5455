"""Directory: a folder with files, for models that read one by themselves."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from gesso.errors import DeclarationError
from gesso.types.base import DataType, Json, Packed
from gesso.types.file_names import check_relative_name
from gesso.types.given import describe, describe_name, size
from gesso.types.source import from_data_uri, read_file, refuse_broken_name, to_data_uri
from gesso.types.writing import trouble, written


class Directory:
    """A folder on this machine: `path`. Iterating gives the path of each file in it and below.

    They come in alphabetical order, those of a folder before those of the folders in it. What is no ordinary file is
    passed over, and so is each link that leads out of the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def __iter__(self) -> Iterator[Path]:
        root = self.path.resolve()
        for folder, folders, names in os.walk(root):
            folders.sort()
            for path in sorted(Path(folder, name) for name in names):
                if path.is_file() and path.resolve().is_relative_to(root):
                    yield self.path / path.relative_to(root)

    def relative_names(self) -> list[str]:
        """Return the names of the files from the folder on, with /: "photos/fox.png"."""
        return [path.relative_to(self.path).as_posix() for path in self]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Directory):
            return NotImplemented
        names = self.relative_names()
        return names == other.relative_names() and all(
            (self.path / name).read_bytes() == (other.path / name).read_bytes() for name in names
        )

    __hash__ = None  # type: ignore[assignment]  # the files may change

    def __repr__(self) -> str:
        return f"Directory({str(self.path)!r})"


@dataclass(frozen=True, kw_only=True)
class DirectoryType(DataType[Directory]):
    """`max_files` and `max_size_bytes` count all files in the folder and below."""

    name: ClassVar[str] = "directory"
    title: ClassVar[str] = "a folder"
    widget: ClassVar[str] = "directory"
    reads: ClassVar[tuple[str, ...]] = ("/",)
    writes: ClassVar[tuple[str, ...]] = ("/",)

    max_files: int = 10_000
    max_size_bytes: int = 10_000_000_000

    def __post_init__(self) -> None:
        if self.max_files < 1 or self.max_size_bytes < 1:
            raise DeclarationError("A folder must be allowed to hold at least one file and one byte.")

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Claim `Directory`."""
        return {} if annotation is Directory else None

    def schema(self) -> dict[str, Json]:
        """Return an object: `{"files": {name: data URI}}`."""
        files = {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}
        return {
            "type": "object",
            "description": f'{self.expected[0].upper()}{self.expected[1:]}, by name ("photos/fox.png"), as data URIs.',
            "properties": {"files": {**files, "maxProperties": self.max_files}},
            "required": ["files"],
            "additionalProperties": False,
        }

    @property
    def expected(self) -> str:
        """Say the limits."""
        return f"a folder of at most {self.max_files} files and {size(self.max_size_bytes)}"

    def sample(self) -> Directory:
        """Return a folder with one small file; it lives as long as this object."""
        return self._made({"notes/fox.txt": b"A fox in the snow.\n"[: self.max_size_bytes]})

    def coerce(self, value: object) -> Directory:
        """Take a folder, its `Path`, or its wire form; a text is never a path."""
        if isinstance(value, Mapping):
            return self._made(self._from_wire(value))
        if isinstance(value, Path):
            value = Directory(value)
        if not isinstance(value, Directory):
            raise self.refuse(describe(value), "On the command line, write @ before its name.")
        self._check(value)
        return value

    def _check(self, value: Directory) -> None:
        count = size_bytes = 0
        refuse_broken_name(value.path, self.refuse)
        try:
            if not stat.S_ISDIR(value.path.stat().st_mode):
                raise self.refuse(f"a file ({describe_name(value.path)})")
            for path in value:
                refuse_broken_name(path, self.refuse)
                count, size_bytes = count + 1, size_bytes + path.stat().st_size
                if count > self.max_files or size_bytes > self.max_size_bytes:
                    raise self.refuse("one with more" if count > self.max_files else "a larger one")
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            raise self.refuse(f"one that cannot be opened ({describe_name(value.path)})") from error

    def _from_wire(self, value: Mapping[object, object]) -> dict[str, bytes]:
        files = value.get("files")
        if set(value) != {"files"} or not isinstance(files, Mapping):
            raise self.refuse(describe(value), 'A folder travels as {"files": {name: data URI}}.')
        if len(files) > self.max_files:
            raise self.refuse(f"one of {len(files)} files")
        left, made = self.max_size_bytes, {}
        for name, uri in files.items():
            if not isinstance(name, str) or not isinstance(uri, str):
                raise self.refuse(describe(value), 'A folder travels as {"files": {name: data URI}}.')
            made[check_relative_name(name, self.refuse)] = data = from_data_uri(uri, self.refuse, limit_bytes=left)[0]
            left -= len(data)
            if left < 0:
                raise self.refuse("a larger one")
        return made

    def _made(self, files: Mapping[str, bytes]) -> Directory:
        directory = Directory(Path(tempfile.mkdtemp(prefix="gesso-")))
        weakref.finalize(directory, shutil.rmtree, directory.path, ignore_errors=True)
        for name, data in files.items():
            path = directory.path / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    file.write(data)
            except OSError as error:  # "a" and "a/b"; "Fox" and "fox", where that is the same
                raise self.refuse(f"two files, or a file and a folder, of one name ({name})") from error
        return directory

    def read(self, path: Path) -> Directory:
        """Take the folder where it lies."""
        return self.coerce(path)

    def write(self, value: Directory, path: Path) -> None:
        """Copy the files into a folder, which is made if it is not there."""
        for name in value.relative_names():
            target = path / name
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise trouble(target, error) from error
            with written(target) as unfinished:
                shutil.copyfile(value.path / name, unfinished)

    def to_wire(self, value: Directory) -> Json:
        """Return `{"files": {name: data URI}}`."""
        self._check(value)
        files = {name: read_file(value.path / name, self.refuse) for name in value.relative_names()}
        return {"files": {name: to_data_uri(data, "application/octet-stream") for name, data in files.items()}}

    def pack(self, value: Directory) -> Packed:
        """Return the path: the other process is on the same machine."""
        return Packed({"path": str(value.path)})

    def unpack(self, packed: Packed) -> Directory:
        """Make the value again, on the same folder."""
        try:
            return Directory(Path(packed.header["path"]))
        except (KeyError, TypeError) as error:
            raise self.refuse("a damaged message") from error
