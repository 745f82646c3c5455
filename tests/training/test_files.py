from __future__ import annotations

import os
from pathlib import Path

import pytest

from gesso.errors import InputError, NotFoundError
from gesso.training.files import files_in


def test_of_a_folder_the_texts_are_taken_and_the_others_counted(tmp_path: Path) -> None:
    folder = tmp_path / "poems"
    (folder / "winter" / ".hidden").mkdir(parents=True)
    for name in ("a.txt", "winter/b.MD", "winter/c.jpg", ".d.txt", "winter/.hidden/e.txt", "README"):
        (folder / name).write_text("x")
    single = tmp_path / "no-ending"
    single.write_text("x")
    files, left_out = files_in([folder, single])
    assert [name for name, _ in files] == ["poems/a.txt", "poems/winter/b.MD", "no-ending"]
    assert left_out == 2


def test_what_is_not_there_or_has_no_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="spelt right"):
        files_in([tmp_path / "nothing"])
    with pytest.raises(InputError, match="is empty"):
        files_in([tmp_path])
    (tmp_path / "fox.jpg").write_bytes(b"x")
    with pytest.raises(InputError, match="1 other files"):
        files_in([tmp_path])


def test_a_pipe_or_a_folder_that_may_not_be_read_is_said_to_be_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="a device or a pipe"):
        files_in([Path(os.devnull)])

    def refuse(path: Path, pattern: str) -> list[Path]:
        raise PermissionError(13, "Permission denied", str(path / "secret"))

    monkeypatch.setattr(Path, "rglob", refuse)
    with pytest.raises(InputError, match="secret cannot be read"):
        files_in([tmp_path])
