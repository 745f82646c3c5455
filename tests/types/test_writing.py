from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from gesso.errors import DiskFullError, StorageError
from gesso.types.writing import reason, write_file, written


def test_a_file_is_written_and_nothing_else_stays(tmp_path: Path) -> None:
    for data in (b"fox", b"snow"):
        write_file(tmp_path / "a.txt", data)
        assert (tmp_path / "a.txt").read_bytes() == data
    assert list(tmp_path.iterdir()) == [tmp_path / "a.txt"]


def test_a_full_disk_loses_neither_the_old_file_nor_leaves_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"good")
    for name in ("old", "new"):
        with pytest.raises(DiskFullError, match="the disk is full"), written(tmp_path / name) as unfinished:
            unfinished.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("old", b"good")]


def test_a_file_keeps_its_rights_and_a_link_leads_on(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(0o640)
    (tmp_path / "link").symlink_to("a")
    write_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="Windows has no such device")
def test_a_device_is_written_to_and_stays_one() -> None:
    write_file(Path("/dev/null"), b"fox")
    assert not Path("/dev/null").is_file()


def test_what_is_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    (tmp_path / "folder").mkdir()
    for name, words in {
        "photo.jpg/x.png": r'photo\.jpg" is a file, not a folder',
        "missing/x.png": "there is no folder",
        "folder": "it is a folder",
        "nu\0l": "not a possible name",
    }.items():
        with pytest.raises(StorageError, match=words) as caught:
            write_file(tmp_path / name, b"")
        assert caught.value.hint == "Choose another folder with -o."


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    missing = FileNotFoundError(errno.ENOENT, "No such file or directory")
    assert reason(missing, tmp_path / "fox.png") == "it is not there"
    assert "there is no folder" in reason(missing, tmp_path / "deep" / "fox.png")


def test_a_protected_folder_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert reason(PermissionError(errno.EACCES, "Permission denied"), Path("ro/x.png")) == '"ro" is write-protected'


def test_a_protected_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path / "a")
    with pytest.raises(StorageError, match=r'a" is write-protected'):
        write_file(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
