"""Standard input, output and error that are closed, full, or that nobody reads: the command as a shell starts it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gesso.cli.exits import READER_GONE
from tests.cli.conftest import write_model

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the redirections are those of a POSIX shell")

GESSO = f'"{sys.executable}" -m gesso.cli.main'
SIZE = """
class Size(Model):
    def run(self, file: File, prompt: str = "") -> int:
        return file.size_bytes
"""


@pytest.fixture
def size(work: Path, home: Path) -> str:
    return f"run {write_model(SIZE)} --trust"


def shell(command: str) -> subprocess.CompletedProcess[str]:
    script = f"set -o pipefail; {GESSO} {command}"
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60)


def test_an_input_that_is_closed_is_told(size: str) -> None:
    ended = shell(f"{size} -i file=- <&-")
    assert ended.returncode == 3
    assert "a standard input that is closed" in ended.stderr
    assert "fault" not in ended.stderr


def test_an_input_that_is_empty_is_told(size: str) -> None:
    ended = shell(f"{size} -i file=- < /dev/null")
    assert ended.returncode == 3
    assert "nothing from standard input" in ended.stderr
    assert shell(f"{size} -i file=@photo.png -i prompt=- < /dev/null").returncode == 0


def test_who_needs_no_input_does_not_mind(size: str) -> None:
    assert shell(f"{size} -i file=@photo.png <&-").stdout == f"{Path('photo.png').stat().st_size}\n"


def test_an_output_that_is_closed_is_told_before_anything_runs(size: str) -> None:
    ended = shell(f"{size} -i file=@photo.png >&-")
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "The results cannot be written to standard output: it is closed.",
        "Send it somewhere else; `gesso run` writes files with -o.",
    ]


def test_a_closed_output_does_not_mind_if_nothing_is_printed(size: str) -> None:
    ended = shell(f"{size} -i file=@photo.png -o out.json <&- >&-")
    assert (ended.returncode, Path("out.json").is_file()) == (0, True)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full")
@pytest.mark.parametrize("words", ["{size} -i file=@photo.png", "version", "models", "--help", "run --help"])
def test_a_full_disk_is_told(size: str, words: str) -> None:
    ended = shell(f"{words.format(size=size)} > /dev/full")
    assert ended.returncode == 1
    assert "standard output: the disk is full" in ended.stderr
    assert "fault" not in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("words", ["{size} -i file=@photo.png", "version", "models", "--help", "run --help"])
def test_a_reader_that_goes_away_is_no_fault(size: str, words: str) -> None:
    ended = shell(f"{words.format(size=size)} | true")
    assert ended.returncode in (READER_GONE, 0)  # 0: the reader was slower to go away
    assert not {"fault", "Traceback", "Exception", "cannot"} & set(ended.stderr.split())


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full"])
def test_what_cannot_be_said_hinders_nothing(size: str, closed: str) -> None:
    if "full" in closed and sys.platform != "linux":
        closed = "2>&-"
    ended = shell(f"{size} -i file=@photo.png {closed}")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert shell(f"rnu {closed}").returncode == 2


def test_with_all_closed_it_still_works(size: str) -> None:
    assert shell(f"{size} -i file=@photo.png -o out.json <&- >&- 2>&-").returncode == 0
    assert Path("out.json").is_file()
