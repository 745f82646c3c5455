"""docs/cog-models.md is done from top to bottom: its model is written, its commands are run, and say what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Final

import PIL.Image
import pytest

from tests.cli.conftest import write_picture
from tests.conftest import ROOT
from tests.docs.test_write_a_model import PROGRAMS, commands, is_said

PAGE: Final = (ROOT / "docs" / "cog-models.md").read_text(encoding="utf-8")
BLOCKS: Final = re.findall(r"^```(\w+)(.*)\n((?:.*\n)*?)```$", PAGE, flags=re.MULTILINE)


@pytest.mark.timeout(300)
def test_the_page_is_true(warm_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_picture(tmp_path / "photo.jpg")
    said = 0
    for language, words, text in BLOCKS:
        if named := re.search(r"file=(\S+)", words):
            path = tmp_path / named[1]
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for command, expected in commands(text) if language == "console" else []:
            program, *arguments = shlex.split(command)
            done = subprocess.run(
                [*PROGRAMS[program], *arguments], capture_output=True, text=True, check=False, timeout=100
            )
            both = done.stdout + done.stderr
            code = re.search(r"fails=(\d+)", words)
            assert done.returncode == (int(code[1]) if code else 0), both
            assert is_said(expected, both), f"{command}\nexpected:\n{expected}\nsaid:\n{both}"
            said += 1
    assert said == 3
    with PIL.Image.open(tmp_path / "soft.png") as picture:
        assert picture.size
