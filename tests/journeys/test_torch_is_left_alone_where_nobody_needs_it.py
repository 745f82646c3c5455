"""A model that does not compute with torch does not wait for it, even where that is installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.cli.conftest import write_model
from tests.cli.serving import run

PLAIN = """
import sys

class Plain(Model):
    {device}
    def run(self, word: str = "") -> str:
        return f"{{{asked}}}, torch is there: {{'torch' in sys.modules}}"
"""


@pytest.mark.parametrize(
    ("device", "asked", "has_torch"),
    [('device = "cpu"', "self.device", False), ("", "self.device", True), ("", "word", False)],
)
def test_torch_is_looked_for_only_where_it_may_matter(
    device: str, asked: str, *, has_torch: bool, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert importlib.util.find_spec("torch") is not None, "this model shares the environment of the tests, with torch"
    monkeypatch.chdir(tmp_path)
    write_model(PLAIN.format(device=device, asked=asked), "plain.py")
    ended = run("run", "./plain.py", "--trust", "-i", "word=a")
    assert f"torch is there: {has_torch}" in ended.stdout
