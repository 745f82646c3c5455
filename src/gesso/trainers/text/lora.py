"""LoRA: a large base stays as it is, and beside each of its linear layers a small one learns (arXiv 2106.09685).

What is learnt is a hundredth of the whole, so that little memory and small checkpoints do. At the end it is added to
the weights: the model that is run is one like any other.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesso.trainers.text.gpt import Gpt

_STRENGTH: Final = 2.0
"""Times what the small layer says, whatever its rank."""


class Beside(nn.Linear):
    """A linear layer that stays as it is, with a small one beside it. It has the names of the layer it stands for."""

    def __init__(self, layer: nn.Linear, *, rank: int, generator: torch.Generator) -> None:
        super().__init__(layer.in_features, layer.out_features, device="meta")
        self.weight, self.bias = layer.weight, layer.bias
        narrow = torch.randn(rank, layer.in_features, generator=generator) / layer.in_features**0.5
        self.lora_a = nn.Parameter(narrow)
        self.lora_b = nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        """Return what the layer says, and what is learnt beside it."""
        return super().forward(x) + _STRENGTH * functional.linear(functional.linear(x, self.lora_a), self.lora_b)


def add(model: Gpt, rank: int, *, seed: int) -> None:
    """Put a small layer beside each linear one of a model; only these learn."""
    generator = torch.Generator().manual_seed(seed)
    for weight in model.parameters():
        weight.requires_grad_(requires_grad=False)
    for parent, name, layer in _layers(model, nn.Linear):
        setattr(parent, name, Beside(layer, rank=rank, generator=generator))


@torch.no_grad()
def merge(model: Gpt) -> None:
    """Add what was learnt to the weights, and take the small layers away."""
    for parent, name, layer in _layers(model, Beside):
        plain = nn.Linear(layer.in_features, layer.out_features, device="meta")
        plain.weight, plain.bias = layer.weight, layer.bias
        plain.weight += _STRENGTH * (layer.lora_b @ layer.lora_a)
        setattr(parent, name, plain)
    for weight in model.parameters():
        weight.requires_grad_(requires_grad=True)


def _layers(model: Gpt, kind: type[nn.Linear]) -> list[tuple[nn.Module, str, nn.Linear]]:
    return [
        (parent, name, layer)
        for parent in list(model.modules())
        for name, layer in parent.named_children()
        if isinstance(layer, kind)
    ]
