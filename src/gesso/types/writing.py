"""Write a file that a person asked for: whole, in one go, so that an older one of that name is lost to nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gesso.errors import DiskFullError, StorageError
from gesso.types.given import describe_name

_FULL: Final = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}  # Windows knows no quota by number
_PROTECTED: Final = {errno.EACCES, errno.EPERM, errno.EROFS}
_HINT: Final = "Choose another folder with -o."


def write_file(path: Path, data: bytes | bytearray | memoryview) -> None:
    """Write a file, or raise `StorageError` if that cannot be."""
    with written(path) as unfinished:
        unfinished.write_bytes(data)


@contextlib.contextmanager
def written(path: Path) -> Iterator[Path]:
    """Give a path beside the file to write to; it becomes the file at the end, or goes if anything fails.

    A file that is there keeps its rights, and a link still leads to it. What is no ordinary file, a pipe or a device,
    is written to as it is. Raises `StorageError` in words for what the system says.
    """
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file() and not target.is_dir():
            yield target
            return
        with _beside(target) as unfinished:
            yield unfinished
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise trouble(path, error) from error


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[Path]:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    unfinished = target.with_name(f".gesso-{secrets.token_hex(8)}")
    try:
        with unfinished.open("xb"):
            pass
        yield unfinished
        if target.exists():
            unfinished.chmod(target.stat().st_mode & 0o777)
        unfinished.replace(target)
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def trouble(path: Path, error: Exception) -> StorageError:
    """Return the error that says why a file cannot be written, and what to do."""
    words = reason(error, path)
    if is_full(error):
        message = f"{describe_name(path)} cannot be written: {words}. Nothing half-written was kept."
        return DiskFullError(message, hint=f"Delete what you no longer need. {_HINT}")
    return StorageError(f"{describe_name(path)} cannot be written: {words}.", hint=_HINT)


def is_full(error: Exception) -> bool:
    """Say whether what the system has against a file is that there is no room for it."""
    return isinstance(error, OSError) and error.errno in _FULL


def reason(error: Exception, path: Path) -> str:
    """Say in words why a file cannot be written: "the disk is full", '"ro" is write-protected'."""
    number = error.errno if isinstance(error, OSError) else None
    if is_full(error):
        return "the disk is full"
    above = _nearest_above(path)
    if above is not None and not above.is_dir():
        return f"{describe_name(above)} is a file, not a folder"
    if number == errno.EISDIR:
        return "it is a folder"
    if number in _PROTECTED:
        is_file_protected = os.access(path.parent, os.W_OK) and path.exists()
        return f"{describe_name(path if is_file_protected else path.parent)} is write-protected"
    if number == errno.ENOENT:
        return "it is not there" if path.parent.is_dir() else f"there is no folder {describe_name(path.parent)}"
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return "that is not a possible name"


def _nearest_above(path: Path) -> Path | None:
    """Return the nearest thing above a path that is there."""
    try:
        return next((above for above in path.parents if above.exists()), None)
    except (OSError, ValueError):
        return None
