"""The files of one prediction: copies on both ways, and nothing left among the temporary files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from gesso.compat.cog.prediction import Prediction
from gesso.types.file import File
from gesso.types.image import Image
from gesso.types.mask import Mask


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def write(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("fox", encoding="utf-8")
    return path


def test_what_was_returned_goes_from_among_the_temporary_files_and_from_nowhere_else(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = temporary / "model"
    model.mkdir()
    monkeypatch.chdir(model)
    made, elsewhere, own = write(temporary / "a" / "out.txt"), write(tmp_path / "b.txt"), write(model / "c.txt")
    prediction = Prediction(tmp_path / "run")
    given = prediction.give(File(b"fox", name="fox.txt"), "file")
    kept = [prediction.keep(path) for path in (made, made, elsewhere, own, Path("c.txt"), given)]
    prediction.close()
    assert [path.read_text(encoding="utf-8") for path in kept] == ["fox"] * 6
    assert [path.exists() for path in (made, elsewhere, own, given)] == [False, True, True, True]


def test_pictures_come_as_they_are(tmp_path: Path) -> None:
    prediction = Prediction(tmp_path / "run")
    for value in (
        Image(np.full((4, 6, 4), 7, np.uint8)),
        Image(np.full((4, 6), 700, np.uint16)),
        Mask(np.full((4, 6), 255, np.uint8)),
    ):
        with PIL.Image.open(prediction.give(value, "image")) as opened:
            assert (np.asarray(opened) == value.pixels).all()
            assert opened.format == "PNG"


def test_two_files_of_one_name_do_not_meet(tmp_path: Path) -> None:
    prediction = Prediction(tmp_path / "run")
    paths = [prediction.give(File(data, name="fox.txt"), "files") for data in (b"1", b"2")]
    assert [path.name for path in paths] == ["fox.txt", "fox.txt"]
    assert [path.read_bytes() for path in paths] == [b"1", b"2"]
