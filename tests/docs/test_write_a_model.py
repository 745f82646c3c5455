"""docs/write-a-model.md is done from top to bottom: files are written, commands are run, and say what the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import write_picture
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "write-a-model.md"
PROGRAMS = {
    "gesso": [sys.executable, "-c", "from gesso.cli.main import main; main()"],
    "python": [sys.executable],
}


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words behind that, and what is in it."""

    language: str
    words: dict[str, str]
    text: str


def blocks() -> list[Block]:
    found = re.findall(r"^```(\w+)(.*)\n((?:.*\n)*?)```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [
        Block(language, dict(word.split("=", 1) for word in words.split()), text) for language, words, text in found
    ]


def commands(text: str) -> list[tuple[str, str]]:
    """Return each command of a console block and what stands below it."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    return [(command, said.strip()) for command, _, said in (part.partition("\n") for part in parts)]


def is_said(expected: str, said: str) -> bool:
    """Say whether all lines that are expected come in their order; `...` stands for anything."""
    pieces = [re.escape(piece.strip()) for piece in expected.split("...")]
    return re.search(r"[\s\S]*?".join(pieces), said.replace("\r\n", "\n")) is not None


def run(command: str, *, code: int) -> None:
    program, *words = shlex.split(command.partition(" > ")[0])
    done = subprocess.run(
        [*PROGRAMS[program], *words], capture_output=True, text=True, encoding="utf-8", check=False, timeout=100
    )
    assert done.returncode == code, f"{command}\n{done.stdout}{done.stderr}"
    expected = next(said for written, said in ALL_COMMANDS if written == command)
    both = done.stdout + done.stderr
    assert is_said(expected, both), f"{command}\nexpected:\n{expected}\nsaid:\n{both}"


ALL_COMMANDS = [pair for block in blocks() if block.language == "console" for pair in commands(block.text)]


@pytest.mark.timeout(300)
def test_the_page_is_true(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH", "")])))
    for name in ("photo.jpg", "photos/fox.jpg", "photos/hare.jpg", "tint/example.jpg"):
        write_picture(tmp_path / name)
    for block in blocks():
        if "file" in block.words:
            path = tmp_path / block.words["file"]
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        for command, _ in commands(block.text) if block.language == "console" else []:
            run(command, code=int(block.words.get("fails", "0")))
    assert len(ALL_COMMANDS) > 15
    assert Path("seven.png").read_bytes() == Path("again.png").read_bytes()
