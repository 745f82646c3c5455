"""Shared memory without a name: nothing can be left behind, however the processes end.

Linux has anonymous memory files (`memfd_create`, man 2 memfd_create); elsewhere it is a temporary file that is unlinked
as soon as it is open (macOS) or goes with its last handle (Windows, `O_TEMPORARY`). Either way a worker gets the file
as an inherited descriptor or by its path, and the system frees it when the last process that holds it ends.
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Final

if sys.platform == "linux":
    import fcntl

GRANULARITY: Final = max(mmap.ALLOCATIONGRANULARITY, 64 * 1024)
"""Mappings begin and end at multiples of this many bytes: what every system can map."""


def create() -> tuple[int, str]:
    """Make an empty shared memory file. Returns its descriptor, and its path where it has one (Windows)."""
    if sys.platform == "linux":
        file = os.memfd_create("gesso", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        fcntl.fcntl(
            file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        )  # a model cannot cut it off under us
        return file, ""
    elif sys.platform == "win32":  # untested: after the documentation of _open, O_TEMPORARY
        path = Path(tempfile.gettempdir()) / f"gesso-{secrets.token_hex(16)}.shm"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_BINARY | os.O_TEMPORARY
        return os.open(path, flags), str(path)
    else:
        file, name = tempfile.mkstemp(prefix="gesso-", suffix=".shm")
        Path(name).unlink()
        return file, ""


def attach(address: str) -> int:
    """Open the shared memory that the parent named: a descriptor's number, or a path (Windows)."""
    if address.isdigit():
        return int(address)
    flags = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_TEMPORARY", 0)
    return os.open(address, flags)


def extend(file: int, size: int) -> None:
    """Make the file `size` bytes long. That takes no memory yet."""
    os.ftruncate(file, size)


def take(file: int, *, offset: int, size: int) -> None:
    """Take memory for a part of the file. Raises `OSError` where there is none.

    The memory is taken now where the system can (`posix_fallocate`), because touching a page that cannot be had would
    end the process with a bus error. Linux hands out anonymous memory until it must kill somebody, so that what is
    available is asked first.
    """
    if size > available_bytes():
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, offset, size)


def available_bytes() -> int:
    """Return how much memory the system can give without swapping, in bytes; where it does not say, no limit."""
    try:
        with Path("/proc/meminfo").open("rb") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith(b"MemAvailable:")) * 1024
    except (OSError, StopIteration):
        return sys.maxsize


def view(file: int, *, offset: int, size: int) -> mmap.mmap:
    """Map `size` bytes at `offset`; both are multiples of `GRANULARITY`."""
    return mmap.mmap(file, size, offset=offset)


def give_back(mapped: mmap.mmap, *, offset: int, size: int) -> None:
    """Return the pages of a part of a mapping to the system; the place stays usable and reads as zeros."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a file system that cannot punch holes keeps the pages: no harm
            mapped.madvise(mmap.MADV_REMOVE, offset, size)
