"""A model's file is imported, and what is wrong with it is said in a sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gesso.errors import DeclarationError, GessoError, SetupError
from gesso.runtime.worker.loading import MODULE_NAME, load_class

ONE = "from gesso import Model\nclass One(Model):\n    def run(self) -> int:\n        return 1\n"


@pytest.fixture(autouse=True)
def _no_module_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setitem(sys.modules, MODULE_NAME, sys)  # so that it is taken away again


def write(folder: Path, text: str) -> Path:
    path = folder / "model.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_only_model_is_found(tmp_path: Path) -> None:
    assert load_class(write(tmp_path, ONE)).__name__ == "One"


def test_files_beside_it_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "beside_the_model.py").write_text("VALUE = 3\n", encoding="utf-8")
    assert load_class(write(tmp_path, ONE + "from beside_the_model import VALUE\n")).__name__ == "One"


def test_one_of_several_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, ONE + "class Two(One):\n    pass\n")
    assert load_class(path, "Two").__name__ == "Two"
    with pytest.raises(DeclarationError, match="several models: One, Two"):
        load_class(path)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("", DeclarationError, "no class that derives from gesso.Model"),
        ("from gesso import Model\n", DeclarationError, "no class that derives"),
        ("import gesso\nx = = 1\n", SetupError, "line 2 of model.py"),
        ("import no_such_library_here\n", SetupError, "'no_such_library_here', which is not in"),
        ("1 / 0\n", SetupError, "ZeroDivisionError: division by zero"),
        ("\0", SetupError, "model.py"),
    ],
)
def test_what_is_wrong_is_said(text: str, kind: type[GessoError], words: str, tmp_path: Path) -> None:
    with pytest.raises(kind) as caught:
        load_class(write(tmp_path, text))
    assert words in str(caught.value)
