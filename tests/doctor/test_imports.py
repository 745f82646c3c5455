from __future__ import annotations

from pathlib import Path

import pytest

from gesso.doctor.code import read_code
from gesso.doctor.imports import undeclared_imports
from gesso.spec.model import Requirements

MODEL = "class A(Model):\n    def run(self) -> int:\n        return 1\n"


def remarks(folder: Path, code: str, *dependencies: str) -> list[str]:
    path = folder / "model.py"
    path.write_text(code + MODEL, encoding="utf-8")
    findings = undeclared_imports(read_code(path), Requirements(dependencies=dependencies))
    return [f"{finding.where}: {finding.hint}" for finding in findings if finding.kind == "remark"]


@pytest.mark.parametrize(
    ("code", "dependencies"),
    [
        ("import os, json.decoder\nimport numpy as np\nfrom PIL import Image\nfrom gesso import Model\n", ()),
        ("import torch\n", ("torch>=2",)),
        ("import cv2\n", ("OpenCV_Python<5",)),
        ("import sklearn.svm\n", ("scikit-learn",)),
        ("from . import other\n", ()),
        ("try:\n    import fast\nexcept ImportError:\n    fast = None\n", ()),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n", ()),
    ],
)
def test_what_is_there_or_declared_is_fine(tmp_path: Path, code: str, dependencies: tuple[str, ...]) -> None:
    assert remarks(tmp_path, code, *dependencies) == []


def test_a_file_beside_the_model_is_fine(tmp_path: Path) -> None:
    (tmp_path / "layers.py").touch()
    (tmp_path / "nets").mkdir()
    assert remarks(tmp_path, "import layers\nfrom nets import unet\n") == []


def test_what_nobody_declared_is_named_as_one_installs_it(tmp_path: Path) -> None:
    (remark,) = remarks(tmp_path, "import os\nimport skimage.data\nfrom skimage import io\n")
    assert remark.startswith("model.py, line 2:")
    assert '"scikit-image"' in remark


def test_an_import_inside_a_function_counts_too(tmp_path: Path) -> None:
    assert remarks(tmp_path, "def f():\n    import torch\n")
