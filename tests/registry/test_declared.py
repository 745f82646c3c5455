from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.errors import DeclarationError
from gesso.registry.declared import Declared, read_declared
from gesso.spec.model import Weights

SHA256 = "ab" * 32


def block(text: str) -> str:
    return "# /// script\n" + "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines()) + "# ///\n"


def read(toml: str | None = None, code: str = "") -> Declared:
    return read_declared(toml=toml, code=code, code_name="model.py")


def test_every_key_of_gesso_toml() -> None:
    declared = read(f"""
        name = "pose"
        title = "Pose"
        description = "Where a person's joints are."
        licence = "Apache-2.0"
        authors = ["Ada", "Grace"]
        category = "people"
        source = "https://example.org/pose"
        requires-python = ">=3.11"
        dependencies = ["numpy<2"]
        without-dependencies = ["mediapipe==0.10.21"]
        memory_mb = 400
        preview = "preview.jpg"
        class = "Pose"
        entry = "pose.py"
        [[weights]]
        name = "pose.onnx"
        url = "https://example.org/pose.onnx"
        sha256 = "{SHA256}"
        size_bytes = 5
        [[examples]]
        image = "package:skier.jpg"
        colours = 3
    """)
    assert declared == Declared(
        name="pose",
        title="Pose",
        description="Where a person's joints are.",
        licence="Apache-2.0",
        authors=("Ada", "Grace"),
        category="people",
        source="https://example.org/pose",
        requires_python=">=3.11",
        dependencies=("numpy<2",),
        without_dependencies=("mediapipe==0.10.21",),
        memory_mb=400,
        preview="preview.jpg",
        class_name="Pose",
        entry="pose.py",
        weights=(Weights(name="pose.onnx", url="https://example.org/pose.onnx", sha256=SHA256, size_bytes=5),),
        examples=({"image": "package:skier.jpg", "colours": 3},),
    )


def test_inline_metadata() -> None:
    code = block(
        'requires-python = ">=3.11"\n'
        "dependencies = [\n"
        '  "numpy", # for arrays\n'
        "]\n"
        "\n"
        "[tool.other]\n"
        "key = 1\n"
        "[tool.gesso]\n"
        'license = "MIT"\n'
        'without-dependencies = ["heavy"]\n'
    )
    expected = Declared(
        requires_python=">=3.11", dependencies=("numpy",), licence="MIT", without_dependencies=("heavy",)
    )
    assert read(code=f"#!/usr/bin/env python\n{code}\nimport numpy\n") == expected
    assert read(code="# /// other\n# key = 1\n# ///\n") == Declared()
    assert read(code="# /// script\nnot a comment\n# ///\n") == Declared()


def test_a_folder_may_use_both_as_long_as_each_thing_is_said_once() -> None:
    code = block('dependencies = ["numpy"]')
    assert read('licence = "MIT"', code) == Declared(licence="MIT", dependencies=("numpy",))
    with pytest.raises(DeclarationError, match=r"dependencies is said twice: in gesso\.toml and in model\.py"):
        read("dependencies = []", code)
    with pytest.raises(DeclarationError, match="licence is said twice"):
        read('licence = "MIT"\nlicense = "MIT"')
    with pytest.raises(DeclarationError, match=r"dependencies is said twice: in model\.py and in \[tool\.gesso\]"):
        read(code=block("dependencies = []\n[tool.gesso]\ndependencies = []"))


@pytest.mark.parametrize(
    ("toml", "message", "hint"),
    [
        ("licens = 1", "gesso.toml has an unknown key 'licens'", "Did you mean 'licen"),
        ("requires_python = ''", "unknown key 'requires_python'", "Did you mean 'requires-python'?"),
        ("zzz = 1", "unknown key 'zzz'", "It knows: authors, category"),
        ("title = 3", "title: expected a text, but got a whole number", ""),
        ("authors = 'Ada'", "authors: expected a list, but got a text", ""),
        ("authors = [1]", "authors[0]: expected a text", ""),
        ("memory_mb = 'much'", "memory_mb: expected a whole number, but got a text", ""),
        ("weights = 3", "weights: expected a list, but got a whole number", ""),
        ("weights = [3]", "weights[0]: expected a table, but got a whole number", ""),
        ("[[weights]]\nname = 'x'", "weights[0]: url is missing", ""),
        ("[[weights]]\nname='x'\nurl='u'\nsha256='s'\nsize=1", "[[weights]] has an unknown key 'size'", "size_bytes"),
        ("examples = ['x']", "examples[0]: expected a table", ""),
        ("title = Pose", "gesso.toml cannot be read", "stands in quotes"),
        ("x = " + "[" * 5000, "gesso.toml cannot be read", ""),
    ],
)
def test_what_is_wrong_is_named(toml: str, message: str, hint: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        read(toml)
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (block("a = 1") + "\n" + block("b = 1"), "model.py has 2 blocks"),
        (block("dependancies = []"), "model.py has an unknown key 'dependancies'"),
        (block("[tool.gesso]\nmemroy_mb = 1"), "[tool.gesso] in model.py has an unknown key 'memroy_mb'"),
        (block("[tool]\ngesso = 1"), "tool.gesso in model.py is not a table"),
        (block("[tool.gesso]\nentry = 'other.py'"), "model.py cannot name an entry"),
        (block("dependencies = ["), "the `# /// script` block of model.py cannot be read"),
        (block("tool = 1\ndependencies = 1"), "dependencies: expected a list"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(code: str, message: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        read(code=code)
    assert message in caught.value.message


@given(toml=st.none() | st.text(), code=st.text() | st.text().map(block))
def test_any_text_is_read_or_refused(toml: str | None, code: str) -> None:
    with contextlib.suppress(DeclarationError):
        read(toml, code)


def test_many_beginnings_of_blocks_are_read_in_one_pass() -> None:
    began = time.monotonic()
    assert read(code="# /// script\n" * 200_000) == Declared()
    assert time.monotonic() - began < 5
    assert read(code="# /// other\n# /// script\n# ///\n\n" + block('requires-python = ">=3.11"')).requires_python
