"""Writing what Gesso keeps: each file is there whole or not at all, also when the power fails.

What a person asked for is written by `types/writing.py`: with their rights, through their links, and not so slowly.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from gesso.errors import DiskFullError, StorageError
from gesso.types.writing import is_full, reason

UNFINISHED: Final = ".unfinished-"
"""How the names of temporary files begin."""


@contextmanager
def new_file(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Open a temporary file in a folder, which is made if need be. Whatever is not renamed inside is removed.

    Only the owner may read it. Raises `StorageError` if it cannot be made.
    """
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=UNFINISHED)
    path = Path(name)
    file = os.fdopen(descriptor, "w+b")
    try:
        yield file, path
    finally:
        with contextlib.suppress(OSError):  # what was not written before is not wanted
            file.close()
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove what a process that was killed has half written; for whoever alone writes there, before the first file."""
    for path in folder.glob(f"{UNFINISHED}*"):
        with contextlib.suppress(OSError):  # it stays a little longer then
            path.unlink()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file in one go: whoever reads it meanwhile, or after a crash, finds all of the old or of the new."""
    with new_file(path.parent) as (file, unfinished), explained(path):
        file.write(data)
        sync_file(file)
        file.close()
        move(unfinished, path)


def move(old: Path, new: Path) -> None:
    """Rename a file, over an older one of that name, and see that the name lasts."""
    with explained(new):
        new.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        old.replace(new)
        sync_folder(new.parent)


def sync_file(file: BinaryIO) -> None:
    """Wait until what was written lies on the disk itself."""
    file.flush()
    if sys.platform == "darwin":  # there fsync stops at the cache of the disk
        import fcntl

        fcntl.fcntl(file.fileno(), fcntl.F_FULLFSYNC)
    else:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder lie on the disk. Windows does so by itself, and opens no folders."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise what the system says against a file as a `StorageError` in words."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise disk_full(path) from error
        raise StorageError(
            f"{path} cannot be read or written: {reason(error, path)}.",
            hint="See that the folder is there and belongs to you, or name another one with GESSO_HOME.",
        ) from error


def disk_full(path: Path) -> DiskFullError:
    """Return the error that says that there is no room at a place."""
    return DiskFullError(
        f"There is no room left on the disk of {path}; nothing half-written was kept.",
        hint="Delete what you no longer need, jobs of Gesso or other files, and try again.",
    )
