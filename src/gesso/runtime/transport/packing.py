"""Values to messages and back: small parts in line, big ones by slot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gesso.messages.value import Slot, Value
from gesso.runtime.transport.slots import SlotReader, SlotWriter
from gesso.types.base import DataType, Packed

_INLINE_BYTES: Final = 16 * 1024
"""Up to this size a buffer costs less in the message than in a slot of its own."""
_INLINE_BYTES_OF_A_VALUE: Final = 2**20
"""The most that the small parts of one value may add to a message."""


def pack_all(types: Mapping[str, DataType[Any]], values: Mapping[str, Any], *, slots: SlotWriter) -> dict[str, Value]:
    """Pack values by name. Raises `OSError` where shared memory runs out; then nothing stays lent."""
    packed: dict[str, Value] = {}
    try:
        for name, value in values.items():
            packed[name] = pack(types[name], value, slots=slots)
    except OSError:
        take_back(packed, slots=slots)
        raise
    return packed


def take_back(values: Mapping[str, Value], *, slots: SlotWriter) -> None:
    """Take back what was packed and not sent."""
    for value in values.values():
        _take_back(value.buffers, slots)


def pass_over(values: Iterable[Value], *, slots: SlotReader) -> None:
    """Give back what came and nobody will look at."""
    for value in values:
        for buffer in value.buffers:
            if isinstance(buffer, Slot):
                slots.pass_over(buffer)


def pack(data_type: DataType[Any], value: Any, *, slots: SlotWriter) -> Value:
    """Pack a value for the other process. Raises `OSError` where shared memory runs out; then nothing stays lent."""
    packed = data_type.pack(value)
    buffers: list[bytes | Slot] = []
    left_inline = _INLINE_BYTES_OF_A_VALUE
    try:
        for buffer in packed.buffers:
            size = memoryview(buffer).nbytes
            is_inline = size <= min(_INLINE_BYTES, left_inline)
            left_inline -= size * is_inline
            buffers.append(bytes(buffer) if is_inline else slots.write(buffer))
    except OSError:
        _take_back(buffers, slots)
        raise
    return Value(packed.header, buffers)


def _take_back(buffers: Iterable[bytes | Slot], slots: SlotWriter) -> None:
    for buffer in buffers:
        if isinstance(buffer, Slot):
            slots.release(buffer.offset)


def unpack(data_type: DataType[Any], value: Value, *, slots: SlotReader) -> Any:
    """Make a value again; its big parts stay where they lie, and the slot goes back when the value does.

    All of it may be written to: what a model may do with a large picture, it may do with a small one.
    """
    buffers = [slots.read(buffer) if isinstance(buffer, Slot) else bytearray(buffer) for buffer in value.buffers]
    return data_type.unpack(Packed(value.header, buffers))
