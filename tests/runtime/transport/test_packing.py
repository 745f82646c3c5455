"""Values cross in a message, their big parts in slots; where memory runs out nothing stays lent."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest

from gesso import Image
from gesso.messages.value import Slot
from gesso.runtime.transport import memory, packing
from gesso.runtime.transport.slots import SlotReader, SlotWriter
from gesso.types import catalogue

IMAGE = catalogue.declare("image", {})
LIST = catalogue.declare("list", {"items": {"type": "image", "constraints": {}}})


@pytest.fixture
def file() -> Iterator[int]:
    descriptor, _ = memory.create()
    yield descriptor
    os.close(descriptor)


def test_a_small_picture_goes_in_the_message_and_a_big_one_in_a_slot(file: int) -> None:
    writer = SlotWriter(file)
    small, big = (Image(np.full((size, size), 7, np.uint8)) for size in (10, 1000))
    packed = packing.pack(LIST, [small, big], slots=writer)
    assert [type(buffer) for buffer in packed.buffers] == [bytes, Slot]
    assert packing.unpack(LIST, packed, slots=SlotReader(file, writer.release)) == [small, big]


def test_where_memory_runs_out_nothing_stays_lent(file: int, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = SlotWriter(file)
    picture = Image(np.zeros((1000, 1000), np.uint8))
    take = memory.take

    def take_twice(descriptor: int, *, offset: int, size: int) -> None:
        if offset > 2 * size:
            raise OSError(28, "no space left")
        take(descriptor, offset=offset, size=size)

    monkeypatch.setattr(memory, "take", take_twice)
    values = dict.fromkeys("abcdef", picture)
    with pytest.raises(OSError, match="no space left"):
        packing.pack_all(dict.fromkeys(values, IMAGE), values, slots=writer)
    with pytest.raises(OSError, match="no space left"):
        packing.pack(LIST, [picture] * 6, slots=writer)
    assert writer.lent_bytes == 0


def test_many_small_pictures_do_not_swell_the_message(file: int) -> None:
    pictures = [Image(np.zeros((120, 120), np.uint8))] * 500
    packed = packing.pack(LIST, pictures, slots=SlotWriter(file))
    assert sum(len(buffer) for buffer in packed.buffers if isinstance(buffer, bytes)) <= 2**20
