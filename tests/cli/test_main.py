"""The command as a process of its own: how it starts, ends, and is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gesso.version import VERSION
from tests.cli.conftest import write_model

GESSO = [sys.executable, "-c", "from gesso.cli.main import main; main()"]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*GESSO, *words], capture_output=True, text=True, check=False, timeout=60)


def test_help_lists_the_commands_in_the_order_in_which_one_meets_them(home: Path) -> None:
    ended = run("--help")
    assert ended.returncode == 0
    lines = ended.stdout.partition("Commands:")[2].strip().partition("\n\n")[0].splitlines()
    listed = [line.split()[0] for line in lines]
    assert listed == [
        "studio", "run", "models", "show", "add", "remove", "init", "doctor",
        "train", "datasets", "jobs", "host", "bot", "recipe", "backup", "restore", "serve", "version",
    ]  # fmt: skip
    assert run().stdout == ended.stdout


@pytest.mark.parametrize("word", ["version", "--version"])
def test_version(word: str) -> None:
    assert run(word).stdout == f"gesso {VERSION}\n"


@pytest.mark.parametrize("words", [["rnu"], ["run"], ["run", "pose", "--nothing"]])
def test_words_that_mean_nothing_end_with_2(home: Path, words: list[str]) -> None:
    ended = run(*words)
    assert ended.returncode == 2
    assert "Usage:" in ended.stderr


def test_without_the_terminals_libraries_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['typer'] = None; from gesso.cli.main import main; main()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 2
    assert 'pip install "gesso[studio]"' in ended.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console, this test's own too")
def test_ctrl_c_cancels_and_ends_with_130(home: Path, work: Path, nothing_left: None) -> None:
    model = write_model("""
        class Slow(Model):
            def run(self) -> int:
                try:
                    while True:
                        progress(0.5, "Working")
                        time.sleep(0.01)
                finally:
                    open("stopped", "w").close()
    """)
    process = subprocess.Popen([*GESSO, "run", model, "--trust"], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "Working" in line:
            break
    began = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "Canceled."
    assert Path("stopped").exists()
    assert time.monotonic() - began < 5


def test_every_letter_comes_through_a_pipe(home: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")  # what a pipe on Windows takes
    model = write_model('class Tell(Model):\n    def run(self) -> str:\n        return "狐 im Schnee"\n')
    ended = subprocess.run([*GESSO, "run", model, "--trust"], capture_output=True, check=False, timeout=60)
    assert ended.stdout.decode("utf-8").strip() == "狐 im Schnee"
