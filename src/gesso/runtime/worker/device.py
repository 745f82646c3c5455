"""Choose where a model computes."""

from __future__ import annotations

import importlib
import importlib.util


def find_device(wanted: str = "auto") -> str:
    """Return `wanted`, or for "auto" the best device that torch sees: "cuda", "mps" or "cpu".

    torch is asked only where it is installed: a model without it does not pay the second that its import takes.
    """
    if wanted != "auto":
        return wanted
    if importlib.util.find_spec("torch") is None:
        return "cpu"
    torch = importlib.import_module("torch")
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
