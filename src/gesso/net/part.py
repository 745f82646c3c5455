"""A file of which only a part has come: `<name>.part`, kept when a download is broken off, so that it can go on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from gesso.errors import CanceledError, FetchError
from gesso.types.given import size
from gesso.types.writing import is_full

_READ_BYTES: Final = 1 << 20


class Part:
    """The part of the file `path` that has come, and beside it the server's mark of the file's version (its ETag).

    `name` is what people call the file. `is_pieced` says whether it comes from more than one answer.
    """

    def __init__(self, path: Path, *, name: str) -> None:
        self._path = path
        self._name = name
        self._part = path.with_name(f"{path.name}.part")
        self._mark = path.with_name(f"{path.name}.part.etag")
        self._hash = hashlib.sha256()
        self.size_bytes = 0
        self.is_pieced = False

    @property
    def sha256(self) -> str:
        """The SHA-256, in hex, of what has come."""
        return self._hash.hexdigest()

    @property
    def mark(self) -> str:
        """What the server called this version of the file when its first byte came; "" if it did not say."""
        try:
            return self._mark.read_text(encoding="latin-1")
        except OSError:
            return ""

    def take_up(self, is_canceled: Callable[[], bool]) -> None:
        """Read what is there from an earlier download, about 1 GB in a second. Raises `CanceledError`."""
        if not self._part.exists():
            return
        with self._part.open("rb") as file:
            while block := file.read(_READ_BYTES):
                if is_canceled():
                    raise CanceledError("It was canceled.")
                self._hash.update(block)
                self.size_bytes += len(block)
        self.is_pieced = True

    def begin(self, mark: str) -> None:
        """Begin with the first byte of the version of the file that `mark` names."""
        self.remove()
        self._part.parent.mkdir(parents=True, exist_ok=True)
        self._part.touch()
        if mark:
            self._mark.write_text(mark, encoding="latin-1")

    @contextlib.contextmanager
    def writing(self) -> Iterator[Callable[[bytes], None]]:
        """Return what writes the next bytes. A full disk raises `FetchError`."""
        try:
            with self._part.open("ab") as file:

                def write(block: bytes) -> None:
                    file.write(block)
                    self._hash.update(block)
                    self.size_bytes += len(block)

                yield write
        except OSError as error:
            if is_full(error):
                raise self._no_room("it is full") from error
            raise FetchError(f"{self._name} cannot be written to {self._part}: {error.strerror or error}.") from error

    @property
    def free_bytes(self) -> int:
        """The room that is free on its disk."""
        return shutil.disk_usage(self._part.parent).free

    def require_room(self, more_bytes: int) -> None:
        """Raise `FetchError` unless so many bytes more have room on the disk."""
        free_bytes = self.free_bytes
        if more_bytes > free_bytes:
            raise self._no_room(f"{size(more_bytes)} are needed, and {size(free_bytes)} are free")

    def finish(self) -> None:
        """Give the file its own name, now that all of it is there and has been checked."""
        with self._part.open("rb+") as file:
            os.fsync(file.fileno())
        self._part.replace(self._path)
        self._mark.unlink(missing_ok=True)

    def remove(self) -> None:
        """Forget what has come."""
        self._part.unlink(missing_ok=True)
        self._mark.unlink(missing_ok=True)
        self._hash, self.size_bytes, self.is_pieced = hashlib.sha256(), 0, False

    def _no_room(self, why: str) -> FetchError:
        return FetchError(
            f"There is no room for {self._name} on the disk of {self._path.parent}: {why}.",
            hint="Make room and try again (it goes on where it was), or move Gesso's folder with GESSO_HOME.",
        )


def part_bytes(path: Path) -> int:
    """Return how many bytes of a file have come already."""
    try:
        return path.with_name(f"{path.name}.part").stat().st_size
    except OSError:
        return 0
