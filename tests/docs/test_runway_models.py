"""docs/runway-models.md is done from top to bottom: its model runs in Gesso, by itself, and is asked there."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import write_picture
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "runway-models.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```\w+ file=(\S+)\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL))
CONSOLE = re.findall(r"^```console\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
ALONE = re.findall(r"^```sh\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def work(tmp_path: Path, warm_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the model of the page and a photo."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    write_picture(tmp_path / "photo.jpg")
    return tmp_path


def do(block: str) -> None:
    """Run the commands of a block, each of which says what stands below it; `...` is anything."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        program, *words = shlex.split(command)
        assert program == "gesso"
        done = subprocess.run(
            [sys.executable, "-c", "from gesso.cli.main import main; main()", *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        pieces = [
            re.escape(line.strip()) for text in expected.split("...") for line in text.splitlines() if line.strip()
        ]
        assert all(re.search(piece, said) for piece in pieces), f"{command}\n{said}"


def test_the_model_runs_as_it_is(work: Path) -> None:
    do(CONSOLE[0])
    assert (work / "out.png").exists()
    assert (work / "strong.png").exists()


@contextmanager
def alone(folder: Path, port: int) -> Iterator[None]:
    """Run the model by itself, with the words of the page."""
    words = ALONE[0].replace("python ", f"{shlex.quote(sys.executable)} ").strip()
    extended = words.replace('compat/shims"', 'compat/shims:$MORE"')
    variables = {"RW_HOST": "127.0.0.1", "RW_PORT": str(port), "MORE": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(["sh", "-c", f"{extended.replace('PYTHONPATH=', 'exec env PYTHONPATH=', 1)}"],
                               cwd=folder, env=os.environ | variables)  # fmt: skip
    try:
        while process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="what is typed on the page is for a shell of POSIX systems")
def test_it_runs_alone_and_is_asked(work: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with alone(work / "tint", port):
        do(CONSOLE[1].replace("9000", str(port)))
    assert (work / "asked.png").exists()
    assert (work / "again.png").exists()
