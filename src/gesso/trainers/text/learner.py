"""One step of learning: forwards, backwards, and a small change of every weight."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from gesso.trainers.text.batches import Tokens, gather
from gesso.trainers.text.gpt import Gpt

Precision: TypeAlias = Literal["fp32", "bf16"]
"""How exactly is computed. With bf16 the weights stay in 32 bits, and products are made in 16."""
_CLIP = 1.0


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How a learner computes: on what, how exactly, and how many sequences at once. `decay` pulls weights to zero.

    `memory` is how much AdamW keeps of what it knew of the slopes' size (its second beta).
    """

    device: str = "cpu"
    precision: Precision = "fp32"
    rows_at_once: int = 8
    decay: float = 0.1
    memory: float = 0.95
    seed: int = 0


class Learner:
    """A model and what it needs to learn: AdamW and its memory of past slopes."""

    def __init__(self, model: Gpt, habits: Habits) -> None:
        self.model, self.habits = model.to(habits.device), habits
        self.weights = {name: each for name, each in model.named_parameters() if each.requires_grad}
        tables = [each for each in self.weights.values() if each.dim() >= 2]
        others = [each for each in self.weights.values() if each.dim() < 2]
        groups = [{"params": tables, "weight_decay": habits.decay}, {"params": others, "weight_decay": 0.0}]
        groups = [group for group in groups if group["params"]]
        self._optimiser = torch.optim.AdamW(groups, betas=(0.9, habits.memory), fused=habits.device != "mps")

    def learn(self, step: int, batch: tuple[Tensor, Tensor], *, rate: float) -> float:
        """Learn from a batch, in as many parts as fit. Returns the mean loss before it was learnt from."""
        torch.manual_seed(
            _seed(self.habits.seed, step)
        )  # what is forgotten (dropout) is a function of the step as well
        self.model.train()
        total = 0.0
        for inputs, targets in self._parts(batch):
            share = len(inputs) / len(batch[0])
            with self._exactness():
                loss = self.model.loss(inputs, targets) * share
            loss.backward()
            total += loss.item()
        nn.utils.clip_grad_norm_(self.weights.values(), _CLIP)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return total

    @torch.no_grad()
    def loss(self, tokens: Tokens, starts: list[int], *, length: int) -> float:
        """Return the mean loss over sequences that it does not learn from, nats a token."""
        self.model.eval()
        total, rows = 0.0, self.habits.rows_at_once
        for begin in range(0, len(starts), rows):
            some = starts[begin : begin + rows]
            inputs, targets = (each.to(self.habits.device) for each in gather(tokens, some, length=length))
            with self._exactness():
                total += self.model.loss(inputs, targets).item() * len(some)
        return float(total / max(1, len(starts)))

    def _parts(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
        inputs, targets = (each.to(self.habits.device) for each in batch)
        yield from zip(inputs.split(self.habits.rows_at_once), targets.split(self.habits.rows_at_once), strict=True)

    def _exactness(self) -> contextlib.AbstractContextManager[object]:
        if self.habits.precision == "fp32":
            return contextlib.nullcontext()
        less: contextlib.AbstractContextManager[object] = torch.autocast(self.habits.device, dtype=torch.bfloat16)
        return less

    def state(self) -> dict[str, Tensor]:
        """Return the optimiser's memory, by the names of the weights."""
        found = self._optimiser.state
        return {
            f"{name}/{word}": value.detach().cpu()
            for name, weight in self.weights.items()
            for word, value in found.get(weight, {}).items()
        }

    def restore(self, weights: Mapping[str, Tensor], state: Mapping[str, Tensor]) -> None:
        """Take up weights and the optimiser's memory exactly as they were."""
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(weights[name])
        for key, value in state.items():
            name, word = key.rsplit("/", 1)
            place = "cpu" if word == "step" and self.habits.device == "mps" else self.habits.device
            self._optimiser.state[self.weights[name]][word] = value.to(place)


def _seed(seed: int, step: int) -> int:
    return int(np.random.SeedSequence([seed, step]).generate_state(1)[0])
