from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from gesso.errors import DeclarationError, InputError, StorageError
from gesso.types.directory import Directory, DirectoryType


def test_a_folder_of_the_wire_lives_as_long_as_its_value() -> None:
    folder = DirectoryType().coerce({"files": {"a/b.txt": "data:;base64,eQ==", "c.txt": "data:,x"}})
    path = folder.path
    assert folder.relative_names() == ["c.txt", "a/b.txt"]
    assert [file.read_bytes() for file in folder] == [b"x", b"y"]
    del folder
    gc.collect()
    assert not path.exists()


def test_links_that_lead_out_and_what_is_no_file_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "root"
    (root / "in").mkdir(parents=True)
    (root / "in" / "fox.txt").write_text("fox")
    try:
        (root / "out.txt").symlink_to(tmp_path / "secret.txt")
        (root / "up").symlink_to(tmp_path, target_is_directory=True)
        (root / "loop").symlink_to(root / "loop")
        (root / "same.txt").symlink_to(root / "in" / "fox.txt")
    except OSError:
        pytest.skip("this system lets only administrators make links")
    assert DirectoryType().read(root).relative_names() == ["same.txt", "in/fox.txt"]


def test_a_folder_that_is_a_link_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "fox.txt").write_text("fox")
    try:
        (tmp_path / "b").symlink_to(tmp_path / "a", target_is_directory=True)
    except OSError:
        pytest.skip("this system lets only administrators make links")
    assert list(Directory(tmp_path / "b")) == [tmp_path / "b" / "fox.txt"]


def test_limits_are_checked_on_the_disk_too(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(bytes(100))
    for limits in (DirectoryType(max_files=1), DirectoryType(max_size_bytes=150)):
        with pytest.raises(InputError):
            limits.read(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(InputError, match="a file"):
        DirectoryType().read(tmp_path / "a")


def test_writing_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(StorageError, match="is a file, not a folder"):
        DirectoryType().write(DirectoryType().sample(), tmp_path / "a")


def test_a_contradiction_is_told() -> None:
    with pytest.raises(DeclarationError):
        DirectoryType(max_files=0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no names in bytes")
def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"\xff.txt")).touch()
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    with pytest.raises(InputError, match="not UTF-8"):
        DirectoryType().read(tmp_path)
