"""What all who learn Shakespeare by characters share: nanoGPT's small shape for a CPU, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

BABY: Final = {"n_layer": 4, "n_head": 4, "n_embd": 128, "block_size": 64, "batch_size": 12}
"""The shape and the batch that nanoGPT's page names for a laptop."""
SHARE: Final = 0.9
"""How much of the text is learnt from; the rest is held out."""


@torch.no_grad()
def heldout_loss(logits: Callable[[Tensor], Tensor], tokens: Tensor) -> float:
    """Return the mean loss over all of a text in sequences of the block size, nats a character."""
    size = BABY["block_size"]
    count = (len(tokens) - 1) // size
    inputs = tokens[: count * size].view(count, size)
    targets = tokens[1 : count * size + 1].view(count, size)
    total = 0.0
    for some, right in zip(inputs.split(64), targets.split(64), strict=True):
        total += functional.cross_entropy(logits(some).flatten(0, 1), right.flatten(), reduction="sum").item()
    return total / (count * size)
