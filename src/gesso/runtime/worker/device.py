"""Choose where a model computes."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from gesso.sdk.model import Model


def find_device(wanted: str = "auto") -> str:
    """Return `wanted`, or for "auto" the best device that torch sees: "cuda", "mps" or "cpu".

    torch is asked only where it is installed.
    """
    if wanted != "auto":
        return wanted
    if importlib.util.find_spec("torch") is None:
        return "cpu"
    torch = importlib.import_module("torch")
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


class _Found:
    """A device that is found when a model asks for it the first time."""

    def __get__(self, model: Model | None, _: Any) -> str:
        if model is None:
            return "auto"
        model.device = find_device()
        return model.device


def give_device(model: Model, wanted: str) -> None:
    """Have `model.device` say where to compute: `wanted`, or what its class says if that is "auto".

    If both are, the device is found when the model asks for it: the second and the memory that torch's import takes are
    not for models that never do.
    """
    device = type(model).device if wanted == "auto" else wanted
    if device == "auto":
        type(model).device = _Found()  # type: ignore[assignment]  # stands for the text until the model has its own
    else:
        model.device = device
