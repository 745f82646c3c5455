"""How fast this machine is: a few steps that change nothing, because the learning rate is 0."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

import torch

from gesso.trainers.text.gpt import Gpt
from gesso.trainers.text.learner import Habits, Learner, Precision

_BETTER: Final = 1.1
"""How many times as fast computing less exactly must be to be worth it."""
_LEAST_S: Final = 1.5
_STEPS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Speed:
    """What was measured: which precision is worth it, and the tokens learnt from in a second with it."""

    precision: Precision
    tokens_per_s: float


def measure(model: Gpt, habits: Habits, *, length: int, precision: Precision | None = None) -> Speed:
    """Learn from noise for a second or two, exactly and less exactly (or only as is said), and compare."""
    knows_bf16 = habits.device == "cpu" or (habits.device == "cuda" and torch.cuda.is_bf16_supported())
    asked: list[Precision] = [precision] if precision else ["fp32", "bf16"] if knows_bf16 else ["fp32"]
    found: dict[Precision, float] = {
        each: _tokens_per_s(model, replace(habits, precision=each), length=length) for each in asked
    }
    chosen: Precision = "bf16" if found.get("bf16", 0.0) > _BETTER * found.get("fp32", 0.0) else "fp32"
    return Speed(precision=chosen, tokens_per_s=found[chosen])


def _tokens_per_s(model: Gpt, habits: Habits, *, length: int) -> float:
    learner = Learner(model, habits)
    shape = habits.rows_at_once, length
    noise = torch.randint(model.shape.vocabulary, shape, generator=torch.Generator().manual_seed(0))
    learner.learn(0, (noise, noise), rate=0.0)  # the first step makes what later ones find there
    began, steps = time.perf_counter(), 0
    while steps < 1 or (steps < _STEPS and time.perf_counter() - began < _LEAST_S):
        learner.learn(0, (noise, noise), rate=0.0)
        steps += 1
    return float(noise.numel() * steps / (time.perf_counter() - began))
