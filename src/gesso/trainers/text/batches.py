"""What is read in which step: a function of the seed and the step's number, so that no place needs to be remembered.

All documents stand one behind the other and are cut into sequences of equal length (packing: nothing is padded). In
each round through the text the cuts lie elsewhere, and the sequences come in another order, each once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Tokens: TypeAlias = NDArray[np.uint16 | np.uint32]
"""A text in numbers."""


class Batches:
    """Batches of `rows` sequences of `length` tokens each. There must be more tokens than `length`."""

    def __init__(self, tokens: Tokens, *, rows: int, length: int, seed: int) -> None:
        assert len(tokens) > length, "the plan takes shorter sequences of a short text"
        self._tokens, self._rows, self._length, self._seed = tokens, rows, length, seed
        self._count = max(1, (len(tokens) - length) // length)
        self._order = lru_cache(maxsize=2)(self._make_order)

    def __call__(self, step: int) -> tuple[Tensor, Tensor]:
        """Return what is read in a step, and what should be guessed: the same, one token further."""
        starts = [self._start(step * self._rows + row) for row in range(self._rows)]
        return gather(self._tokens, starts, length=self._length)

    def _start(self, sequence: int) -> int:
        round_, place = divmod(sequence, self._count)
        order, shift = self._order(round_)
        return int(order[place]) * self._length + shift

    def _make_order(self, round_: int) -> tuple[NDArray[np.int64], int]:
        chance = np.random.default_rng([self._seed, round_])
        shift = int(chance.integers(0, len(self._tokens) - self._count * self._length))
        return chance.permutation(self._count), shift


def gather(tokens: Tokens, starts: list[int], *, length: int) -> tuple[Tensor, Tensor]:
    """Return the sequences that begin at these places, and what follows each token of them."""
    together = np.stack([tokens[start : start + length + 1] for start in starts]).astype(np.int64)
    batch = torch.from_numpy(together)
    return batch[:, :-1], batch[:, 1:]


def spread(tokens: Tokens, *, length: int, most: int) -> list[int]:
    """Return where at most `most` sequences begin that lie evenly over the whole text and do not overlap."""
    starts = range(0, len(tokens) - length, length)
    if len(starts) <= most:
        return list(starts)
    return [starts[place] for place in np.linspace(0, len(starts) - 1, most).astype(int)]
