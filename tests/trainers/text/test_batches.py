"""What is read in which step."""

from __future__ import annotations

import numpy as np
import torch

from gesso.trainers.text.batches import Batches, spread

TEXT = np.arange(1000, dtype=np.uint16)


def test_a_batch_is_a_function_of_the_seed_and_the_step() -> None:
    first, again = (Batches(TEXT, rows=3, length=10, seed=1) for _ in range(2))
    for step in (40, 2, 7):
        assert all(torch.equal(*pair) for pair in zip(first(step), again(step), strict=True))
    assert not torch.equal(first(0)[0], Batches(TEXT, rows=3, length=10, seed=2)(0)[0])


def test_what_is_guessed_is_what_comes_next() -> None:
    inputs, targets = Batches(TEXT, rows=3, length=10, seed=1)(0)
    assert inputs.shape == targets.shape == (3, 10)
    assert torch.equal(inputs + 1, targets)


def test_in_a_round_everything_comes_once_and_in_the_next_in_another_order_and_elsewhere_cut() -> None:
    batches = Batches(TEXT, rows=9, length=10, seed=1)
    rounds = [torch.cat([batches(step)[0] for step in range(11 * turn, 11 * turn + 11)]) for turn in (0, 1)]
    for each in rounds:
        assert each.unique().numel() == each.numel() == 990
    assert not torch.equal(*rounds)
    assert rounds[0].min() != rounds[1].min() or not torch.equal(rounds[0] % 10, rounds[1] % 10)


def test_a_text_hardly_longer_than_a_sequence_is_enough() -> None:
    batches = Batches(TEXT[:12], rows=4, length=11, seed=0)
    assert torch.equal(batches(0)[0][0], torch.arange(11))
    assert batches(5)[1].max() == 11


def test_what_is_looked_at_lies_over_the_whole_text() -> None:
    assert spread(TEXT, length=100, most=100) == [0, 100, 200, 300, 400, 500, 600, 700, 800]
    assert spread(TEXT, length=100, most=3) == [0, 400, 800]
    assert spread(TEXT[:50], length=100, most=3) == []
