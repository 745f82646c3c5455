from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gesso.errors import DiskFullError
from gesso.storage import record


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "record.json"
    assert record.read(path) is None
    record.write(path, {"name": "Été"})
    assert record.read(path) == {"name": "Été"}
    assert path.read_text(encoding="utf-8") == '{\n  "name": "Été"\n}\n'


def test_a_write_that_fails_leaves_the_old_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record.json"
    record.write(path, 1)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError):
        record.write(path, 2)
    assert record.read(path) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_broken_one_is_not_nothing(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    for broken in (b"", b"{", b"\xff"):
        path.write_bytes(broken)
        with pytest.raises(ValueError):  # noqa: PT011 - its words are Python's
            record.read(path)


def test_somebody_who_reads_sees_the_old_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    record.write(path, "old")
    with path.open(encoding="utf-8") as reader:
        record.write(path, "new")
        assert json.load(reader) == "old"
    assert record.read(path) == "new"
