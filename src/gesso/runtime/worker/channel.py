"""The worker's end of the line to its host."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from gesso.messages.to_host import Released, ToHost
from gesso.messages.to_worker import ToWorker
from gesso.messages.value import Value
from gesso.runtime.transport import packing
from gesso.runtime.transport.frames import FrameReader, frame
from gesso.runtime.transport.slots import SlotReader, SlotWriter
from gesso.runtime.worker.interrupt import unbroken
from gesso.types.base import DataType

_READ_BYTES = 1 << 16


class Channel:
    """Sends and receives messages over two pipes and values over two shared memories.

    Sending is safe from any thread. Slots that the model no longer looks at go back with the next message sent. In a
    child that the model forks, nothing is sent: two cannot speak on one line.
    """

    def __init__(self, *, read: int, write: int, from_host: int, to_host: int) -> None:
        self._read, self._write = read, write
        self._sending = threading.Lock()
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(ToWorker)
        self._unread: deque[int] = deque()  # filled by the garbage collector: no lock may be taken there
        self.slots = SlotWriter(to_host)
        self._lent = SlotReader(from_host, self._unread.append)
        self._is_ours = True
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._leave)

    def send(self, message: ToHost) -> None:
        """Send one message, and before it the slots that are free again."""
        if not self._is_ours:
            return
        data = frame(self._encoder.encode(message))
        with unbroken(), self._sending:
            offsets = [self._unread.popleft() for _ in range(len(self._unread))]
            if offsets:
                data = frame(self._encoder.encode(Released(offsets))) + data
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._write, rest) :]

    def receive(self) -> Iterator[ToWorker]:
        """Yield the host's messages until it closes the line."""
        frames = FrameReader()
        while data := os.read(self._read, _READ_BYTES):
            yield from map(self._decoder.decode, frames.feed(data))

    def pass_over(self, values: Iterable[Value]) -> None:
        """Give back values of the host's that nobody will look at."""
        packing.pass_over(values, slots=self._lent)

    def _leave(self) -> None:
        self._is_ours = False

    def pack(self, data_type: DataType[Any], value: Any) -> Value:
        """Pack a value for the host."""
        return packing.pack(data_type, value, slots=self.slots)

    def unpack(self, data_type: DataType[Any], value: Value) -> Any:
        """Make a value of the host's again."""
        return packing.unpack(data_type, value, slots=self._lent)
