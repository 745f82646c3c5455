"""A frame that came from one process can be named to another, which sees it and cannot change it."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gesso.errors import RunError
from gesso.messages.value import Slot
from gesso.runtime.transport import memory, passing
from gesso.runtime.transport.passing import LEAST_BYTES, Held, PrivateViews
from gesso.runtime.transport.slots import SlotReader, SlotWriter

FRAME = np.arange(LEAST_BYTES, dtype=np.uint64).astype(np.uint8).tobytes()


@pytest.fixture
def files() -> Iterator[tuple[int, int]]:
    made = [memory.create()[0] for _ in range(2)]
    yield made[0], made[1]
    for file in made:
        os.close(file)


def test_a_frame_goes_on_without_a_copy_and_comes_back_when_nobody_looks(files: tuple[int, int]) -> None:
    made_by, goes_to = files
    held = Held()
    first = SlotWriter(made_by)
    reader = SlotReader(made_by, first.release, held=held, address=passing.address_of(made_by))
    second = SlotWriter(goes_to)
    second.pass_on(held)
    came = reader.read(first.write(FRAME))
    slot = second.write(came)
    assert slot.memory
    assert second.lent_bytes == 0

    sees = SlotReader(goes_to, second.release)
    looked = np.frombuffer(sees.read(slot), np.uint8)
    assert looked.tobytes() == FRAME
    del came
    gc.collect()
    assert first.lent_bytes >= LEAST_BYTES  # the other end has it still
    del looked
    gc.collect()
    assert first.lent_bytes == 0


def test_what_is_drawn_into_it_stays_private(files: tuple[int, int]) -> None:
    made_by, _ = files
    writer = SlotWriter(made_by)
    own = writer.write(FRAME)
    views = PrivateViews()
    slot = Slot(0, 0, own.offset, own.size, memory=passing.address_of(made_by))
    drawn = np.frombuffer(views.view(slot), np.uint8)
    drawn[:100] = 7
    assert views.view(slot)[:] == FRAME


def test_a_part_of_a_frame_and_a_small_one_are_copied(files: tuple[int, int]) -> None:
    made_by, goes_to = files
    held = Held()
    first, second = SlotWriter(made_by), SlotWriter(goes_to)
    second.pass_on(held)
    reader = SlotReader(made_by, first.release, held=held, address=passing.address_of(made_by))
    came = reader.read(first.write(FRAME))
    assert second.write(came[:-1]).memory == ""
    assert second.write(came[1:]).memory == ""
    assert second.write(FRAME).memory == ""
    small = reader.read(first.write(FRAME[:1000]))
    assert second.write(small).memory == ""


def test_a_descriptor_that_names_another_file_by_now_is_noticed(files: tuple[int, int]) -> None:
    address = passing.address_of(files[0])
    _, _, path = address.partition(":")
    assert passing.can_open(address)
    assert not passing.can_open(f"1:{path}")
    assert not passing.can_open("")
    assert not passing.can_open("1:/proc/0/fd/7")
    with pytest.raises(RunError, match="lost"):
        PrivateViews().view(Slot(0, 0, 0, 10, memory=f"1:{path}"))


def test_many_memories_are_not_kept_open(files: tuple[int, int]) -> None:
    views = PrivateViews()
    before = len(list(Path("/proc/self/fd").iterdir()))
    others = [memory.create()[0] for _ in range(40)]
    for file in others:
        slot = SlotWriter(file).write(FRAME)
        views.view(Slot(0, 0, slot.offset, slot.size, memory=passing.address_of(file)))
    for file in others:
        os.close(file)
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 16
