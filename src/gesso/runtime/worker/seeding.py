"""Seed the random numbers of a run, so that its recipe makes the same again."""

from __future__ import annotations

import random
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

import numpy as np


class _Later(MetaPathFinder):
    """Seeds torch as soon as a model has imported it, which may be in the middle of a run."""

    seed = 0

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:  # noqa: PLR0917 - as importlib
        """Return where torch is, with a loader that seeds it. Other modules are not looked for here."""
        spec = PathFinder.find_spec(name, path, target) if name == "torch" else None
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_seed(module: ModuleType) -> None:
                load(module)
                module.manual_seed(self.seed)

            spec.loader.exec_module = load_and_seed  # type: ignore[method-assign]  # of this one loader
        return spec


_LATER: Final = _Later()


def seed_libraries(seed: int) -> None:
    """Seed `random`, numpy's global generator, and torch, now or when the model imports it (0 <= seed < 2**32)."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the global generator is the one that models use without thinking
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)
    _LATER.seed = seed
    if _LATER not in sys.meta_path:
        sys.meta_path.insert(0, _LATER)
