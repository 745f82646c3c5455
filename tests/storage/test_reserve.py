from __future__ import annotations

import contextlib
from pathlib import Path

from gesso.storage.reserve import SIZE_BYTES, Reserve


def test_room_is_held_lent_and_held_again(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "reserve.bin")
    reserve.keep()
    held = (tmp_path / "reserve.bin").stat().st_size
    assert held >= SIZE_BYTES
    with reserve.lent():
        assert not (tmp_path / "reserve.bin").exists()
    assert (tmp_path / "reserve.bin").stat().st_size == held
    reserve.keep()
    assert (tmp_path / "reserve.bin").stat().st_size == held


def test_on_a_full_disk_what_was_held_can_be_used(small_disk: Path) -> None:
    reserve = Reserve(small_disk / "reserve.bin")
    reserve.keep()
    with contextlib.suppress(OSError), (small_disk / "filler").open("wb", 0) as file:
        while True:
            file.write(bytes(4096))
    with reserve.lent():
        (small_disk / "needed").write_bytes(bytes(SIZE_BYTES // 2))
    assert (small_disk / "reserve.bin").stat().st_size <= SIZE_BYTES + 65_536


def test_where_nothing_can_be_held_nothing_happens(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "nowhere" / "reserve.bin")
    reserve.keep()
    with reserve.lent():
        pass
