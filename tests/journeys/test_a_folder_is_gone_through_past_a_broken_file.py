"""Somebody begins a model and gives it a folder of photos, one of which is broken."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL.Image


def gesso(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from gesso.cli.main import main; main()", *words]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=100
    )


def test_the_others_are_done_and_the_broken_one_is_named(home: Path, tmp_path: Path, nothing_left: None) -> None:
    assert gesso(tmp_path, "init", "prints").returncode == 0
    (tmp_path / "photos").mkdir()
    chance = np.random.default_rng(1)
    for name in ("fox.jpg", "hare.png", "owl.webp"):
        PIL.Image.fromarray(chance.integers(0, 256, (60, 80, 3), np.uint8)).save(tmp_path / "photos" / name)
    whole = (tmp_path / "photos/fox.jpg").read_bytes()
    (tmp_path / "photos/cut.jpg").write_bytes(whole[: len(whole) // 2])

    ended = gesso(tmp_path, "run", "./prints", "-i", "photo=@photos/", "-i", "colours=3", "-o", "out/")

    assert ended.returncode == 7
    assert "3 of 4 files are done: out" in ended.stderr
    assert "cut.jpg: expected a picture" in ended.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["fox.png", "hare.png", "owl.png"]
    with PIL.Image.open(tmp_path / "out/fox.png") as print_of_fox:
        assert print_of_fox.size == (80, 60)

    (tmp_path / "photos/cut.jpg").unlink()
    again = gesso(tmp_path, "run", "./prints", "-i", "photo=@photos/", "-o", "out/", "--json")
    assert again.returncode == 0
    assert [Path(item["input"]).name for item in json.loads(again.stdout)] == ["fox.jpg", "hare.png", "owl.webp"]
