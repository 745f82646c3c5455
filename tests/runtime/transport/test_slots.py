"""Slots: what is written is read, nothing is copied on reading, and nothing stays lent."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.runtime.transport import memory
from gesso.runtime.transport.slots import SlotReader, SlotWriter, capacity_for

MB = 2**20


@pytest.fixture
def file() -> Iterator[int]:
    descriptor, _ = memory.create()
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def writer(file: int) -> SlotWriter:
    return SlotWriter(file)


@pytest.fixture
def reader(file: int, writer: SlotWriter) -> SlotReader:
    return SlotReader(file, writer.release)


def test_what_is_written_is_read(writer: SlotWriter, reader: SlotReader) -> None:
    frame = np.arange(3 * MB, dtype=np.uint8).reshape(1024, 1024, 3)
    seen = np.frombuffer(reader.read(writer.write(frame.data)), np.uint8).reshape(frame.shape)
    assert np.array_equal(seen, frame)


def test_reading_copies_nothing(writer: SlotWriter, reader: SlotReader) -> None:
    slot = writer.write(bytes(MB))
    first, second = np.frombuffer(reader.read(slot), np.uint8), np.frombuffer(reader.read(slot), np.uint8)
    assert np.shares_memory(first, second)


def test_a_slot_is_free_when_the_last_view_is_gone(writer: SlotWriter, reader: SlotReader) -> None:
    whole = np.frombuffer(reader.read(writer.write(bytes(MB))), np.uint8)
    corner = whole[:10].reshape(2, 5)
    del whole
    gc.collect()
    assert writer.lent_bytes == capacity_for(MB)
    del corner
    gc.collect()
    assert writer.lent_bytes == 0


def test_a_lent_slot_is_never_written_again(writer: SlotWriter, reader: SlotReader) -> None:
    kept = np.frombuffer(reader.read(writer.write(b"\x01" * MB)), np.uint8)
    for value in range(2, 20):
        np.frombuffer(reader.read(writer.write(bytes([value]) * MB)), np.uint8)
    assert (kept == 1).all()


def test_equal_frames_use_the_same_slot_again(file: int, writer: SlotWriter, reader: SlotReader) -> None:
    for _ in range(50):
        np.frombuffer(reader.read(writer.write(bytes(MB))), np.uint8)
    assert os.fstat(file).st_blocks * 512 == capacity_for(MB)


def test_pages_of_many_free_slots_go_back_to_the_system(file: int, writer: SlotWriter, reader: SlotReader) -> None:
    views = [np.frombuffer(reader.read(writer.write(b"\x07" * (32 * MB))), np.uint8) for _ in range(8)]
    taken = os.fstat(file).st_blocks * 512
    del views
    gc.collect()
    assert taken >= 256 * MB
    assert os.fstat(file).st_blocks * 512 <= 128 * MB
    again = np.frombuffer(reader.read(writer.write(b"\x09" * (32 * MB))), np.uint8)
    assert (again == 9).all()


@given(size=st.integers(min_value=0, max_value=2**40))
def test_a_slot_is_large_enough_and_not_much_larger(size: int) -> None:
    capacity = capacity_for(size)
    assert size <= capacity <= size * 1.25 + 65536
    assert capacity % 4096 == 0


def test_a_slot_given_back_twice_is_lent_once(writer: SlotWriter, reader: SlotReader) -> None:
    slot = writer.write(b"\x01" * MB)
    writer.release(slot.offset)
    writer.release(slot.offset)
    first, second = writer.write(b"\x02" * MB), writer.write(b"\x03" * MB)
    assert first.offset != second.offset
    assert bytes(reader.read(first)[:1]) == b"\x02"


def test_thousands_of_slots_need_few_handles(writer: SlotWriter, reader: SlotReader) -> None:
    handles = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0
    views = [reader.read(writer.write(bytes([number % 251]) * 20_000)) for number in range(3000)]
    assert all(view[0] == number % 251 for number, view in enumerate(views))
    if sys.platform == "linux":
        assert len(list(Path("/proc/self/fd").iterdir())) < handles + 10
