"""The loss a piece at a time is the loss in one go."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from gesso.trainers.text import cross_entropy


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("tokens", [1, 64, 200])
def test_loss_and_slopes_are_those_of_torch(dtype: torch.dtype, tokens: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_entropy, "_NUMBERS", 100)
    chance = torch.Generator().manual_seed(0)
    last = torch.randn(tokens, 8, generator=chance, requires_grad=True)
    table = torch.randn(50, 8, generator=chance, requires_grad=True)
    targets = torch.randint(50, (tokens,), generator=chance)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
        ours = cross_entropy.cross_entropy(last, table, targets=targets)
    expected = functional.cross_entropy(last.to(dtype).float() @ table.to(dtype).float().T, targets)
    tolerance = {"rtol": 1e-5, "atol": 1e-6} if dtype == torch.float32 else {"rtol": 5e-2, "atol": 1e-2}
    torch.testing.assert_close(ours, expected, **tolerance)
    found = torch.autograd.grad(ours * 3, [last, table])
    torch.testing.assert_close(list(found), list(torch.autograd.grad(expected * 3, [last, table])), **tolerance)


def test_what_does_not_learn_gets_no_slope() -> None:
    last, table = torch.randn(4, 8, requires_grad=True), torch.randn(50, 8)
    cross_entropy.cross_entropy(last, table, targets=torch.zeros(4, dtype=torch.long)).backward()
    assert last.grad is not None
    assert table.grad is None
