"""Shared memory has no name, and more of it than there is gets an error, not a crash."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gesso.runtime.transport import memory


def test_nothing_lies_in_a_folder() -> None:
    file, path = memory.create()
    try:
        assert path == ""
        memory.extend(file, memory.GRANULARITY)
        memory.take(file, offset=0, size=memory.GRANULARITY)
        if sys.platform == "linux":
            assert "(deleted)" in str(Path(f"/proc/self/fd/{file}").readlink())
            assert not list(Path("/dev/shm").glob("*gesso*"))
    finally:
        os.close(file)


def test_what_one_maps_another_sees() -> None:
    file, _ = memory.create()
    memory.extend(file, memory.GRANULARITY)
    memory.take(file, offset=0, size=memory.GRANULARITY)
    one = memory.view(file, offset=0, size=memory.GRANULARITY)
    other = memory.view(memory.attach(str(file)), offset=0, size=memory.GRANULARITY)
    one[:5] = b"gesso"
    assert other[:5] == b"gesso"
    memory.give_back(one, offset=0, size=memory.GRANULARITY)
    assert other[:5] in (b"\0" * 5, b"gesso")  # zeros where the system takes pages back
    os.close(file)


def test_more_than_there_is_raises() -> None:
    file, _ = memory.create()
    with pytest.raises(OSError, match=r"memory"):
        memory.take(file, offset=0, size=memory.available_bytes() + memory.GRANULARITY)
    os.close(file)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has seals")
def test_nobody_can_cut_it_off() -> None:
    file, _ = memory.create()
    memory.extend(file, memory.GRANULARITY)
    with pytest.raises(PermissionError):
        os.ftruncate(file, 0)
    os.close(file)
