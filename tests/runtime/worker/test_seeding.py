"""The same seed makes the same numbers."""

from __future__ import annotations

import importlib
import importlib.util
import random
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gesso.runtime.worker.seeding import seed_libraries


def draw() -> tuple[float, float]:
    return random.random(), float(np.random.rand())  # noqa: NPY002 - the generator that is seeded


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_the_same_seed_draws_the_same(seed: int) -> None:
    seed_libraries(seed)
    first = draw()
    seed_libraries(seed)
    assert draw() == first
    seed_libraries((seed + 1) % 2**32)
    assert draw() != first


def test_torch_is_seeded_where_it_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(manual_seed=seeds.append))
    seed_libraries(5)
    assert seeds == [5]


def test_torch_that_is_imported_later_is_seeded_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torch.py").write_text("seeds = []\nmanual_seed = seeds.append\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "torch", None)  # what is there now is there again after the test
    del sys.modules["torch"]
    seed_libraries(6)
    seed_libraries(7)
    assert importlib.util.find_spec("torch") is not None  # whoever only looks does not take it away
    torch: Any = importlib.import_module("torch")
    assert torch.seeds == [7]
    seed_libraries(8)
    assert torch.seeds == [7, 8]
