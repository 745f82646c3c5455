"""The same seed makes the same numbers."""

from __future__ import annotations

import random
import sys
from types import SimpleNamespace

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
