"""What the tests of trainers share: models so small that threads would only wait for each other."""

from __future__ import annotations

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute in one thread: on a busy machine two take a hundred times as long to meet after each small step."""
    torch.set_num_threads(1)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # CTranslate2 would set torch's number, too
