from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Gesso, write_model
from tests.training.trainers import boxed


def test_the_installation(gesso: Gesso, home: Path) -> None:
    ended = gesso("doctor")
    assert ended.code == 0
    assert str(home) in ended.out
    assert all(line.startswith("ok") for line in ended.out.splitlines() if not line.startswith(" "))


def test_a_home_that_cannot_be_made_is_said(gesso: Gesso, home: Path) -> None:
    home.rmdir()
    home.write_text("a file, where the folder should be")
    ended = gesso("doctor")
    assert ended.code == 1
    assert "GESSO_HOME" in ended.out


def test_a_model_that_is_well(gesso: Gesso, work: Path) -> None:
    ended = gesso("doctor", write_model("class A(Model):\n    def run(self) -> int:\n        return 1\n"), "--trust")
    assert ended.code == 0
    assert "is well" in ended.out
    assert "wrong" not in ended.out


def test_what_is_wrong_is_said_with_its_place(gesso: Gesso, work: Path) -> None:
    model = write_model("class A(Model):\n    def run(self, photo) -> Image:\n        return photo\n")
    ended = gesso("doctor", model)
    assert ended.code == 1
    assert "wrong Inputs and outputs (model_here.py, line 11)" in ended.out
    assert "photo: Image" in ended.out
    assert "Mend that first" in ended.err


def test_a_strangers_code_is_read_but_not_run(gesso: Gesso, work: Path) -> None:
    ended = gesso(
        "doctor", write_model("open('ran', 'w')\nclass A(Model):\n    def run(self) -> int:\n        return 1\n")
    )
    assert ended.code == 5
    assert "ok    Model class" in ended.out
    assert not Path("ran").exists()


def test_a_declaration_that_cannot_be_read(gesso: Gesso, work: Path) -> None:
    ended = gesso("doctor", write_model("", head='# /// script\n# dependencies = "numpy"\n# ///\n'))
    assert ended.code == 1
    assert "expected a list, but got a text" in ended.out


def test_what_is_not_there(gesso: Gesso, work: Path) -> None:
    assert gesso("doctor", "./nothing.py").code == 4


def test_a_trainer_is_tried_out(gesso: Gesso, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with boxed(tmp_path / "trainers", monkeypatch) as folder:
        for word in ("bigrams", "trainer:bigrams"):
            ended = gesso("doctor", word)
            assert ended.code == 0, ended.out
            assert "Run: estimate" in ended.out
            assert "Run: run" in ended.out
        code = folder / "bigrams" / "model.py"
        code.write_text(code.read_text().replace('.replace(self.folder / "model")', '.replace(self.folder / "other")'))
        ended = gesso("doctor", "bigrams")
        assert ended.code == 1
        assert "left no model" in ended.out
    assert gesso("doctor", "trainer:nothing").code == 4
