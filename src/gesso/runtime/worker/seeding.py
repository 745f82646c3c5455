"""Seed the random numbers of a run, so that its recipe makes the same again."""

from __future__ import annotations

import random
import sys

import numpy as np


def seed_libraries(seed: int) -> None:
    """Seed `random`, numpy's global generator, and torch where the model has imported it (0 <= seed < 2**32).

    torch that is imported only during a run is not reached: import it at the top of the file or in `setup`.
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the global generator is the one that models use without thinking
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)
