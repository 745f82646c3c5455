from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from gesso.errors import DiskFullError, StorageError
from gesso.storage.durable import explained, new_file, write_whole


def test_a_file_is_written_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "fox.txt"
    for text in (b"a fox", b"another"):
        write_whole(path, text)
        assert path.read_bytes() == text
    assert [child.name for child in path.parent.iterdir()] == ["fox.txt"]
    if os.name != "nt":
        assert path.stat().st_mode & 0o077 == 0


def test_a_full_disk_leaves_the_old_file(small_disk: Path) -> None:
    write_whole(small_disk / "fox.bin", b"old")
    with pytest.raises(DiskFullError):
        write_whole(small_disk / "fox.bin", bytes(5_000_000))
    assert (small_disk / "fox.bin").read_bytes() == b"old"
    assert len(list(small_disk.iterdir())) == 1


def test_what_is_not_moved_is_removed(tmp_path: Path) -> None:
    with pytest.raises(KeyError), new_file(tmp_path) as (file, _):
        file.write(b"x")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_what_the_system_says_is_said_in_words(tmp_path: Path) -> None:
    for number, kind in ((errno.ENOSPC, DiskFullError), (errno.EDQUOT, DiskFullError), (errno.EACCES, StorageError)):
        with pytest.raises(kind, match=str(tmp_path)), explained(tmp_path):
            raise OSError(number, os.strerror(number))
