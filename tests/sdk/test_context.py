"""What a model says while it runs reaches the run; outside one it goes nowhere."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import gesso
from gesso.errors import CanceledError
from gesso.sdk.context import current, running


class Listening:
    def __init__(self, scratch: Path) -> None:
        self.seed = 7
        self.is_seed_given = True
        self.is_canceled = False
        self.scratch = self.checkpoints = scratch
        self.heard: list[Any] = []

    def progress(self, fraction: float, text: str) -> None:
        self.heard.append((fraction, text))

    def log(self, text: str, level: str) -> None:
        self.heard.append((text, level))

    def preview(self, value: Any, output: str) -> None:
        self.heard.append((value, output))


def test_outside_a_run_nothing_happens() -> None:
    gesso.progress(0.5, "half")
    gesso.log("line")
    gesso.preview("value")
    assert gesso.seed() == 0
    assert not gesso.is_canceled()
    assert gesso.scratch() == Path.cwd()
    assert not gesso.is_seed_given()
    assert gesso.checkpoints().is_dir()
    assert gesso.checkpoints() == gesso.checkpoints()
    assert gesso.wanted() == "go on"


def test_inside_a_run_everything_arrives(tmp_path: Path) -> None:
    run = Listening(tmp_path)
    with running(run):
        gesso.progress(0.5, "half")
        gesso.progress(-1)
        gesso.progress(7)
        gesso.log("line", "warning")
        gesso.preview("value", "output")
        assert gesso.seed() == 7
        assert gesso.is_seed_given()
        assert gesso.scratch() == gesso.checkpoints() == tmp_path
    assert run.heard == [(0.5, "half"), (0.0, ""), (1.0, ""), ("line", "warning"), ("value", "output")]
    assert current() is None


@pytest.mark.parametrize("say", [lambda: gesso.progress(0.1), lambda: gesso.log("x"), lambda: gesso.preview("x")])
def test_a_canceled_run_stops_where_it_speaks(say: Any, tmp_path: Path) -> None:
    run = Listening(tmp_path)
    run.is_canceled = True
    with running(run):
        assert gesso.is_canceled()
        with pytest.raises(CanceledError):
            say()


def test_a_thread_of_the_model_reaches_its_run(tmp_path: Path) -> None:
    run = Listening(tmp_path)
    with running(run):
        thread = threading.Thread(target=gesso.progress, args=(0.25, "from a thread"))
        thread.start()
        thread.join()
    assert run.heard == [(0.25, "from a thread")]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("pause", "pause"),
        ("finish\n", "finish"),
        ("go on", "go on"),
        ("", "go on"),
        ("stop", "go on"),
        ("\x00", "go on"),
    ],
)
def test_what_is_wanted_is_read_from_the_folder(written: str, wanted: str, tmp_path: Path) -> None:
    with running(Listening(tmp_path)):
        assert gesso.wanted() == "go on"
        (tmp_path / "wanted").write_text(written, encoding="utf-8")
        assert gesso.wanted() == wanted
        (tmp_path / "wanted").write_bytes(b"\xff\xfe")
        assert gesso.wanted() == "go on"
