"""What lies in a repository: looked at before it is written to the disk, and once more after that."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gesso.errors import FetchError
from gesso.types.given import size

_ENTRY: Final = re.compile(r"(?P<mode>\d{6}) \w+ [0-9a-f]+ +(?P<size>\d+|-)\t(?P<path>.*)")
_SUBMODULE: Final = "160000"
_MOST_FILES: Final = 100_000  # a small repository can be made to have a million million
_MOST_BYTES: Final = 20_000_000_000
_POINTER: Final = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?size (?P<size>\d+)\n")
_POINTER_BYTES: Final = 1024


class Contents:
    """Counts the files of a commit as `git ls-tree -r -l` prints them; too much raises `FetchError` at once."""

    def __init__(self) -> None:
        self.files = 0
        self.size_bytes = 0
        self.submodules: list[str] = []

    def hear(self, line: str) -> None:
        """Take a line."""
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            return
        self.files += 1
        self.size_bytes += int(entry["size"]) if entry["size"] != "-" else 0
        if entry["mode"] == _SUBMODULE:
            self.submodules.append(entry["path"])
        if self.files > _MOST_FILES or self.size_bytes > _MOST_BYTES:
            raise FetchError(
                f"The repository is too large: more than {_MOST_FILES} files or {size(_MOST_BYTES)}.",
                hint="Clone it yourself, if you know what it is, and name the folder of the model.",
            )


def leaving_link(folder: Path) -> str | None:
    """Return the first symbolic link in a folder that leads out of it, or nowhere; None if there is none."""
    root = folder.resolve()
    for path in _walk(folder):
        if path.is_symlink():
            try:
                is_inside = path.resolve().is_relative_to(root)
            except (OSError, RuntimeError):  # it leads to itself
                is_inside = False
            if not is_inside or path.readlink().is_absolute():
                return path.relative_to(folder).as_posix()
    return None


def pointers(folder: Path) -> dict[str, int]:
    """Return the files that are only pointers to a Git LFS server: for each path the size of the real file in bytes."""
    found = {}
    for path in _walk(folder):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= _POINTER_BYTES:
            pointer = _POINTER.match(path.read_bytes())
            if pointer is not None:
                found[path.relative_to(folder).as_posix()] = int(pointer["size"])
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        for name in (*folders, *names):
            yield Path(where, name)
