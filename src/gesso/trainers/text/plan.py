"""The plan of a run: everything that was decided before the first step. It is made once, and kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from gesso.trainers.text.gpt import Shape
from gesso.trainers.text.learner import Precision
from gesso.trainers.text.schedule import rate_at


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run will do. Sizes in tokens, times in seconds; `every` so many steps a checkpoint is kept.

    `patience` is how many held-out losses in a row may be no better before it stops; 0: it never does. `rank` is that
    of LoRA's matrices, 0 for a full training. `words` say to people what to expect. `memory` is AdamW's
    second beta.
    """

    steps: int
    method: str
    size: str
    layers: int
    heads: int
    width: int
    context: int
    block_size: int
    vocabulary: int
    parameters: int
    dropout: float
    rank: int
    precision: Precision
    batch_tokens: int
    rows_at_once: int
    saves_memory: bool
    learning_rate: float
    warm_up: int
    decay: float
    seed: int
    every: int
    heldout_most: int
    patience: int
    prompt: str
    sample_tokens: int
    train_tokens: int
    heldout_tokens: int
    bytes_per_token: float
    tokens_per_s: float
    estimate_s: float
    memory_mb: int
    dataset_sha256: str
    base: str
    base_sha256: str
    words: tuple[str, ...]
    from_checkpoint: str = ""
    memory: float = 0.95

    @property
    def shape(self) -> Shape:
        """The shape of the model."""
        sizes = {"layers": self.layers, "heads": self.heads, "width": self.width}
        return Shape(vocabulary=self.vocabulary, context=self.context, dropout=self.dropout, **sizes)

    @property
    def rows(self) -> int:
        """How many sequences a batch has."""
        return self.batch_tokens // self.block_size

    @property
    def operations_per_token(self) -> int:
        """How many operations a token costs, forwards and backwards: for each weight, and for looking back."""
        tables = self.context * self.width  # places are looked up, which is no work; pieces are compared with
        return 6 * (self.parameters - tables) + 12 * self.layers * self.block_size * self.width

    def estimate(self) -> dict[str, Any]:
        """Return what is told before a run begins."""
        told = ("steps", "tokens_per_s", "parameters", "memory_mb", "method", "size", "precision", "train_tokens")
        return {name: getattr(self, name) for name in told} | {"seconds": self.estimate_s, "words": list(self.words)}

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        return rate_at(step, steps=self.steps, warm_up=self.warm_up, highest=self.learning_rate)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept: `every` as people know it, by name."""
        return asdict(self) | {"every": dict.fromkeys(("checkpoint", "evaluate", "sample"), self.every)}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Plan:
        """Read what `to_json` gave."""
        known = {field.name: said[field.name] for field in fields(cls) if field.name in said}
        return cls(**known | {"every": said["every"]["checkpoint"], "words": tuple(said["words"])})
