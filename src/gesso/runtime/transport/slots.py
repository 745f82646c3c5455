"""Slots of shared memory: the sender writes and lends, the receiver looks without a copy and gives back.

A slot is lent with a message and is free again when the receiver's last view of it is gone (its reference count is that
of a numpy array). Slots are reused by size, so that a stream of equal frames touches the same warm pages again.
"""

from __future__ import annotations

import bisect
import mmap
import threading
import weakref
from collections.abc import Callable
from typing import Final

import numpy as np

from gesso.messages.value import Slot
from gesso.runtime.transport import memory
from gesso.types.base import Buffer

_KEPT_WARM_BYTES: Final = 128 * 2**20
"""Free slots keep their pages up to this many bytes in all; beyond it, pages go back to the system at once."""


def capacity_for(size: int) -> int:
    """Return the capacity of a slot for `size` bytes: at most a quarter more, so that near sizes share slots."""
    step = max(memory.GRANULARITY, 1 << max(size.bit_length() - 3, 0))
    return -(-size // step) * step


class SlotWriter:
    """The sender's side: copies buffers into slots of its own shared memory and keeps track of which are lent."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._end = 0
        self._lock = threading.Lock()
        self._mapped: dict[int, mmap.mmap] = {}
        self._free: list[tuple[int, int]] = []  # (capacity, offset), sorted
        self._cold: set[int] = set()  # free slots whose pages went back to the system

    @property
    def lent_bytes(self) -> int:
        """How much is lent now, in bytes of capacity."""
        with self._lock:
            return self._end - sum(capacity for capacity, _ in self._free)

    def write(self, buffer: Buffer) -> Slot:
        """Copy a buffer into a free slot and lend it. Raises `OSError` where there is no memory for it."""
        data = memoryview(buffer).cast("B")
        offset, capacity = self._take(capacity_for(len(data)))
        self._mapped[offset][: len(data)] = data
        return Slot(offset, capacity, len(data))

    def release(self, offset: int) -> None:
        """Take a slot back from the receiver."""
        with self._lock:
            mapped = self._mapped[offset]
            kept = sum(capacity for capacity, free in self._free if free not in self._cold)
            if kept + len(mapped) > _KEPT_WARM_BYTES:
                memory.give_back(mapped)
                self._cold.add(offset)
            bisect.insort(self._free, (len(mapped), offset))

    def _take(self, capacity: int) -> tuple[int, int]:
        with self._lock:
            found = bisect.bisect_left(self._free, (capacity, 0))
            if found < len(self._free) and self._free[found][0] <= 2 * capacity:
                capacity, offset = self._free.pop(found)
                self._cold.discard(offset)
                return offset, capacity
            offset = self._end
            memory.grow(self._file, offset=offset, size=capacity)
            self._mapped[offset] = memory.view(self._file, offset=offset, size=capacity)
            self._end += capacity
            return offset, capacity


class SlotReader:
    """The receiver's side: views of the sender's slots; `on_release(offset)` is called when the last view is gone.

    `on_release` may be called by the garbage collector in any thread: it must only note the offset.
    """

    def __init__(self, file: int, on_release: Callable[[int], object]) -> None:
        self._file = file
        self._on_release = on_release
        self._mapped: dict[int, mmap.mmap] = {}

    def read(self, slot: Slot) -> memoryview:
        """Return the bytes of a slot, without a copy."""
        if slot.offset not in self._mapped:
            self._mapped[slot.offset] = memory.view(self._file, offset=slot.offset, size=slot.capacity)
        lease = np.frombuffer(self._mapped[slot.offset], dtype=np.uint8, count=slot.size)
        weakref.finalize(lease, self._on_release, slot.offset).atexit = False
        return lease.data
