from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from gesso.doctor.code import read_code
from gesso.doctor.finding import Finding


def problems(folder: Path, code: str, class_name: str = "") -> list[Finding]:
    path = folder / "model.py"
    path.write_text(textwrap.dedent(code), encoding="utf-8")
    return [finding for finding in read_code(path, class_name).findings if finding.kind != "good"]


def method(head: str, body: str = "return p") -> str:
    return f"class A(Model):\n    def {head}:\n        {body}\n"


@pytest.mark.parametrize(
    "code",
    [
        """
        from gesso import Image, Model
        class Same(Model):
            def run(self, photo: Image) -> Image:
                return photo
        """,
        """
        import gesso
        from collections.abc import Iterator
        class Tell(gesso.Model):
            @gesso.command
            def tell(self, prompt: "str", *, times: int = 2) -> Iterator[str]:
                yield prompt
            def inner(self, x): ...
        """,
        """
        from gesso import *
        class Base(Model):
            def run(self, photo: Image) -> Image:
                return photo
        class Own(Base):
            name = "own"
        """,
        """
        from gesso import Model
        class Later(Model):
            def run(self) -> int:
                raise NotImplementedError
        """,
    ],
)
def test_what_is_well_is_left_alone(tmp_path: Path, code: str) -> None:
    class_name = "Own" if "Own" in code else ""
    assert problems(tmp_path, code, class_name) == []


@pytest.mark.parametrize(
    ("code", "line", "message", "hint"),
    [
        ("class A(Model)\n    pass\n", 1, "expected ':'", "end with a colon"),
        ("x = (1,\n", 1, "was never closed", "bracket that closes it"),
        ("def f():\nreturn 1\n", 2, "expected an indented block", "four spaces"),
        ("x = 'abc\n", 1, "unterminated string", "quote"),
        ("class A:\n    def run(self): ...\n", 1, "A does not say that it is a model", "class A(Model)"),
        ("x = 1\n", None, "There is no class", "class MyModel(Model)"),
        ("class A(Model): ...\nclass B(Model): ...\n", 2, "several models: A, B", 'class = "B"'),
        ("class A(Model):\n    x = 1\n", 1, "nothing to run", "@command"),
        (
            method("run(self, p: str, q) -> str"),
            2,
            "'q' of run has no type",
            "q: Image",
        ),
        (method("run(self, p: str)"), 2, "does not say what it returns", "->"),
        (method("run(p: str) -> str"), 2, "begin with self", "run(self"),
        (method("run(self, *p: str) -> str"), 2, "*p cannot", "by itself"),
        (method("run(self, p: str) -> str", "p + p"), 2, "nothing in it returns", "return"),
        (
            method("run(self, p: Image) -> str"),
            2,
            "Image is not known",
            "import Image",
        ),
        (
            method("run(self, p: strr) -> str"),
            2,
            "strr is not known",
            "mean str?",
        ),
        (
            method("run(self, p: image) -> str"),
            2,
            "image is not known",
            "mean Image?",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, code: str, line: int | None, message: str, hint: str
) -> None:
    found = problems(tmp_path, code)[0]
    assert message in found.message
    assert hint in found.hint
    assert found.where == ("model.py" if line is None else f"model.py, line {line}")


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    code = "class A(Model):\n    def run(self, a, b):\n        pass\n"
    assert len(problems(tmp_path, code)) == 3


def test_a_class_that_the_declaration_names_and_is_not_there(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "class A(Model): ...\n", "B")
    assert "no class B(Model)" in found.message


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_bytes(b"\xff\xfe\x00")
    (found,) = read_code(tmp_path / "model.py").findings
    assert found.kind == "problem"
    assert "UTF-8" in found.hint


def test_a_name_that_stands_twice_in_a_line_is_said_once(tmp_path: Path) -> None:
    found = problems(tmp_path, "from gesso import Model\n" + method("run(self, p: Image) -> Image"))
    assert [finding.message for finding in found] == ["Image is not known here."]
