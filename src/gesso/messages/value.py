"""A value on its way between two processes: a small header, and big parts that lie in shared memory."""

from __future__ import annotations

from typing import Any

import msgspec


class Slot(msgspec.Struct, frozen=True, array_like=True):
    """A place in the sender's shared memory: `offset` and `capacity` of the slot, `size` of what is in it; bytes."""

    offset: int
    capacity: int
    size: int


class Value(msgspec.Struct, frozen=True):
    """A value as its data type packed it: JSON header, and buffers in line (small) or by their slot (big)."""

    header: Any
    buffers: list[bytes | Slot] = []
