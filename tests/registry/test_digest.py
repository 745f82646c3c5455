from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gesso.errors import DeclarationError
from gesso.registry.digest import folder_digest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "parts").mkdir(parents=True)
    (folder / "model.py").write_text("one")
    (folder / "parts" / "brush.py").write_text("two")
    return folder


def test_it_depends_on_names_and_contents_alone(folder: Path, tmp_path: Path) -> None:
    before = folder_digest(folder)
    assert len(before) == 64
    folder.rename(tmp_path / "elsewhere")
    os.utime(tmp_path / "elsewhere" / "model.py", (0, 0))
    assert folder_digest(tmp_path / "elsewhere") == before


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "model.py").write_text("another"),
        lambda folder: (folder / "model.py").rename(folder / "other.py"),
        lambda folder: (folder / "parts" / "brush.py").rename(folder / "brush.py"),
        lambda folder: (folder / "new").touch(),
        lambda folder: (folder / "link").symlink_to("model.py"),
        lambda folder: (folder / "parts" / "brush.py").unlink(),
    ],
)
def test_it_changes_with_the_model(folder: Path, change: Callable[[Path], object]) -> None:
    before = folder_digest(folder)
    change(folder)
    assert folder_digest(folder) != before


def test_what_is_not_the_model_is_left_out(folder: Path) -> None:
    before = folder_digest(folder)
    for name in (".git", "__pycache__", "parts/node_modules", "env"):
        (folder / name).mkdir()
        (folder / name / "file").write_text("x")
    (folder / "env" / "pyvenv.cfg").touch()
    for name in (".DS_Store", "model.pyc", "parts/.hidden"):
        (folder / name).write_text("x")
    (folder / "empty").mkdir()
    assert folder_digest(folder) == before


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("one")
    (folder / "to-folder").symlink_to(outside)
    (folder / "to-file").symlink_to(outside / "file")
    (folder / "circle").symlink_to(folder)
    (folder / "nowhere").symlink_to("nowhere-at-all")
    before = folder_digest(folder)
    (outside / "file").write_text("another")
    assert folder_digest(folder) == before
    (folder / "to-file").unlink()
    (folder / "to-file").symlink_to(outside / "other")
    assert folder_digest(folder) != before


def test_names_and_contents_do_not_run_together(tmp_path: Path) -> None:
    for name, files in {"a": {"xy": "z"}, "b": {"x": "yz"}, "c": {"x": "y", "z": ""}}.items():
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(text)
    assert len({folder_digest(tmp_path / name) for name in "abc"}) == 3


def test_a_single_file_is_just_that_file(tmp_path: Path) -> None:
    (tmp_path / "filter.py").write_text("one")
    before = folder_digest(tmp_path / "filter.py")
    (tmp_path / "other.py").write_text("two")
    assert folder_digest(tmp_path / "filter.py") == before
    (tmp_path / "filter.py").write_text("two")
    assert folder_digest(tmp_path / "filter.py") != before
    assert folder_digest(tmp_path / "other.py") != folder_digest(tmp_path / "filter.py"), "its name is part of it"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes that lie in folders")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    before = folder_digest(folder)
    os.mkfifo(folder / "pipe")
    assert folder_digest(folder) == before


def test_a_file_that_cannot_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "model.py")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DeclarationError, match=r"cannot be read: .*model\.py"):
        folder_digest(folder)
