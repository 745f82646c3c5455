"""Slots of shared memory: the sender writes and lends, the receiver looks without a copy and gives back.

A slot is lent with a message and is free again when the receiver's last view of it is gone (its reference count is that
of a numpy array). Slots are reused by size, so that a stream of equal frames touches the same warm pages again. They
are cut from segments, because each mapping costs a file handle.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
import mmap
import threading
import weakref
from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesso.messages.value import Slot
from gesso.runtime.transport import memory
from gesso.runtime.transport.passing import Held, PrivateViews
from gesso.types.base import Buffer

_SEGMENT_BYTES: Final = 256 * 2**20
"""How much is mapped at once. Memory is taken only for the slots that are cut from it."""
_PAGE: Final = max(mmap.PAGESIZE, 4096)
_KEPT_WARM_BYTES: Final = 128 * 2**20
"""Free slots keep their pages up to this many bytes in all; beyond it, pages go back to the system at once."""


def capacity_for(size: int) -> int:
    """Return the capacity of a slot for `size` bytes: at most a quarter more, so that near sizes share slots."""
    step = max(_PAGE, 1 << max(size.bit_length() - 3, 0))
    return -(-size // step) * step


class _Segment:
    """A part of the memory file that is mapped as a whole; slots are cut from it one after the other."""

    def __init__(self, file: int, *, offset: int, size: int) -> None:
        memory.extend(file, offset + size)
        self.mapped = memory.view(file, offset=offset, size=size)
        self.offset = offset
        self.size = size
        self.used = 0


class SlotWriter:
    """The sender's side: copies buffers into slots of its own shared memory and keeps track of which are lent."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._held: Held | None = None
        self._passed: dict[int, Buffer] = {}
        self._numbers = itertools.count(-1, -1)
        self._lock = threading.Lock()
        self._segments: list[_Segment] = []
        self._cut: dict[int, tuple[_Segment, int]] = {}  # every slot: its segment and capacity
        self._lent: set[int] = set()
        self._free: list[tuple[int, int]] = []  # (capacity, offset), sorted
        self._cold: set[int] = set()  # free slots whose pages went back to the system
        self._warm_bytes = 0

    def pass_on(self, held: Held) -> None:
        """From now on pass on without a copy what is held of another process's memory; keep it until it comes back."""
        self._held = held

    @property
    def lent_bytes(self) -> int:
        """How much is lent now, in bytes of capacity."""
        with self._lock:
            return sum(self._cut[offset][1] for offset in self._lent)

    def write(self, buffer: Buffer) -> Slot:
        """Copy a buffer into a free slot and lend it. Raises `OSError` where there is no memory for it."""
        if self._held is not None and (slot := self._held.find(buffer)) is not None:
            number = next(self._numbers)
            self._passed[number] = buffer
            return msgspec.structs.replace(slot, number=number)
        data = memoryview(buffer).cast("B")
        with self._lock:
            offset = self._take(capacity_for(len(data)))
            self._lent.add(offset)
        segment, _ = self._cut[offset]
        inside = offset - segment.offset
        segment.mapped[inside : inside + len(data)] = data
        return Slot(segment.offset, segment.size, offset, len(data))

    def release(self, offset: int) -> None:
        """Take a slot back from the receiver, by its key. One that is not lent is passed over."""
        self._passed.pop(offset, None)
        with self._lock:
            if offset not in self._lent:  # it must not be lent twice
                return
            self._lent.remove(offset)
            segment, capacity = self._cut[offset]
            if self._warm_bytes + capacity > _KEPT_WARM_BYTES:
                memory.give_back(segment.mapped, offset=offset - segment.offset, size=capacity)
                self._cold.add(offset)
            else:
                self._warm_bytes += capacity
            bisect.insort(self._free, (capacity, offset))

    def close(self) -> None:
        """Map nothing any more, and keep nothing of others'; nothing can be written after that."""
        self._passed.clear()
        with self._lock:
            for segment in self._segments:
                segment.mapped.close()
            self._segments.clear()

    def _take(self, capacity: int) -> int:
        found = bisect.bisect_left(self._free, (capacity, 0))
        if found == len(self._free) or self._free[found][0] > 2 * capacity:
            return self._cut_slot(capacity)
        taken, offset = self._free[found]
        if offset in self._cold:
            memory.take(self._file, offset=offset, size=taken)
            self._cold.remove(offset)
        else:
            self._warm_bytes -= taken
        del self._free[found]
        return offset

    def _cut_slot(self, capacity: int) -> int:
        segment = next((one for one in self._segments if one.size - one.used >= capacity), None)
        if segment is None:
            end = sum(one.size for one in self._segments)
            size = max(_SEGMENT_BYTES, -(-capacity // memory.GRANULARITY) * memory.GRANULARITY)
            segment = _Segment(self._file, offset=end, size=size)
            self._segments.append(segment)
        offset = segment.offset + segment.used
        memory.take(self._file, offset=offset, size=capacity)
        segment.used += capacity
        self._cut[offset] = (segment, capacity)
        return offset


class SlotReader:
    """The receiver's side: views of the sender's slots; `on_release(offset)` is called when the last view is gone.

    `on_release` may be called by the garbage collector in any thread: it must only note the number. What is read is
    noted in `held`, under the `address` by which others open this memory.
    """

    def __init__(
        self, file: int, on_release: Callable[[int], object], *, held: Held | None = None, address: str = ""
    ) -> None:
        self._file = file
        self._on_release = on_release
        self._held = held
        self._address = address
        self._mapped: dict[int, mmap.mmap] = {}
        self._others = PrivateViews()

    def read(self, slot: Slot) -> memoryview:
        """Return the bytes of a slot, without a copy. Raises `RunError` if it is another process's that has ended."""
        if slot.memory:
            lease = np.frombuffer(self._others.view(slot), dtype=np.uint8, count=slot.size)
        else:
            lease = self._own(slot)
        weakref.finalize(lease, self._on_release, slot.key).atexit = False
        return lease.data

    def _own(self, slot: Slot) -> NDArray[np.uint8]:
        if slot.segment not in self._mapped:
            self._mapped[slot.segment] = memory.view(self._file, offset=slot.segment, size=slot.segment_size)
        inside = slot.offset - slot.segment
        lease = np.frombuffer(self._mapped[slot.segment], dtype=np.uint8, count=slot.size, offset=inside)
        if self._held is not None:
            self._held.note(lease, self._address, slot=slot)
        return lease

    def close(self) -> None:
        """Map nothing any more, but for what somebody still looks at: that goes with the last look."""
        for mapped in self._mapped.values():
            with contextlib.suppress(BufferError):
                mapped.close()
        self._mapped.clear()

    def pass_over(self, slot: Slot) -> None:
        """Give a slot back without having looked at it."""
        self._on_release(slot.key)
