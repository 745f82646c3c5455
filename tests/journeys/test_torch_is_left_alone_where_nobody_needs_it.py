"""A model that does not compute with torch does not wait for it, even where that is installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from gesso.spec.runnable import Request, Result
from tests.cli.conftest import write_model
from tests.cli.serving import run
from tests.journeys.conftest import Studio

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


async def test_torch_that_is_imported_in_the_middle_of_a_run_draws_by_its_seed(studio: Studio) -> None:
    model = await studio.open(
        """
        class Late(Model):
            def run(self) -> float:
                import torch
                return float(torch.rand(1))
        """
    )

    async def draw(seed: int) -> float:
        result = [event async for event in model.run(Request(inputs={}, seed=seed))][-1]
        assert isinstance(result, Result)
        return float(result.outputs["output"])

    first = await draw(7)  # torch is not there yet
    assert await draw(8) != first
    assert await draw(7) == first
