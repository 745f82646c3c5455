from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gesso.errors import DeclarationError, NotFoundError, StorageError
from gesso.registry.added import AddedModels


def test_a_record_is_put_read_and_removed(tmp_path: Path) -> None:
    added = AddedModels(tmp_path / "models")
    assert added.names() == []
    added.put("sketch", path=Path("somewhere"), digest="abc")
    record = added.get("sketch")
    assert (record.path, record.digest) == ("somewhere", "abc")
    assert datetime.now(UTC) - datetime.fromisoformat(record.added_at) < timedelta(minutes=1)
    assert added.names() == ["sketch"]
    added.remove("sketch")
    assert added.names() == []


def test_what_is_no_record_is_passed_over_or_named(tmp_path: Path) -> None:
    added = AddedModels(tmp_path)
    (tmp_path / "Not a name.json").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken.json").write_text('{"path": 3}')
    assert added.names() == ["broken"]
    with pytest.raises(DeclarationError, match=r"where broken lies: .*broken\.json is broken"):
        added.get("broken")
    with pytest.raises(NotFoundError):
        added.remove("none")


def test_a_record_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(StorageError, match=r"models.* cannot be read or written"):
        AddedModels(tmp_path / "home" / "models").put("sketch", path=Path("somewhere"), digest="abc")
