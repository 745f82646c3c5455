from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from gesso.app import App
from gesso.doctor.finding import Finding
from gesso.doctor.trial import Trial, look_at
from gesso.settings import load
from gesso.spec.runnable import Event, Progress

HEAD = "import time\nfrom gesso import Image, InputError, Model, command, progress\n"


async def try_out(folder: Path, code: str) -> tuple[list[Finding], list[Event]]:
    (folder / "model.py").write_text(HEAD + textwrap.dedent(code), encoding="utf-8")
    events: list[Event] = []
    async with App(load(), report=events.append) as app:
        source = app.registry.find(str(folder))
        app.trust.trust(source)
        looked, _ = look_at(source.manifest)
        trial = Trial(app=app, source=source, code=looked, report=events.append)
        return [finding async for finding in trial.findings()], events


async def test_a_model_that_is_well(home: Path, tmp_path: Path) -> None:
    findings, events = await try_out(tmp_path, """
        class Well(Model):
            def run(self, photo: Image, n: int = 1) -> Image:
                progress(0.5, "half")
                return photo
            def run_batch(self, photo, n):
                return photo
    """)  # fmt: skip
    assert [(finding.title, finding.kind) for finding in findings] == [
        ("Environment", "good"),
        ("Loading", "good"),
        ("Setup", "good"),
        ("Run: run", "good"),
        ("Run several at once: run_batch", "good"),
    ]
    assert Progress(0.5, "half") in events


@pytest.mark.parametrize(
    ("code", "title", "line", "words"),
    [
        ("import nothing_of_that_name\n", "Loading", 3, "nothing_of_that_name"),
        (
            "class A(Model):\n    def run(self, x: bytes) -> str:\n        return x\n",
            "Loading",
            4,
            "bytes is not a type",
        ),
        ("class A(Model):\n    def setup(self):\n        1 / 0\n    def run(self) -> int: ...\n", "Setup", 5, "Zero"),
        ("class A(Model):\n    def run(self) -> int:\n        return {}['x']\n", "Run: run", 5, "KeyError"),
        ("class A(Model):\n    def run(self) -> int:\n        return 'six'\n", "Run: run", None, "a whole number"),
        (
            "class A(Model):\n    def run(self, n: int) -> int:\n        return 1\n    def run_batch(self, n):\n"
            "        return [1]\n",
            "Run several at once: run_batch",
            None,
            "1 results for 2",
        ),
    ],
)
async def test_the_step_that_fails_says_where(
    home: Path, tmp_path: Path, code: str, title: str, line: int | None, words: str
) -> None:
    findings, _ = await try_out(tmp_path, code)
    last = findings[-1]
    assert (last.title, last.kind) == (title, "problem")
    assert words in last.message
    assert last.where == (f"model.py, line {line}" if line else "")
    assert all(finding.kind == "good" for finding in findings[:-1])


async def test_one_command_that_fails_does_not_hide_the_others(home: Path, tmp_path: Path) -> None:
    findings, _ = await try_out(tmp_path, """
        class Two(Model):
            @command
            def first(self) -> int:
                raise ValueError
            @command
            def second(self) -> int:
                return 2
    """)  # fmt: skip
    assert [finding.kind for finding in findings[-2:]] == ["problem", "good"]


def licence_of(folder: Path) -> Finding:
    from gesso.registry.manifest import read_manifest

    _, findings = look_at(read_manifest(folder))
    return next(finding for finding in findings if finding.title == "Licence")


def test_a_licence_is_missed_but_not_demanded(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(HEAD, encoding="utf-8")
    assert licence_of(tmp_path).kind == "remark"
    (tmp_path / "LICENSE.txt").touch()
    assert licence_of(tmp_path).kind == "good"


def test_the_remark_on_the_licence_says_where_a_single_file_has_it(tmp_path: Path) -> None:
    from gesso.registry.manifest import read_manifest

    (tmp_path / "edges.py").write_text(HEAD, encoding="utf-8")
    _, findings = look_at(read_manifest(tmp_path / "edges.py"))
    assert "[tool.gesso] in the comment at the top" in findings[-1].hint


def test_an_example_that_names_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    from gesso.registry.manifest import read_manifest

    (tmp_path / "model.py").write_text(HEAD, encoding="utf-8")
    (tmp_path / "gesso.toml").write_text('[[examples]]\nphoto = "file:me.jpg"\nn = 3\n')
    _, findings = look_at(read_manifest(tmp_path))
    assert "'me.jpg', which is not in the model's folder" in next(f for f in findings if f.title == "Examples").message
    (tmp_path / "me.jpg").touch()
    _, findings = look_at(read_manifest(tmp_path))
    assert next(f for f in findings if f.title == "Examples").kind == "good"


async def test_an_example_that_names_a_missing_file_of_a_package_is_a_problem(home: Path, tmp_path: Path) -> None:
    (tmp_path / "gesso.toml").write_text('[[examples]]\nn = "package:numpy/none.jpg"\n')
    findings, _ = await try_out(tmp_path, "class A(Model):\n    def run(self, n: str) -> str:\n        return n\n")
    assert "numpy/none.jpg" in next(finding for finding in findings if finding.kind == "problem").message
