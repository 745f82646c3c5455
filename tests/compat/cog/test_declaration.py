"""`cog.yaml` is read as data: what it asks for is taken or told, and what is wrong with it is said in a sentence."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.compat.cog import declaration
from gesso.errors import DeclarationError
from gesso.registry.manifest import Manifest, read_manifest

CODE = (
    "from cog import BasePredictor\nclass Predictor(BasePredictor):\n    def predict(self) -> str:\n        return ''\n"
)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Manifest]:
    def read_it(text: str, **files: str) -> Manifest:
        folder = tmp_path / "my_model"
        folder.mkdir(exist_ok=True)
        names = {"cog_yaml": text, "predict_py": CODE, **files}
        for name, content in names.items():
            (folder / name.replace("_", ".")).write_text(content, encoding="utf-8")
        return read_manifest(folder)

    return read_it


HERE = sys.version_info.minor
ENTRY = "predict: predict.py:Predictor\n"


def test_a_folder_with_cog_yaml_is_a_model(read: Callable[..., Manifest]) -> None:
    manifest = read(ENTRY)
    assert (manifest.kind, manifest.name, manifest.class_name) == ("cog", "my-model", "Predictor")
    assert (manifest.entry.name, manifest.folder) == ("predict.py", manifest.path)
    assert manifest.notes == ()


def test_run_is_the_new_word_and_the_class_may_be_left_out(read: Callable[..., Manifest]) -> None:
    assert read("run: predict.py:Predictor\n").class_name == "Predictor"
    assert read('run: "predict.py"\n').class_name == ""


def test_packages_are_asked_for_without_cog_itself(read: Callable[..., Manifest]) -> None:
    text = """
        build:
          python_packages:
            - cog==0.9.4
            - torch==2.0.1+cu118
            - "pillow>=10"
          run:
            - pip install --no-cache-dir requests==2.31.0
            - command: make hello && pip install rich
              mounts: [{type: secret, id: pip, target: /etc/pip.conf}]
        predict: predict.py:Predictor
    """
    manifest = read(text)
    assert set(manifest.requirements.dependencies) == {
        *("torch==2.0.1", "numpy<2"),  # it was built for numpy 1
        *("pillow>=10", "requests==2.31.0", "rich"),
    }
    (note,) = manifest.notes
    assert "does not run `make hello`" in note
    assert manifest.places["rich"] == "cog.yaml, run 2"


def test_a_file_of_requirements_is_read(read: Callable[..., Manifest]) -> None:
    requirements = """
        --extra-index-url https://download.pytorch.org/whl/cu118
        # what it needs
        cog
        torch==2.3.0+cu118 ; sys_platform == "linux"
        git+https://github.com/huggingface/transformers@2d1602a
        diffusers @ git+https://github.com/huggingface/diffusers
        -r more.txt
    """.replace("        ", "")
    manifest = read(
        f"build: {{python_requirements: requirements.txt}}\n{ENTRY}", requirements_txt=requirements, more_txt="scipy\n"
    )
    assert set(manifest.requirements.dependencies) == {
        'torch==2.3.0 ; sys_platform == "linux"',
        "transformers @ git+https://github.com/huggingface/transformers@2d1602a",
        "diffusers @ git+https://github.com/huggingface/diffusers",
        "scipy",
    }
    assert manifest.places["scipy"] == "more.txt, line 1"


def test_a_wheel_in_the_models_folder_is_taken(read: Callable[..., Manifest], tmp_path: Path) -> None:
    dist = tmp_path / "my_model" / "my dist"
    dist.mkdir(parents=True)
    for name in ("my_lib-0.1.0-py3-none-any.whl", "other-lib-2.tar.gz"):
        (dist / name).write_bytes(b"")
    requirements = "./my dist/my_lib-0.1.0-py3-none-any.whl\nmy dist/other-lib-2.tar.gz\n"
    manifest = read(f"build: {{python_requirements: requirements.txt}}\n{ENTRY}", requirements_txt=requirements)
    assert set(manifest.requirements.dependencies) == {
        f"my_lib @ {(dist / 'my_lib-0.1.0-py3-none-any.whl').as_uri()}",
        f"other-lib @ {(dist / 'other-lib-2.tar.gz').as_uri()}",
    }
    for wrong in ("./missing-1.whl", "../outside-1.whl", "./folder"):
        with pytest.raises(DeclarationError, match="does not say what package it is"):
            read(f"build: {{python_requirements: requirements.txt}}\n{ENTRY}", requirements_txt=wrong)


def test_what_cog_brought_along_is_added_where_it_is_imported(read: Callable[..., Manifest]) -> None:
    code = "import requests, os\nfrom pydantic import BaseModel\n" + CODE
    assert set(read(ENTRY, predict_py=code).requirements.dependencies) == {"requests", "pydantic"}
    named = read("build: {python_packages: [pydantic<2]}\n" + ENTRY, predict_py=code)
    assert set(named.requirements.dependencies) == {"requests", "pydantic<2"}


@pytest.mark.parametrize(
    ("said", "python"),
    [
        (f'"3.{HERE}"', f"==3.{HERE}.*"),
        (f"3.{HERE}.1", f"==3.{HERE}.*"),
        ("3.12", "==3.12.*"),
        ("3.13", ">=3.11" if HERE != 13 else "==3.13.*"),
        ("3.10", ">=3.11"),  # a number to other readers of YAML, and then 3.1
        ("3.14", ">=3.11"),
        ('"3.8"', ">=3.11"),
        ("", ""),
    ],
)
def test_a_version_of_python_is_taken_if_it_is_here_or_told(
    said: str, python: str, read: Callable[..., Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", {"python3.12": "/usr/bin/python3.12"}.get)
    manifest = read(f"build:\n  python_version: {said}\n{ENTRY}")
    assert manifest.requirements.python == python
    assert any("asks for Python 3." in note for note in manifest.notes) == (python == ">=3.11")


def test_what_is_passed_over_is_told_with_what_to_do(
    read: Callable[..., Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/git" if name == "git" else None)
    text = """
        build:
          gpu: true
          cuda: "11.8"
          system_packages: [git, ffmpeg, libgl1]
        environment: [HF_HOME=/tmp/hf, B=2]
        weights: [{name: a, target: /src/a, source: {uri: hf://a/b}}]
        concurrency: {max: 4}
        train: train.py:train
        image: r8.im/somebody/model
        predict: predict.py:Predictor
    """
    notes = read(text).notes
    assert len(notes) == 5
    assert "does not install: ffmpeg, libgl1." in notes[0]
    assert "NVIDIA GPU" in notes[1]
    assert "HF_HOME, B." in notes[2]
    assert "weights" in notes[3]
    assert "@cog.concurrent" in notes[4]


DEEP = "[" * 3000 + "]" * 3000
BOMB = "\n".join(
    [
        "a0: &a0 [x, x]",
        *(f"a{level}: &a{level} [*a{level - 1}, *a{level - 1}, *a{level - 1}]" for level in range(1, 60)),
    ]
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a table"),
        ("- a\n- b\n", "not a table"),
        ("just a text\n", "not a table"),
        ("predict: [\n", "line"),
        ("predict: 'a\n", "line"),
        ("a: b: c\n", "line 1 cannot be read"),
        ("predict: *nobody\n", "cannot be read"),
        ("? [a]\n: b\n", "cog.yaml"),
        ("\t- a", "cannot be read"),
        (DEEP, "cog.yaml"),
        ("build: {}\n", "does not say which class is the model"),
        ("predict:\n", "does not say which class is the model"),
        ("predict: a.py:A\nrun: a.py:B\n", "both run and predict"),
        ("predict: predict\n", "expected a file and a class in it"),
        ("predict: predict.py:a.b\n", "expected a file and a class in it"),
        ("predict: [predict.py]\n", "expected a file and a class in it, but got a list of 1"),
        ("predict: {a: b}\n", "but got an object with 1 field"),
        ("predict: missing.py:Predictor\n", "missing.py"),
        ("predict: ../../etc/passwd.py:Predictor\n", "outside of the model's folder"),
        ("predict: /etc/passwd.py:Predictor\n", "outside of the model's folder"),
        ("build: 3\n" + ENTRY, "build in cog.yaml"),
        ("build: [a]\n" + ENTRY, "build in cog.yaml"),
        ("build: {python_version: two}\n" + ENTRY, "python_version in cog.yaml"),
        ("build: {python_version: '2.7'}\n" + ENTRY, "no Python that Gesso runs"),
        ("build: {python_version: [3]}\n" + ENTRY, "python_version in cog.yaml: expected a text"),
        ("build: {python_packages: numpy}\n" + ENTRY, "python_packages in cog.yaml: expected a list"),
        ("build: {python_packages: [[a]]}\n" + ENTRY, "expected texts, but got a list of 1 among them"),
        ("build: {python_packages: ['==3']}\n" + ENTRY, "'==3' does not name a package"),
        ("build: {python_packages: [a], python_requirements: b.txt}\n" + ENTRY, "both python_packages and"),
        ("build: {python_requirements: missing.txt}\n" + ENTRY, "missing.txt"),
        ("build: {python_requirements: ../../../etc/hostname}\n" + ENTRY, "outside of the model's folder"),
        ("build: {system_packages: ffmpeg}\n" + ENTRY, "system_packages in cog.yaml: expected a list"),
        ("build: {run: [{mounts: []}]}\n" + ENTRY, "run in cog.yaml: expected commands"),
        ("build: {run: ['echo \"']}\n" + ENTRY, "cannot be read"),
        ("environment: A=b\n" + ENTRY, "environment in cog.yaml: expected a list"),
        (BOMB + "\nbuild: {python_packages: *a59}\n" + ENTRY, "but got a list of 3 among them"),
        (BOMB + "\npredict: *a59\n", "expected a file and a class in it, but got a list of 3"),
        ("!!python/object/apply:os.system ['true']\n", "not a table"),
        ("predict: !!python/name:os.system predict.py:A\nrun: b\n", "both run and predict"),
        ("a: " + "x" * 2_000_000 + "\n", "cog.yaml"),
        ("predict: \x00\n", "cog.yaml"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_what_is_wrong_is_said(text: str, words: str, read: Callable[..., Manifest]) -> None:
    with pytest.raises(DeclarationError) as caught:
        read(text)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 1000


JSON = st.recursive(
    st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["python_version", "python_packages", "python_requirements", "system_packages", "run", "gpu"])
TABLES = st.fixed_dictionaries(
    {},
    optional={
        "build": st.dictionaries(KEYS, JSON, max_size=6) | JSON,
        "predict": st.just("predict.py:A") | JSON,
        "run": JSON,
        "environment": JSON,
        "concurrency": JSON,
    },
)


@given(TABLES)
def test_no_table_makes_it_fail_in_another_way(table: Mapping[str, object]) -> None:
    folder = Path(__file__).parent / "models" / "enlarge"
    try:
        found = declaration.read(folder, table)
    except DeclarationError:
        return
    assert found.entry.endswith(".py")
