"""A value on its way between two processes: a small header, and big parts that lie in shared memory."""

from __future__ import annotations

from typing import Any

import msgspec


class Slot(msgspec.Struct, frozen=True, array_like=True):
    """A place in the sender's shared memory, or in that of a third process.

    `segment` and `segment_size` say what to map, `offset` where in the memory the slot begins, `size` how much is in
    it; all in bytes. Of a third process only the slot itself is mapped; `memory` says how to open it, and `number`,
    which is negative, under which number it goes back.
    """

    segment: int
    segment_size: int
    offset: int
    size: int
    memory: str = ""
    number: int = 0

    @property
    def key(self) -> int:
        """Under which number it goes back."""
        return self.number or self.offset


class Value(msgspec.Struct, frozen=True):
    """A value as its data type packed it: JSON header, and buffers in line (small) or by their slot (big)."""

    header: Any
    buffers: list[bytes | Slot] = []
