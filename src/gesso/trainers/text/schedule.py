"""How fast is learnt in which step."""

from __future__ import annotations

import math
from typing import Final

_END: Final = 0.1
"""What is left of the rate in the last step."""


def rate_at(step: int, *, steps: int, warm_up: int, highest: float) -> float:
    """Return the learning rate of a step: it rises evenly to the highest, then falls like a cosine to a tenth."""
    if step < warm_up:
        return highest * (step + 1) / warm_up
    part = (step - warm_up) / max(1, steps - warm_up)
    return highest * (_END + (1 - _END) * (1 + math.cos(math.pi * min(1.0, part))) / 2)
