"""Passing on: a frame that came from one worker goes to another without a copy of its own.

The host looks at the first worker's memory and tells the second one where it lies; that one maps it privately, so that
it may draw into its frame without changing anybody else's. The host keeps the frame until the second gives it back.
Linux only, where a process of the same user may open another's files by `/proc`; elsewhere, and where that is
forbidden, frames are copied.
"""

from __future__ import annotations

import mmap
import os
import sys
import weakref
from collections import OrderedDict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesso.errors import RunError
from gesso.messages.value import Slot
from gesso.types.base import Buffer

LEAST_BYTES: Final = 512 * 1024
"""Below this, a copy costs less than a mapping."""
_OPEN_FILES: Final = 16


def address_of(file: int) -> str:
    """Return how other processes open a memory file of this process, or "" where they cannot.

    The number of its inode stands before the path: descriptors are used again, and then the path names another file.
    """
    if sys.platform == "linux":
        return f"{os.fstat(file).st_ino}:/proc/{os.getpid()}/fd/{file}"
    else:
        return ""


def open_at(address: str) -> int:
    """Open a memory file that another process names. Raises `OSError` if it cannot be, or is another by now."""
    inode, _, path = address.partition(":")
    file = os.open(path, os.O_RDONLY)
    if os.fstat(file).st_ino != int(inode):
        os.close(file)
        raise FileNotFoundError(address)
    return file


def can_open(address: str) -> bool:
    """Say whether a memory file can be opened; none ("") cannot."""
    try:
        os.close(open_at(address))
    except (OSError, ValueError):
        return False
    return True


class Held:
    """What the host holds of its workers' memories, by where it lies in the host's own."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[str, Slot]] = {}

    def note(self, lease: NDArray[Any], address: str, *, slot: Slot) -> None:
        """Note that `lease` is the slot of a memory that others open by `address`."""
        if address and slot.size >= LEAST_BYTES:
            where = lease.ctypes.data
            self._held[where] = (address, slot)
            weakref.finalize(lease, self._held.pop, where, None).atexit = False

    def forget(self, address: str) -> None:
        """Pass nothing on from this memory any more: its process has ended, and nobody else can open it."""
        for where, (held_at, _) in list(self._held.items()):
            if held_at == address:
                self._held.pop(where, None)

    def find(self, buffer: Buffer) -> Slot | None:
        """Return how to name a buffer to another worker, if it lies in a worker's memory as it came."""
        if memoryview(buffer).nbytes < LEAST_BYTES or not self._held:
            return None
        data = np.frombuffer(buffer, np.uint8)
        address, slot = self._held.get(data.ctypes.data, ("", None))
        if slot is None or slot.size != data.nbytes:
            return None
        return Slot(0, 0, slot.offset, slot.size, memory=address)


class PrivateViews:
    """Looks at the memories of processes that are not the other end of the line."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, int] = OrderedDict()

    def view(self, slot: Slot) -> mmap.mmap:
        """Map a slot so that what is written to it stays here."""
        try:
            file = self._open(slot.memory)
        except OSError as error:
            raise RunError("A frame is lost: the worker that made it has ended.", hint="Run it again.") from error
        return mmap.mmap(file, slot.size, access=mmap.ACCESS_COPY, offset=slot.offset)

    def _open(self, address: str) -> int:
        if address not in self._files:
            self._files[address] = open_at(address)
            if len(self._files) > _OPEN_FILES:
                os.close(self._files.popitem(last=False)[1])
        self._files.move_to_end(address)
        return self._files[address]
