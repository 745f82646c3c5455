"""Where a model computes."""

from __future__ import annotations

import importlib
import importlib.util
from types import SimpleNamespace

import pytest

from gesso.runtime.worker.device import find_device


def test_what_is_asked_for_is_taken() -> None:
    assert find_device("cuda") == "cuda"


def test_without_torch_it_is_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert find_device() == "cpu"


@pytest.mark.parametrize(("cuda", "mps", "device"), [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")])
def test_torch_is_asked(cuda: bool, mps: bool, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = SimpleNamespace(
        cuda=SimpleNamespace(is_available=lambda: cuda),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: mps)),
    )
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(importlib, "import_module", lambda name: torch)
    assert find_device() == device
