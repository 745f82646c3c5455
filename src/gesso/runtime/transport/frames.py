"""Messages on a pipe: each a length (4 bytes, little-endian) and so many bytes of MessagePack."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

_LENGTH: Final = struct.Struct("<I")

MAX_MESSAGE_BYTES: Final = 64 * 2**20
"""Anything big lies in shared memory, so that a longer message can only be a fault."""


class FrameTooLongError(ValueError):
    """The other side sent, or wanted to send, a message longer than `MAX_MESSAGE_BYTES`."""


def frame(message: bytes) -> bytes:
    """Return the message with its length before it."""
    if len(message) > MAX_MESSAGE_BYTES:
        raise FrameTooLongError(f"{len(message) / 2**20:.0f} MB")
    return _LENGTH.pack(len(message)) + message


class FrameReader:
    """Cuts a stream of bytes into messages; bytes may come in any portions."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take the next bytes and yield every message that is now complete."""
        self._rest += data
        while len(self._rest) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._rest)
            if length > MAX_MESSAGE_BYTES:
                raise FrameTooLongError(f"a message of {length} bytes")
            end = _LENGTH.size + length
            if len(self._rest) < end:
                return
            message = bytes(memoryview(self._rest)[_LENGTH.size : end])
            del self._rest[:end]
            yield message
