"""`runway.yml` is read as data; what cannot be had here is said, with the line where it stands."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from gesso.compat.foreign import Foreign
from gesso.compat.runway.declaration import read
from gesso.errors import DeclarationError
from gesso.registry.yaml_file import read_yaml

PLAIN = {"python": "3.6", "entrypoint": "python runway_model.py"}
ELSEWHERE = "runway+http://localhost:9000"


def declared(folder: Path, *steps: Any, requirements: str = "", code: str = "", **more: Any) -> Foreign:
    (folder / "requirements.txt").write_text(requirements)
    (folder / "runway_model.py").write_text(code)
    return read(folder, {**PLAIN, "build_steps": list(steps), **more})


def test_what_it_says_is_taken(tmp_path: Path) -> None:
    text = """
version: 0.1
python: 3.6
entrypoint: python runway_model.py
cuda: 9.2
framework: pytorch
spec: {cpu: True, gpu: True}
files: {ignore: [my_dataset/*]}
build_steps:
  - pip install -r requirements.txt
  - pip3 install --no-cache-dir 'tqdm>=4' -i https://example.org/simple "attrs"
"""
    (tmp_path / "requirements.txt").write_text("runway-python==0.6.1\nscipy  # for it\n\n-r more.txt\n")
    (tmp_path / "more.txt").write_text("requests[socks]>=2; sys_platform == 'linux'\n--index-url https://example.org\n")
    (tmp_path / "runway_model.py").write_text("import torch\nimport runway\n")
    found = read(tmp_path, read_yaml(text, "runway.yml"))
    assert found.entry == "runway_model.py"
    assert found.dependencies == (
        "scipy",
        "requests[socks]>=2; sys_platform == 'linux'",
        "tqdm>=4",
        "attrs",
        "torch",
    )
    assert found.places["tqdm>=4"] == "runway.yml, build step 2"
    assert found.places["requests[socks]>=2; sys_platform == 'linux'"] == "more.txt, line 1"
    assert found.notes == ()


@pytest.mark.parametrize(
    ("command", "entry"),
    [
        ("python runway_model.py", "runway_model.py"),
        ("python3.6 -u ./src/model.py", "src/model.py"),
        ("/usr/bin/python model.py", "model.py"),
    ],
)
def test_the_entry_is_the_script(tmp_path: Path, command: str, entry: str) -> None:
    assert read(tmp_path, PLAIN | {"entrypoint": command}).entry == entry


def test_words_behind_the_script_are_left_out_and_told(tmp_path: Path) -> None:
    found = read(tmp_path, PLAIN | {"entrypoint": "python runway_model.py --port 1"})
    assert found.notes == ("runway.yml, entrypoint: the words --port 1 are left out.",)


@pytest.mark.parametrize("command", ["", "bash run.sh", "python", "python -m model", "model.py", "python 'a.py", ["a"]])
def test_an_entry_that_is_no_script_is_refused(tmp_path: Path, command: Any) -> None:
    with pytest.raises(DeclarationError, match="entrypoint"):
        read(tmp_path, PLAIN | {"entrypoint": command})


def test_python_2_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"runway.yml, python: 2.7") as raised:
        read(tmp_path, PLAIN | {"python": "2.7"})
    assert ELSEWHERE in raised.value.hint


# -- what is needed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("numpy==1.16.4", "numpy"),
        ("Pillow<7", "Pillow"),
        ("torch==1.0.0", "torch"),
        ("opencv-python==4.1.0.25", "opencv-python"),
        ("numpy>=1.16", "numpy>=1.16"),
        ("numpy==2.1.0", "numpy==2.1.0"),
        ("tqdm==4.1", "tqdm==4.1"),
        ("tensorflow-gpu", "tensorflow"),
        ("tensorflow>=1.12", "tensorflow>=1.12"),
        ("name @ git+https://example.org/name.git", "name @ git+https://example.org/name.git"),
        ("git+https://example.org/x.git#egg=name", "name @ git+https://example.org/x.git#egg=name"),
    ],
)
def test_a_version_of_back_then_becomes_one_of_today(tmp_path: Path, line: str, taken: str) -> None:
    found = declared(tmp_path, "pip install -r requirements.txt", requirements=f"# these\n{line}\n")
    assert found.dependencies == (taken,)
    is_older = "gpu" not in line and line != taken and "git" not in line
    assert bool(found.notes) == is_older
    if is_older:
        assert f"requirements.txt, line 2: {line} is older" in found.notes[0]


@pytest.mark.parametrize(
    "line",
    [
        "runway-python",
        "runway_python==0.5",
        "git+https://github.com/runwayml/model-sdk.git@0.6",
        "-e git+https://github.com/runwayml/model-sdk",
        "pip==20",
        ".",
        "-e .",
    ],
)
def test_what_gesso_has_itself_is_left_out(tmp_path: Path, line: str) -> None:
    assert declared(tmp_path, "pip install -r requirements.txt", requirements=line).dependencies == ()


@pytest.mark.parametrize(
    ("steps", "requirements", "words"),
    [
        (["pip install -r requirements.txt"], "a\ntensorflow==1.12.0", "requirements.txt, line 2: tensorflow==1.12.0"),
        (["pip install tensorflow-gpu==1.15"], "", "runway.yml, build step 1: tensorflow-gpu==1.15"),
        (["pip install 'tensorflow<2'"], "", "build step 1: tensorflow<2"),
        (["pip install tensorflow~=2.3.0"], "", "build step 1: tensorflow~=2.3.0"),
        (["pip install a", "apt-get update && apt-get install -y ffmpeg"], "", "runway.yml, build step 2: `apt-get"),
        (["sudo apt install x"], "", "build step 1: `sudo apt install x`"),
        (["conda install pytorch"], "", "build step 1: `conda install"),
        (["pip install https://example.org/a.whl"], "", "build step 1: 'https://example.org/a.whl'"),
        (["pip install ./vendored"], "", "build step 1: './vendored'"),
    ],
)
def test_what_cannot_be_had_here_can_elsewhere(tmp_path: Path, steps: list[str], requirements: str, words: str) -> None:
    with pytest.raises(DeclarationError) as raised:
        declared(tmp_path, *steps, requirements=requirements)
    assert words in raised.value.message
    assert ELSEWHERE in raised.value.hint


def test_a_framework_of_back_then_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"framework: tensorflow meant TensorFlow 1\.12") as raised:
        declared(tmp_path, framework="tensorflow", code="import tensorflow as tf\n")
    assert ELSEWHERE in raised.value.hint
    found = declared(
        tmp_path, "pip install tensorflow>=2.12 -q > log.txt 2>&1", framework="tensorflow", code="import keras"
    )
    assert found.dependencies == ("tensorflow>=2.12",)
    assert declared(tmp_path, framework="tensorflow", code="import numpy").dependencies == ()  # the template said it


def test_what_came_with_the_sdk_is_added_where_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.py").write_text("from scipy.misc import x\n")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.py").write_text("import gevent\n")
    found = declared(tmp_path, "pip install six==1.12", code="import six, os\n  import unidecode\nimport torch\n")
    assert found.dependencies == ("six==1.12", "scipy", "unidecode")
    assert found.places["scipy"] == "an `import scipy` in its code"


# -- steps ------------------------------------------------------------------------------------------------------------


def test_other_steps_are_passed_over_and_told(tmp_path: Path) -> None:
    found = declared(
        tmp_path, "pip install a && wget https://example.org/w.pth -O w.pth; mkdir x", "A=1 pip install b && echo done"
    )
    assert found.dependencies == ("a", "b")
    assert [note.partition(": ")[0] for note in found.notes] == ["runway.yml, build step 1"] * 2
    assert "`wget https://example.org/w.pth -O w.pth`" in found.notes[0]
    assert "run it once yourself in the model's folder" in found.notes[1]
    assert len(declared(tmp_path, "echo x > config.txt").notes) == 1


@pytest.mark.parametrize("has_gpu", [True, False])
def test_a_step_may_be_for_one_kind_of_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_gpu: bool) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/nvidia-smi" if has_gpu else None)
    found = declared(tmp_path, {"if_gpu": "pip install with-gpu"}, {"if_cpu": "pip install without"})
    assert found.dependencies == (("with-gpu",) if has_gpu else ("without",))


@pytest.mark.parametrize(
    "steps", ["pip install a", {"if_gpu": "x"}, [3], [["pip"]], [{"if_tpu": "x"}], [{"if_gpu": "a", "if_cpu": "b"}]]
)
def test_steps_that_are_none_are_refused(tmp_path: Path, steps: Any) -> None:
    with pytest.raises(DeclarationError, match=r"build.step"):
        read(tmp_path, PLAIN | {"build_steps": steps})


def test_a_quote_that_is_not_closed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"build step 1: .*cannot be read"):
        declared(tmp_path, "pip install 'a")


@pytest.mark.parametrize("name", ["missing.txt", "../outside.txt", "/etc/passwd"])
def test_requirements_that_are_not_the_models_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeclarationError, match=r"runway\.yml, build step 1"):
        declared(tmp_path, f"pip install -r {name}")


def test_requirements_that_name_each_other_end(tmp_path: Path) -> None:
    found = declared(tmp_path, "pip install -r requirements.txt", requirements="a\n-r requirements.txt\n")
    assert found.dependencies == ("a",)
