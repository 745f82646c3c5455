"""The loss over a large vocabulary, a piece at a time.

The scores of every piece of the vocabulary for every token of a batch take by far the most room in a small model's
training: 4,096 tokens over GPT-2's vocabulary are 800 MB, and as much again on the way back. Here they are made for a
few hundred tokens at a time, and what the way back needs is taken from them at once, while they are in the cache.
"""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional

_NUMBERS: Final = 4_000_000
"""How many scores are made at a time."""


def cross_entropy(last: Tensor, table: Tensor, *, targets: Tensor) -> Tensor:
    """Return the mean cross entropy of `last @ table.T` (tokens, vocabulary) and the targets (tokens,)."""
    loss: Tensor = _InPieces.apply(last, table, targets)
    return loss


class _InPieces(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, last: Tensor, table: Tensor, targets: Tensor) -> Tensor:  # noqa: PLR0917 - torch's own order
        kind = last.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else last.dtype
        inputs, weights = last.to(dtype), table.to(dtype)
        to_last = torch.empty_like(inputs) if ctx.needs_input_grad[0] else None
        to_table = torch.zeros_like(table) if ctx.needs_input_grad[1] else None
        total = last.new_zeros((), dtype=torch.float32)
        rows = max(64, _NUMBERS // len(table))
        with torch.autocast(kind, enabled=False):
            for begin in range(0, len(inputs), rows):
                piece, right = inputs[begin : begin + rows], targets[begin : begin + rows, None]
                scores = functional.log_softmax((piece @ weights.T).float(), dim=-1)
                total -= scores.gather(1, right).sum()
                if to_last is None and to_table is None:
                    continue
                slope = scores.exp_()  # of the loss, for each score: how likely, less one where it was right
                slope.scatter_add_(1, right, slope.new_full((1, 1), -1).expand_as(right))
                slope = slope.to(dtype)
                if to_last is not None:
                    torch.mm(slope, weights, out=to_last[begin : begin + rows])
                if to_table is not None:
                    to_table += slope.T @ piece
        ctx.to_last = None if to_last is None else to_last.to(last.dtype).div_(len(inputs))
        ctx.to_table = None if to_table is None else to_table.div_(len(inputs))
        return total / len(inputs)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        (slope,) = slopes
        return (
            None if ctx.to_last is None else ctx.to_last * slope,
            None if ctx.to_table is None else ctx.to_table * slope,
            None,
        )
