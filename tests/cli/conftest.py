"""What the tests of the terminal share: the command, called in this process, and a folder to work in."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from gesso.cli.commands import invoke

HEAD = """
import os, time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal
import numpy as np
from gesso import (
    Directory, Field, File, Image, InputError, Json, Model, Range, Video, command, log, preview, progress, seed
)
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what stands in the terminal."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What standard output says; it must be JSON and nothing else."""
        return json.loads(self.out)


Gesso = Callable[..., Ended]


@pytest.fixture
def gesso(home: Path, capfd: pytest.CaptureFixture[str]) -> Gesso:
    """Call the command with these words."""

    def call(*words: str) -> Ended:
        capfd.readouterr()
        code = invoke([str(word) for word in words])
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    return call


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that one works in, with a picture photo.png of 48 x 32 pixels."""
    monkeypatch.chdir(tmp_path)
    write_picture(tmp_path / "photo.png")
    return tmp_path


def write_picture(path: Path, *, width: int = 48, height: int = 32) -> Path:
    """Write a picture that is the same each time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(np.arange(width * height, dtype=np.uint8).reshape(height, width)).convert("RGB").save(path)
    return path


def write_model(code: str, path: str = "model_here.py", *, head: str = "") -> str:
    """Write a model of one file; `code` comes after the imports. Returns its reference."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(textwrap.dedent(head) + HEAD + textwrap.dedent(code), encoding="utf-8")
    return f"./{path}"
