"""GPT-2 as a module of our own: small, and with the names that Hugging Face's weights have.

The architecture of "Language Models are Unsupervised Multitask Learners" (Radford and others, 2019): a token's piece
and place are looked up and added, blocks of attention and of two linear layers add to them, and what comes out is
compared with every piece of the vocabulary by the same table that was looked up in (tied embeddings).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from gesso.trainers.text.attention import look_back
from gesso.trainers.text.cross_entropy import cross_entropy

Past = list[tuple[Tensor, Tensor]]
"""Keys and values of the tokens so far, for each block."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How large a model is. `context` is how many tokens it sees at once, `dropout` what it forgets while it learns."""

    vocabulary: int
    context: int
    layers: int
    heads: int
    width: int
    dropout: float = 0.0


class Attention(nn.Module):
    """Each token looks back at those before it."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads, self.dropout = shape.heads, shape.dropout
        self.c_attn = nn.Linear(shape.width, 3 * shape.width)
        self.c_proj = nn.Linear(shape.width, shape.width)
        self.resid_dropout = nn.Dropout(shape.dropout)

    def forward(self, x: Tensor, past: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return what is to be added, and keys and values, in front of which stand those of `past`."""
        query, key, value = (self._split(part) for part in self.c_attn(x).split(x.shape[-1], dim=-1))
        if past is not None:
            key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        seen = look_back(query, key, value=value, dropout=self.dropout if self.training else 0.0)
        return self.resid_dropout(self.c_proj(seen.transpose(1, 2).reshape(x.shape))), (key, value)

    def _split(self, part: Tensor) -> Tensor:
        return part.view(*part.shape[:2], self.heads, -1).transpose(1, 2)


class Feedforward(nn.Module):
    """Each token by itself goes through two linear layers."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.c_fc = nn.Linear(shape.width, 4 * shape.width)
        self.c_proj = nn.Linear(4 * shape.width, shape.width)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Return what is to be added."""
        return self.dropout(self.c_proj(functional.gelu(self.c_fc(x), approximate="tanh")))


class Block(nn.Module):
    """One layer of the model."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(shape.width)
        self.attn = Attention(shape)
        self.ln_2 = nn.LayerNorm(shape.width)
        self.mlp = Feedforward(shape)

    def forward(self, x: Tensor, past: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return the tokens one layer further, and keys and values."""
        added, present = self.attn(self.ln_1(x), past)
        x = x + added
        return x + self.mlp(self.ln_2(x)), present


class Gpt(nn.Module):
    """The model. With `saves_memory`, blocks are computed again for the way back and not kept: a third more work."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.saves_memory = False
        self.wte = nn.Embedding(shape.vocabulary, shape.width)
        self.wpe = nn.Embedding(shape.context, shape.width)
        self.drop = nn.Dropout(shape.dropout)
        self.h = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.ln_f = nn.LayerNorm(shape.width)

    def begin(self, generator: torch.Generator) -> None:
        """Set the weights that a model begins with; layers that add to the tokens begin smaller the more there are."""
        for name, weight in self.named_parameters():
            deviation = 0.02 / (2 * self.shape.layers) ** 0.5 if name.endswith("c_proj.weight") else 0.02
            if weight.dim() == 2:
                nn.init.normal_(weight, std=deviation, generator=generator)
            elif name.endswith("bias"):
                nn.init.zeros_(weight)

    def forward(self, tokens: Tensor, past: Past | None = None) -> tuple[Tensor, Past]:
        """Return each token's last layer (batch, tokens, width), and keys and values to go on from."""
        begin = past[0][0].shape[2] if past else 0
        places = torch.arange(begin, begin + tokens.shape[1], device=tokens.device)
        x, present = self.drop(self.wte(tokens) + self.wpe(places)), []
        for number, block in enumerate(self.h):
            if self.saves_memory and self.training:
                x = checkpoint(lambda x, block=block: block(x)[0], x, use_reentrant=False)
            else:
                x, kept = block(x, past[number] if past else None)
                present.append(kept)
        return self.ln_f(x), present

    def loss(self, tokens: Tensor, targets: Tensor) -> Tensor:
        """Return the mean loss (nats a token) of guessing each target after the tokens up to its place."""
        last, _ = self(tokens)
        return cross_entropy(last.flatten(0, 1), self.wte.weight, targets=targets.flatten())

    def next_logits(self, tokens: Tensor, past: Past | None = None) -> tuple[Tensor, Past]:
        """Return how likely each piece comes next (batch, vocabulary), and keys and values to go on from."""
        last, present = self(tokens, past)
        return functional.linear(last[:, -1], self.wte.weight), present

    @property
    def parameters_count(self) -> int:
        """How many numbers it learns."""
        return sum(weight.numel() for weight in self.parameters())
