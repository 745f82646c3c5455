"""Where a model computes."""

from __future__ import annotations

import importlib
import importlib.util
from types import SimpleNamespace

import pytest

from gesso.runtime.worker.device import find_device, give_device
from gesso.sdk.model import Model


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


def _no_torch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count who looks for torch, which is not there."""
    looked_for: list[str] = []
    monkeypatch.setattr(importlib.util, "find_spec", looked_for.append)
    return looked_for


def test_a_model_that_does_not_ask_does_not_wait_for_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(Model):
        pass

    looked_for = _no_torch(monkeypatch)
    one, other = Plain(), Plain()
    give_device(one, "auto")
    give_device(other, "auto")
    assert not looked_for
    assert [one.device, one.device, other.device] == ["cpu"] * 3
    assert looked_for == ["torch"] * 2
    assert (Plain.device, Model.device) == ("auto", "auto")


@pytest.mark.parametrize(
    ("says", "wanted", "device"), [("cpu", "auto", "cpu"), ("auto", "mps", "mps"), ("cpu", "cuda", "cuda")]
)
def test_what_is_said_is_had_without_torch(
    says: str, wanted: str, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Settled(Model):
        device = says

    looked_for = _no_torch(monkeypatch)
    model = Settled()
    give_device(model, wanted)
    assert model.device == device
    assert not looked_for


def test_a_class_may_say_auto_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    class Open(Model):
        device = "auto"

    _no_torch(monkeypatch)
    model = Open()
    give_device(model, "auto")
    assert model.device == "cpu"
